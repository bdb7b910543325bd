"""Serving WebSocket connections with a thread for each."""

import os
import socket
import threading

from _websockets import (
    SERVER,
    SyncServerConnection as ServerConnection,
    ThreadAcceptor,
    close_blocking,
)

from .._names import name_of
from ..asyncio._basic_auth import basic_auth_in_threads as basic_auth
from ..asyncio._handlers import takes_path
from ..protocol import State
from ._renamed import ssl_of
from .connection import broadcast

__all__ = ["broadcast", "serve", "unix_serve", "ServerConnection", "Server", "basic_auth"]


class Server:
    """A WebSocket server that runs a thread for each connection; `serve` makes it.

    It has the methods of socketserver.BaseServer.
    """

    def __init__(self, sock, handler, acceptor):
        self.socket = sock
        self._acceptor = acceptor
        acceptor.take(sock.fileno())
        self._handler = handler
        self._takes_path = takes_path(handler)
        self._lock = threading.Lock()
        # Held by serve_forever(): whoever gets it knows that no thread will be started any more.
        self._serving = threading.RLock()
        self._threads = set()
        self._connections = set()
        # The code and reason for connections, once shutdown() was called.
        self._closing = None

    @property
    def logger(self):
        """The logger that `logger=` gave, or `websockets.server`."""
        return self._acceptor.logger

    @property
    def connections(self):
        """The set of open connections: shaken hands, and not being closed."""
        with self._lock:
            return {each for each in self._connections if each.state is State.OPEN}

    def serve_forever(self):
        """Accepts connections until shutdown() is called, which another thread has to do."""
        with self._serving:
            try:
                name = name_of(self.socket)
            except OSError:
                return
            self._acceptor.info("server listening on %s", name)
            while (arrived := self._acceptor.accept()) is not None:
                # Not a daemon: shutdown() waits for the handlers, and so does the interpreter.
                thread = threading.Thread(target=self._serve, args=(arrived,))
                with self._lock:
                    self._threads.add(thread)
                try:
                    thread.start()
                except RuntimeError as error:
                    self._acceptor.error("could not start a thread for a connection", error)
                    self._forget(thread)

    def _serve(self, arrived):
        try:
            connection = self._acceptor.open(arrived, self)
            if connection is not None:
                self._converse(connection)
        finally:
            self._forget(threading.current_thread())

    def _converse(self, connection):
        with self._lock:
            self._connections.add(connection)
            closing = self._closing
        try:
            if closing is not None:
                connection.close(*closing)
            with connection:
                if self._takes_path:
                    self._handler(connection, self._acceptor.path_of(connection))
                else:
                    self._handler(connection)
        except Exception as error:
            self._acceptor.handler_failed(connection, error)
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _forget(self, thread):
        with self._lock:
            self._threads.discard(thread)

    def shutdown(self, close_connections=True, code=1001, reason=""):
        """Stops to accept connections, closes those that there are, and waits for their handlers.

        Connections that are being opened are refused with HTTP 503. Open ones are closed with
        1001, or the code and reason given here; with close_connections=False they are left to
        their handlers. Calling it twice is no error; a handler may not call it.
        """
        self._acceptor.info("server closing")
        self._acceptor.stop()
        self.socket.close()
        with self._serving, self._lock:
            if close_connections:
                self._closing = code, reason
            threads = list(self._threads)
        if close_connections:
            close_blocking(list(self.connections), code, reason)
        for thread in threads:
            thread.join()
        self._acceptor.info("server closed")

    def fileno(self):
        """The descriptor of the listening socket; -1 once it is closed."""
        return self.socket.fileno()

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self.shutdown()


def serve(
    handler,
    host=None,
    port=None,
    *,
    sock=None,
    ssl=None,
    origins=None,
    extensions=None,
    subprotocols=None,
    select_subprotocol=None,
    compression="deflate",
    process_request=None,
    process_response=None,
    server_header=SERVER,
    open_timeout=10,
    ping_interval=20,
    ping_timeout=20,
    close_timeout=10,
    max_size=2**20,
    max_queue=16,
    logger=None,
    create_connection=None,
    **kwargs,
):
    """Makes a Server that runs `handler(websocket)` in a thread for each connection.

    A handler with two parameters is called as `handler(websocket, path)`. When it is done the
    connection is closed.

        with serve(handler, "localhost", 8080) as server:
            server.serve_forever()

    serves until another thread calls shutdown(). Further keyword arguments are those of
    socket.create_server: family, backlog, reuse_port, ...
    """
    options = {
        "ssl": ssl_of(ssl, kwargs),
        "origins": origins,
        "extensions": extensions,
        "subprotocols": subprotocols,
        "select_subprotocol": select_subprotocol,
        "compression": compression,
        "process_request": process_request,
        "process_response": process_response,
        "server_header": server_header,
        "open_timeout": open_timeout,
        "ping_interval": ping_interval,
        "ping_timeout": ping_timeout,
        "close_timeout": close_timeout,
        "max_size": max_size,
        "max_queue": max_queue,
        "logger": logger,
        "create_connection": create_connection,
    }
    # First what may be wrong with the arguments, then what may be wrong with the address.
    acceptor = ThreadAcceptor(**options)
    return Server(_listen(sock, host, port, **kwargs), handler, acceptor)


def _listen(sock, host, port, *, unix=False, path=None, **kwargs):
    if sock is not None:
        for name, value in (("host", host), ("port", port), ("path", path)):
            if value is not None:
                raise ValueError(f"{name} is incompatible with sock")
        return sock
    if not unix:
        return socket.create_server((host, port), **kwargs)
    if path is None:
        raise ValueError("missing path argument")
    kwargs.setdefault("family", socket.AF_UNIX)
    return socket.create_server(os.fspath(path), **kwargs)


def unix_serve(handler, path=None, **kwargs):
    """As `serve`, on a unix socket: for a server behind a proxy on the same machine."""
    return serve(handler, unix=True, path=path, **kwargs)


def __getattr__(name):
    if name == "WebSocketServer":
        from ._renamed import warn

        warn("WebSocketServer", "Server")
        return Server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
