"""What a connection has as `transport`: what is known of the stream below it."""


class TransportView:
    """The stream below a connection, for programs that ask `get_extra_info()`.

    The engine reads and writes; nothing can be done to the stream here.
    """

    __slots__ = ("_connection", "_tls")

    def __init__(self, connection, tls):
        self._connection = connection
        self._tls = tls

    def __repr__(self):
        return f"<transport of {self._connection!r}>"

    def get_extra_info(self, name, default=None):
        """As asyncio's transports: "sockname", "peername", and of a server with TLS "ssl_object".

        The ssl_object has version(), selected_alpn_protocol() and getpeercert(binary_form=True).
        """
        if name == "sockname":
            return self._connection.local_address
        if name == "peername":
            return self._connection.remote_address
        if name == "ssl_object" and self._tls is not None:
            return self._tls
        return default

    def is_closing(self):
        """Whether the connection is being closed, or is closed."""
        return self._connection.state > 1
