"""What a connection has as `protocol`: what is known of its protocol, to look at."""


class ProtocolView:
    """The protocol of a connection, for programs that look at `connection.protocol`.

    The engine runs the protocol; nothing can be sent or received here. See
    websockets.protocol.Protocol for one without a connection.
    """

    __slots__ = ("_connection",)

    def __init__(self, connection):
        self._connection = connection

    def __repr__(self):
        return f"<protocol of {self._connection!r}>"

    def __eq__(self, other):
        if not isinstance(other, ProtocolView):
            return NotImplemented
        return self._connection is other._connection

    def __hash__(self):
        return hash(self._connection)

    id = property(lambda self: self._connection.id)
    logger = property(lambda self: self._connection.logger)
    state = property(lambda self: self._connection.state)
    subprotocol = property(lambda self: self._connection.subprotocol)
    close_code = property(lambda self: self._connection.close_code)
    close_reason = property(lambda self: self._connection.close_reason)

    @property
    def side(self):
        """Which end of the connection this is."""
        from .protocol import CLIENT, SERVER

        return SERVER if hasattr(self._connection, "respond") else CLIENT

    @property
    def debug(self):
        """Whether the log takes records of level DEBUG."""
        return self.logger.isEnabledFor(10)

    @property
    def origin(self):
        """The page that connected to a server; None if no browser said so."""
        request = self._connection.request
        return None if request is None else request.headers.get("Origin")

    @property
    def extensions(self):
        """The extensions that both ends agreed on, as the response told; those known here."""
        response = self._connection.response
        if response is None or response.status_code != 101:
            return []
        from .headers import parse_extension

        values = response.headers.get_all("Sec-WebSocket-Extensions")
        agreed = [extension for value in values for extension in parse_extension(value)]
        return [self._deflate(dict(p)) for name, p in agreed if name == "permessage-deflate"]

    def _deflate(self, parameters):
        from .extensions.permessage_deflate import PerMessageDeflate
        from .protocol import SERVER

        ends = ("client", "server") if self.side is SERVER else ("server", "client")
        return PerMessageDeflate(
            *[f"{end}_no_context_takeover" in parameters for end in ends],
            *[int(parameters.get(f"{end}_max_window_bits") or 15) for end in ends],
        )
