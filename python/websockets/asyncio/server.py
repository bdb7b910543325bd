"""Serving WebSocket connections."""

import asyncio
import os

from _websockets import SERVER as _SERVER
from _websockets import Acceptor, ServerConnection, broadcast

from ._basic_auth import basic_auth
from ._handlers import takes_path

# The name that servers give themselves.
SERVER = os.environ.get("WEBSOCKETS_SERVER", _SERVER)

__all__ = ["broadcast", "serve", "unix_serve", "ServerConnection", "Server", "basic_auth"]


class Server:
    """A WebSocket server, which `serve` makes: await it, or use it in an `async with` statement.

    It has the methods of asyncio.Server, and closes its connections with itself.
    """

    def __init__(
        self, handler, bind, options, *, backlog=100, start_serving=True, cleanup_socket=True
    ):
        self._acceptor = Acceptor(self, handler, takes_path(handler), **options)
        self._bind = bind
        self._backlog = backlog
        self._start = start_serving
        self._cleanup = cleanup_socket
        self._loop = asyncio.get_running_loop()
        self._sockets = None
        self._files = []
        self._accepting = []
        self._closing = None
        self._closed = self._loop.create_future()

    @property
    def logger(self):
        """The logger that `logger=` gave, or `websockets.server`."""
        return self._acceptor.logger

    @property
    def connections(self):
        """The set of open connections: shaken hands, and not being closed."""
        return set(self._acceptor.connections())

    @property
    def handler_tasks(self):
        """The set of tasks that serve clients."""
        return set(self._acceptor.tasks())

    @property
    def sockets(self):
        """The listening sockets; none once the server is closed."""
        return tuple(self._sockets or ())

    def get_loop(self):
        """The event loop that the server runs on."""
        return self._loop

    def is_serving(self):
        """Whether new connections are accepted."""
        return self._acceptor.is_serving()

    async def start_serving(self):
        """Starts to accept connections, after `serve(..., start_serving=False)`."""
        await self._listen()
        # As asyncio: whoever connects next finds the server at work.
        await asyncio.sleep(0)

    async def _listen(self):
        from ._listening import name_of

        if self._sockets is None:
            await self._open()
        if self._accepting or self._closing is not None:
            return
        for listening in self._sockets:
            listening.listen(self._backlog)
            accepting = self._acceptor.accept(listening.fileno())
            task = self._loop.create_task(self._accept(accepting))
            self._accepting.append(task)
        for listening in self._sockets:
            self._acceptor.info("server listening on %s", name_of(listening))

    async def _open(self):
        from ._listening import socket_file

        sockets = await self._bind()
        self._sockets = sockets
        if self._cleanup:
            self._files = [file for file in map(socket_file, sockets) if file is not None]

    async def _accept(self, accepting):
        try:
            await accepting
        except OSError as error:
            self._acceptor.error("could not accept connections any more", error)
            self._accepting.remove(asyncio.current_task())
            if not self._accepting:
                self._acceptor.stop()

    def close(self, close_connections=True, code=1001, reason=""):
        """Stops to accept connections, and closes those that there are.

        Connections that are being opened are refused with HTTP 503. Open ones are closed with
        1001, or the code and reason given here; with close_connections=False they are left to
        their handlers. Closing twice is no error.
        """
        if self._closing is None:
            closing = None
            if close_connections:
                # Refuses a code or a reason that cannot be sent.
                closing = self._acceptor.close_connections(code, reason)
            self._acceptor.stop()
            self._closing = self._loop.create_task(self._close(closing))

    async def _close(self, closing):
        from ._listening import remove_socket_file

        self._acceptor.info("server closing")
        try:
            for task in self._accepting:
                task.cancel()
            if self._accepting:
                await asyncio.wait(self._accepting)
            for listening in self._sockets or ():
                listening.close()
            self._sockets = ()
            for file in self._files:
                remove_socket_file(file)
            if closing is not None:
                await closing
            await self._acceptor.wait_none_left()
        finally:
            if not self._closed.done():
                self._closed.set_result(None)
        self._acceptor.info("server closed")

    async def wait_closed(self):
        """Waits until the server is closed: the connections, and their handlers done."""
        await asyncio.shield(self._closed)

    async def serve_forever(self):
        """Serves until it is cancelled or close() is called, and closes the server then."""
        try:
            await self._listen()
            await self.wait_closed()
        except asyncio.CancelledError:
            try:
                self.close()
                await self.wait_closed()
            finally:
                raise

    async def _await(self):
        if self._sockets is None:
            await self._open()
            if self._start:
                await self._listen()
        return self

    def __await__(self):
        return self._await().__await__()

    async def __aenter__(self):
        return await self

    async def __aexit__(self, exc_type, exc_value, traceback):
        self.close()
        await self.wait_closed()


def serve(
    handler,
    host=None,
    port=None,
    *,
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
    write_limit=2**15,
    logger=None,
    create_connection=None,
    **kwargs,
):
    """Serves WebSocket connections, each of them by a task that runs `handler(websocket)`.

    A handler with two parameters is called as `handler(websocket, path)`. When it is done the
    connection is closed. Await what this returns, or use it in an `async with` statement, which
    closes the server at its end.

    Further keyword arguments are those of asyncio's `loop.create_server`: ssl, sock, backlog,
    family, reuse_address, reuse_port, start_serving, ...
    """
    options = {
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
        "write_limit": write_limit,
        "logger": logger,
        "create_connection": create_connection,
    }
    for name in ("ssl", "ssl_handshake_timeout"):
        if name in kwargs:
            options[name] = kwargs.pop(name)
    # The end of TLS is within close_timeout.
    kwargs.pop("ssl_shutdown_timeout", None)
    server = {
        name: kwargs.pop(name)
        for name in ("backlog", "start_serving", "cleanup_socket")
        if name in kwargs
    }
    if kwargs.pop("unix", False):
        if host is not None or port is not None:
            raise TypeError("a unix socket has a path, and no host and port")
        bind = _unix_binder(**kwargs)
    else:
        bind = _binder(host, port, **kwargs)
    return Server(handler, bind, options, **server)


def _binder(
    host,
    port,
    *,
    family=0,
    flags=None,
    sock=None,
    reuse_address=None,
    reuse_port=None,
    keep_alive=None,
):
    async def bind():
        from ._listening import bind

        more = {} if flags is None else {"flags": flags}
        return await bind(
            host,
            port,
            family=family,
            sock=sock,
            reuse_address=reuse_address,
            reuse_port=reuse_port,
            keep_alive=keep_alive,
            **more,
        )

    return bind


def _unix_binder(*, path=None, sock=None):
    async def bind():
        from ._listening import bind_unix

        return [bind_unix(path, sock=sock)]

    return bind


def unix_serve(handler, path=None, **kwargs):
    """As `serve`, on a unix socket: for a server behind a proxy on the same machine."""
    return serve(handler, unix=True, path=path, **kwargs)
