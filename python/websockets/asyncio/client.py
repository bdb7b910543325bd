"""Connecting to a WebSocket server."""

from _websockets import ClientConnection, ConnectOptions


class connect:
    """connect(uri, *, origin, additional_headers, user_agent_header, subprotocols, open_timeout, ...)

    Connects to a WebSocket server. Await it for a ClientConnection, or use it in an `async with`
    statement, which closes the connection at its end. `timeout` is another name for `open_timeout`.
    """

    def __init__(self, uri, **options):
        if "timeout" in options:
            options.setdefault("open_timeout", options.pop("timeout"))
        self._options = ConnectOptions(uri, **options)

    def __await__(self):
        return self._options.connect()

    async def __aenter__(self):
        self.connection = await self
        return self.connection

    async def __aexit__(self, exc_type, exc_value, traceback):
        await self.connection.__aexit__(exc_type, exc_value, traceback)
