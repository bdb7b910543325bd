"""Connecting to a WebSocket server."""

import os
import sys

from _websockets import USER_AGENT, ClientConnection, ConnectOptions, redirect_target

from .._reconnect import backoff, process_exception

__all__ = ["connect", "unix_connect", "ClientConnection"]

MAX_REDIRECTS = int(os.environ.get("WEBSOCKETS_MAX_REDIRECTS", "10"))


class connect:
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

    # The connection of the `async with` block.
    connection = None

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
        if "timeout" in kwargs:
            open_timeout = kwargs.pop("timeout")
        self.uri = uri
        self.additional_headers = additional_headers
        self.user_agent_header = user_agent_header
        self.proxy = proxy
        self.process_exception = process_exception
        self.open_timeout = open_timeout
        self.reconnect_delays = reconnect_delays
        self.create_connection_kwargs = kwargs
        self._logger = logger
        self._create_connection = create_connection
        self._behaviour = create_connection and {
            "ping_interval": ping_interval,
            "ping_timeout": ping_timeout,
            "close_timeout": close_timeout,
            "max_queue": max_queue,
            "write_limit": write_limit,
        }
        self._options = ConnectOptions(
            uri,
            kwargs,
            origin=origin,
            subprotocols=subprotocols,
            compression=compression,
            ping_interval=ping_interval,
            ping_timeout=ping_timeout,
            close_timeout=close_timeout,
            max_size=max_size,
            max_queue=max_queue,
            write_limit=write_limit,
        )

    @property
    def ws_uri(self):
        """The URI, taken apart."""
        from ..uri import parse_uri

        return parse_uri(self.uri)

    @property
    def logger(self):
        """The logger; websockets.client unless another was given."""
        if self._logger is None:
            import logging

            self._logger = logging.getLogger("websockets.client")
        return self._logger

    def process_redirect(self, exc):
        """The URI to connect to after `exc`, or the exception to raise: `exc` if it is no redirect.

        A subclass may decide otherwise.
        """
        response = getattr(exc, "response", None)
        location = response and response.headers.get("Location")
        if not location:
            return exc
        given = self.create_connection_kwargs.get
        try:
            target = redirect_target(
                self.uri,
                response.status_code,
                location,
                given("sock") is not None,
                bool(given("unix")),
                given("host") is not None or given("port") is not None,
            )
        except Exception as refusal:
            return refusal
        if target is None:
            return exc
        uri, headers = target.uri, self.additional_headers
        if target.is_cross_origin and headers is not None:
            self.additional_headers = target.without_credentials(headers)
        return uri

    def _redirect(self, exc):
        """Where to connect to after `exc`, and with which header fields, when a subclass decides."""
        found = self.process_redirect(exc)
        if found is exc:
            raise exc
        if isinstance(found, BaseException):
            raise found from exc
        self.uri = found
        return found, self.additional_headers

    def connect(self):
        """Connects; await it for the connection."""
        decides = (
            type(self).process_redirect is not connect.process_redirect
            or "process_redirect" in self.__dict__
        )
        create = self._create_connection
        return self._options.connect(
            self.uri,
            self.create_connection_kwargs,
            additional_headers=self.additional_headers,
            user_agent_header=self.user_agent_header,
            proxy=self.proxy,
            open_timeout=self.open_timeout,
            max_redirects=MAX_REDIRECTS,
            redirect=self._redirect if decides else None,
            logger=self._logger,
            connection=None if create is None else create(None, **self._behaviour),
        )

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

    def _wait_after(self, exc, delays):
        """How many seconds to wait before the next attempt; raises when there is to be none."""
        try:
            fatal = self.process_exception(exc)
        except Exception as raised:
            fatal = raised
        if fatal is exc:
            raise exc
        if fatal is not None:
            raise fatal from exc
        delay = next(delays)
        # Nobody can be listening before logging is imported.
        if self._logger is not None or "logging" in sys.modules:
            import traceback

            shown = traceback.format_exception_only(exc)[0].strip()
            self.logger.info("connect failed; reconnecting in %.1f seconds: %s", delay, shown)
        return delay


def unix_connect(path=None, uri=None, **kwargs):
    """Connects to the WebSocket server that listens on the unix socket at `path`.

    Takes what connect() takes. `uri` is ws://localhost/, or wss://localhost/ when there is an `ssl`
    argument.
    """
    if uri is None:
        uri = "ws://localhost/" if kwargs.get("ssl") is None else "wss://localhost/"
    return connect(uri, unix=True, path=path, **kwargs)
