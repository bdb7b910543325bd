"""Serving WebSocket connections."""

import asyncio
import errno
import socket

from _websockets import Listener, ServeOptions, ServerConnection


def _takes_path(handler):
    """Whether a handler has two required positional parameters: (websocket, path)."""
    import inspect

    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [p for p in parameters if p.kind in positional and p.default is p.empty]
    return len(required) == 2


def _log_error(message):
    import logging

    logging.getLogger("websockets.server").error(message, exc_info=True)


# The address, its family or the protocol is none that this system has.
_UNAVAILABLE = (
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
    errno.EPROTONOSUPPORT,
    errno.ESOCKTNOSUPPORT,
)


def _listen(info, backlog):
    family, kind, proto, _, address = info
    listening = socket.socket(family, kind, proto)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(backlog)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        text = f"could not listen on {address[0]} port {address[1]}: {error.strerror}"
        raise OSError(error.errno, text) from None
    except BaseException:
        listening.close()
        raise
    return listening


async def _bind(host, port, backlog):
    """Listening sockets for every address of a host, all closed if one of them fails.

    As asyncio's create_server does, an address is passed over if the system does not have it or
    knows nothing of its family.
    """
    infos = await asyncio.get_running_loop().getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    sockets = []
    passed_over = None
    try:
        for info in dict.fromkeys(infos):
            try:
                sockets.append(_listen(info, backlog))
            except OSError as error:
                if error.errno not in _UNAVAILABLE:
                    raise
                passed_over = error
        if not sockets:
            raise passed_over or OSError(f"host {host!r} has no address to listen on")
    except BaseException:
        for listening in sockets:
            listening.close()
        raise
    return sockets


class Server:
    """A WebSocket server; `serve` makes it."""

    def __init__(self, handler, sockets, options):
        self._handler = handler
        self._takes_path = _takes_path(handler)
        self._options = options
        self._sockets = tuple(sockets)
        self._loop = asyncio.get_running_loop()
        self._connections = {}
        self._accepting = []
        self._closing = None
        self._closed = self._loop.create_future()

    @property
    def sockets(self):
        """The listening sockets; none once the server is closed."""
        return self._sockets

    @property
    def connections(self):
        """The open connections."""
        return {connection for connection in self._connections.values() if connection is not None}

    def get_loop(self):
        """The event loop that the server runs on."""
        return self._loop

    def is_serving(self):
        """Whether new connections are accepted."""
        return self._closing is None and any(not task.done() for task in self._accepting)

    def _start(self):
        for listening in self._sockets:
            listener = Listener(listening.fileno())
            self._accepting.append(self._loop.create_task(self._accept(listener)))

    async def _accept(self, listener):
        try:
            while True:
                client = await listener.accept()
                task = self._loop.create_task(self._serve(client))
                self._connections[task] = None
                task.add_done_callback(self._forget)
        except OSError:
            _log_error("could not accept connections any more")
        finally:
            listener.close()

    def _forget(self, task):
        self._connections.pop(task, None)

    async def _serve(self, client):
        try:
            connection = await client.handshake(self._options)
        except Exception:
            _log_error("opening handshake failed")
            return
        if self._closing is not None:
            await connection.close(1001)
            return
        self._connections[asyncio.current_task()] = connection
        try:
            if self._takes_path:
                await self._handler(connection, connection._path)
            else:
                await self._handler(connection)
        except Exception:
            _log_error("connection handler failed")
            await connection.close(1011)
        else:
            await connection.close()

    def close(self, close_connections=True, code=1001, reason=""):
        """Stops listening and, unless told otherwise, closes the connections."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._close(close_connections, code, reason))

    async def _close(self, close_connections, code, reason):
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        for listening in self._sockets:
            listening.close()
        self._sockets = ()
        if close_connections:
            closing = [connection.close(code, reason) for connection in self.connections]
            await asyncio.gather(*closing, return_exceptions=True)
        # Handlers end when their connections do.
        handlers = list(self._connections)
        await asyncio.gather(*handlers, return_exceptions=True)
        if not self._closed.done():
            self._closed.set_result(None)

    async def wait_closed(self):
        """Waits until close() was called, the connections are closed and the handlers done."""
        await asyncio.shield(self._closed)

    async def start_serving(self):
        """Does nothing: the server serves since it was made."""

    async def serve_forever(self):
        """Serves until it is cancelled, and closes the server then."""
        try:
            await self.wait_closed()
        finally:
            self.close()
            await self.wait_closed()

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc_value, traceback):
        self.close()
        await self.wait_closed()


class serve:
    """serve(handler, host=None, port=None, *, sock, subprotocols, open_timeout, ...)

    Serves WebSocket connections, each of them by a task that runs `handler(websocket)`, or
    `handler(websocket, path)` if the handler has two parameters. Await it for a Server, or use it
    in an `async with` statement, which closes the server at its end.
    """

    def __init__(self, handler, host=None, port=None, *, sock=None, backlog=100, **options):
        self._handler = handler
        self._address = host, port
        self._sock = sock
        self._backlog = backlog
        self._options = ServeOptions(**options)

    def __await__(self):
        return self._serve().__await__()

    async def _serve(self):
        if self._sock is None:
            sockets = await _bind(*self._address, self._backlog)
        else:
            sockets = [self._sock]
            self._sock.listen(self._backlog)
        server = Server(self._handler, sockets, self._options)
        server._start()
        return server

    async def __aenter__(self):
        self.server = await self
        return self.server

    async def __aexit__(self, exc_type, exc_value, traceback):
        self.server.close()
        await self.server.wait_closed()
