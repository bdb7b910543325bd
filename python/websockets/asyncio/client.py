"""Connecting to a WebSocket server."""

from _websockets import USER_AGENT, ClientConnection

from .._connecting import MAX_REDIRECTS, Connecting
from .._reconnect import backoff, process_exception

__all__ = ["connect", "unix_connect", "ClientConnection"]


class connect(Connecting):
    """Connects to the WebSocket server at `uri`.

        async with connect("ws://localhost:8080") as websocket:
            ...

    closes the connection at the end of the block. `websocket = await connect(...)` leaves that to
    you. In a loop,

        async for websocket in connect("ws://localhost:8080"):
            try:
                ...
            except websockets.ConnectionClosed:
                continue

    each turn has a new connection, and the one of the turn before is closed. When an attempt to
    connect fails, `process_exception` decides whether there is to be another, after a wait of
    `reconnect_delays`.

    Parameters:

    - origin, subprotocols, extensions, compression: what the opening handshake offers;
    - additional_headers: more header fields, as a mapping or as pairs; user_agent_header: None for
      none;
    - proxy: True for the one that the environment names, a URL, or None;
    - process_exception(exc): returns None to try again, or the exception to raise;
    - open_timeout (or timeout), close_timeout, ping_interval, ping_timeout: seconds, or None;
    - reconnect_delays: makes an iterator of the seconds to wait between attempts;
    - max_size: bytes of a message, or (message, fragment); max_queue: messages, or (high, low);
      write_limit: bytes, or (high, low);
    - logger: in place of the logger websockets.client;
    - create_connection: a subclass of ClientConnection, or a function that makes one.

    Of the loop's create_connection() there are ssl, server_hostname, host, port, sock, local_addr,
    family and happy_eyeballs_delay; for an https proxy, proxy_ssl and proxy_server_hostname.

    Raises InvalidURI, InvalidProxy, OSError, InvalidHandshake or TimeoutError.
    """

    def __init__(
        self,
        uri,
        *,
        origin=None,
        extensions=None,
        subprotocols=None,
        compression="deflate",
        additional_headers=None,
        user_agent_header=USER_AGENT,
        proxy=True,
        process_exception=process_exception,
        open_timeout=10,
        ping_interval=20,
        ping_timeout=20,
        close_timeout=10,
        reconnect_delays=backoff,
        max_size=2**20,
        max_queue=16,
        write_limit=2**15,
        logger=None,
        create_connection=None,
        **kwargs,
    ):
        self._prepare(
            uri,
            kwargs,
            origin=origin,
            extensions=extensions,
            subprotocols=subprotocols,
            compression=compression,
            additional_headers=additional_headers,
            user_agent_header=user_agent_header,
            proxy=proxy,
            process_exception=process_exception,
            open_timeout=open_timeout,
            reconnect_delays=reconnect_delays,
            max_size=max_size,
            logger=logger,
            create_connection=create_connection,
            behaviour={
                "ping_interval": ping_interval,
                "ping_timeout": ping_timeout,
                "close_timeout": close_timeout,
                "max_queue": max_queue,
                "write_limit": write_limit,
            },
        )

    def connect(self):
        """Connects; await it for the connection."""
        args, kwargs = self._attempt(None)
        kwargs["max_redirects"] = MAX_REDIRECTS
        return self._options.connect(*args, **kwargs)

    def __await__(self):
        return self.connect().__await__()

    async def __aenter__(self):
        if self.connection is not None:
            raise RuntimeError("connect() isn't reentrant")
        self.connection = connection = await self
        return await connection.__aenter__()

    async def __aexit__(self, exc_type, exc_value, traceback):
        # Deleting the attribute, every time anew, would leak: see docs/architecture.md.
        connection, self.connection = self.connection, None
        return await connection.__aexit__(exc_type, exc_value, traceback)

    async def __aiter__(self):
        delays = None
        while True:
            try:
                async with self as connection:
                    try:
                        yield connection
                    except GeneratorExit:
                        # Leaving the loop is no error that the server had to be told of.
                        await connection.close()
                        raise
            except Exception as exc:
                delays = delays or self.reconnect_delays()
                delay = self._wait_after(exc, delays)
            else:
                delays = None
                continue

            import asyncio

            await asyncio.sleep(delay)


def unix_connect(path=None, uri=None, **kwargs):
    """Connects to the WebSocket server that listens on the unix socket at `path`.

    Takes what connect() takes. `uri` is ws://localhost/, or wss://localhost/ when there is an `ssl`
    argument.
    """
    if uri is None:
        uri = "ws://localhost/" if kwargs.get("ssl") is None else "wss://localhost/"
    return connect(uri, unix=True, path=path, **kwargs)
