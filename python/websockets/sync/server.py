"""Serving WebSocket connections with a thread for each."""

import os
import socket
import sys
import threading

from _websockets import (
    ServeOptions,
    SyncServerConnection as ServerConnection,
    ThreadListener,
    close_blocking,
)

__all__ = ["serve", "unix_serve", "Server", "ServerConnection"]


class Server:
    """A WebSocket server that runs a thread for each connection; `serve` makes it."""

    def __init__(self, sock, handler, logger=None):
        self.socket = sock
        self._handler = handler
        self._logger = logger
        self._listener = ThreadListener(sock.fileno())
        self._lock = threading.Lock()
        # Held by serve_forever(): whoever gets it knows that no thread will be started any more.
        self._serving = threading.RLock()
        self._threads = set()
        self._connections = set()
        self._closing = False

    @property
    def logger(self):
        """The logger of the server."""
        if self._logger is None:
            import logging

            self._logger = logging.getLogger("websockets.server")
        return self._logger

    @property
    def connections(self):
        """The open connections."""
        with self._lock:
            return {connection for connection in self._connections if connection._is_open()}

    def serve_forever(self):
        """Accepts connections until shutdown() is called from another thread."""
        with self._serving:
            if self._closing:
                return
            self._tell("server listening on %s", _name(self.socket))
            while (client := self._listener.accept()) is not None:
                # Not a daemon: shutdown() waits for the handlers, and so does the interpreter.
                thread = threading.Thread(target=self._serve, args=(client,))
                with self._lock:
                    self._threads.add(thread)
                thread.start()

    def _serve(self, client):
        try:
            self._handler(client)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def shutdown(self, close_connections=True, code=1001, reason=""):
        """Stops listening, closes the connections unless told otherwise, and waits for the handlers.

        A client that has not shaken hands yet gets a 503 response.
        """
        self._tell("server closing")
        self._closing = True
        self._listener.close()
        self.socket.close()
        with self._serving:
            pass
        while threads := self._running():
            if close_connections:
                close_blocking(list(self.connections), code, reason)
            for thread in threads:
                thread.join()
        self._tell("server closed")

    def _running(self):
        with self._lock:
            return list(self._threads)

    def _tell(self, text, *args):
        # Nobody listens unless logging was imported.
        if self._logger is not None or "logging" in sys.modules:
            self.logger.info(text, *args)

    def fileno(self):
        """The descriptor of the listening socket; -1 once it is closed."""
        return self.socket.fileno()

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self.shutdown()


def _name(sock):
    """How an address is written in the log."""
    if sock.family == socket.AF_UNIX:
        return sock.getsockname()
    host, port, *_ = sock.getsockname()
    return f"[{host}]:{port}" if sock.family == socket.AF_INET6 else f"{host}:{port}"


def serve(handler, host=None, port=None, *, sock=None, logger=None, **options):
    """Makes a Server that runs `handler(websocket)` in a thread for each connection.

    `with serve(...) as server: server.serve_forever()` serves until shutdown() is called from
    another thread.
    """
    options = ServeOptions(**options)
    if sock is None:
        sock = socket.create_server((host, port))

    def run(client):
        connection = client.handshake_blocking(options)
        with server._lock:
            server._connections.add(connection)
        try:
            with connection:
                handler(connection)
        except Exception:
            import logging

            logging.getLogger("websockets.server").error("connection handler failed", exc_info=True)
        finally:
            with server._lock:
                server._connections.discard(connection)

    server = Server(sock, run, logger)
    return server
