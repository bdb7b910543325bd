"""Connecting to a WebSocket server from a thread."""

from _websockets import USER_AGENT, SyncClientConnection as ClientConnection

from .._connecting import Connecting
from .._reconnect import backoff, process_exception
from ._renamed import ssl_of

__all__ = ["connect", "unix_connect", "reconnect", "unix_reconnect", "ClientConnection"]


class reconnect(Connecting):
    """Connects to the WebSocket server at `uri`, again and again.

        for websocket in reconnect("ws://localhost:8080"):
            try:
                ...
            except websockets.ConnectionClosed:
                continue

    Each turn has a new connection, and the one of the turn before is closed. When an attempt to
    connect fails, `process_exception` decides whether there is to be another, after a wait of
    `reconnect_delays`. `with reconnect(...) as websocket` connects once.

    Takes what connect() takes but `legacy`, and besides

    - process_exception(exc): returns None to try again, or the exception to raise;
    - reconnect_delays: makes an iterator of the seconds to wait between attempts.
    """

    def __init__(
        self,
        uri,
        *,
        sock=None,
        ssl=None,
        server_hostname=None,
        origin=None,
        extensions=None,
        subprotocols=None,
        compression="deflate",
        additional_headers=None,
        user_agent_header=USER_AGENT,
        proxy=True,
        proxy_ssl=None,
        proxy_server_hostname=None,
        process_exception=process_exception,
        open_timeout=10,
        ping_interval=20,
        ping_timeout=20,
        close_timeout=10,
        reconnect_delays=backoff,
        max_size=2**20,
        max_queue=16,
        logger=None,
        create_connection=None,
        **kwargs,
    ):
        given = {
            "sock": sock,
            "ssl": ssl_of(ssl, kwargs),
            "server_hostname": server_hostname,
            "proxy_ssl": proxy_ssl,
            "proxy_server_hostname": proxy_server_hostname,
        }
        kwargs.update((name, value) for name, value in given.items() if value is not None)
        self._prepare(
            uri,
            _as_loops_have_them(kwargs),
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
            },
        )

    def connect(self):
        """Connects, and returns the connection."""
        args, kwargs = self._attempt(None, None)
        return self._options.connect_blocking(*args, **kwargs)

    def __enter__(self):
        if self.connection is not None:
            raise RuntimeError("connect() isn't reentrant")
        self.connection = connection = self.connect()
        return connection.__enter__()

    def __exit__(self, exc_type, exc_value, traceback):
        # Deleting the attribute, every time anew, would leak: see docs/architecture.md.
        connection, self.connection = self.connection, None
        return connection.__exit__(exc_type, exc_value, traceback)

    def __iter__(self):
        delays = None
        while True:
            try:
                with self as connection:
                    try:
                        yield connection
                    except GeneratorExit:
                        # Leaving the loop is no error that the server had to be told of.
                        connection.close()
                        raise
            except Exception as exc:
                delays = delays or self.reconnect_delays()
                delay = self._wait_after(exc, delays)
            else:
                delays = None
                continue

            import time

            time.sleep(delay)


def _as_loops_have_them(kwargs):
    """The arguments of socket.create_connection() under the names that a loop's method has."""
    if kwargs.get("address") is not None:
        kwargs["host"], kwargs["port"] = kwargs.pop("address")
    if "source_address" in kwargs:
        kwargs["local_addr"] = kwargs.pop("source_address")
    return kwargs


def connect(
    uri,
    *,
    sock=None,
    ssl=None,
    server_hostname=None,
    origin=None,
    extensions=None,
    subprotocols=None,
    compression="deflate",
    additional_headers=None,
    user_agent_header=USER_AGENT,
    proxy=True,
    proxy_ssl=None,
    proxy_server_hostname=None,
    open_timeout=10,
    ping_interval=20,
    ping_timeout=20,
    close_timeout=10,
    max_size=2**20,
    max_queue=16,
    logger=None,
    create_connection=None,
    legacy=None,
    **kwargs,
):
    """Connects to the WebSocket server at `uri` and returns the connection.

        with connect("ws://localhost:8080") as websocket:
            ...

    closes the connection at the end of the block. Without a block, say legacy=True, and close it
    yourself. legacy=False gives a `reconnect` instead.

    Parameters:

    - sock: a connected socket, which is taken over;
    - ssl, server_hostname: an ssl.SSLContext, and the name that the server has to prove;
    - origin, subprotocols, extensions, compression: what the opening handshake offers;
    - additional_headers: more header fields, as a mapping or as pairs; user_agent_header: None for
      none;
    - proxy: True for the one that the environment names, a URL, or None; proxy_ssl and
      proxy_server_hostname for an https proxy;
    - open_timeout (or timeout), close_timeout, ping_interval, ping_timeout: seconds, or None;
    - max_size: bytes of a message, or (message, fragment); max_queue: messages, or (high, low);
    - logger: in place of the logger websockets.client;
    - create_connection: a subclass of ClientConnection, or a function that makes one.

    Of socket.create_connection() there are address and source_address.

    Raises InvalidURI, InvalidProxy, OSError, InvalidHandshake or TimeoutError.
    """
    connecting = reconnect(
        uri,
        sock=sock,
        ssl=ssl,
        server_hostname=server_hostname,
        origin=origin,
        extensions=extensions,
        subprotocols=subprotocols,
        compression=compression,
        additional_headers=additional_headers,
        user_agent_header=user_agent_header,
        proxy=proxy,
        proxy_ssl=proxy_ssl,
        proxy_server_hostname=proxy_server_hostname,
        open_timeout=open_timeout,
        ping_interval=ping_interval,
        ping_timeout=ping_timeout,
        close_timeout=close_timeout,
        max_size=max_size,
        max_queue=max_queue,
        logger=logger,
        create_connection=create_connection,
        **kwargs,
    )
    if legacy is False:
        return connecting
    connection = connecting.connect()
    if legacy:
        connection._unmanaged_on_purpose()
    return connection


def _of_unix(path, uri, kwargs):
    sock = kwargs.get("sock")
    if path is None and sock is None:
        raise ValueError("missing path argument")
    if path is not None and sock is not None:
        raise ValueError("path is incompatible with sock")
    if uri is None:
        uri = "ws://localhost/" if kwargs.get("ssl") is None else "wss://localhost/"
    return uri, {**kwargs, "unix": True, "path": path}


def unix_connect(path=None, uri=None, **kwargs):
    """Connects to the WebSocket server that listens on the unix socket at `path`.

    Takes what connect() takes. `uri` is ws://localhost/, or wss://localhost/ when there is an `ssl`
    argument.
    """
    uri, kwargs = _of_unix(path, uri, kwargs)
    return connect(uri, **kwargs)


def unix_reconnect(path=None, uri=None, **kwargs):
    """As unix_connect(), again and again: see reconnect()."""
    uri, kwargs = _of_unix(path, uri, kwargs)
    return reconnect(uri, **kwargs)
