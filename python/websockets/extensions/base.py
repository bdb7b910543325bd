"""What an extension and its negotiation consist of."""

__all__ = ["Extension", "ClientExtensionFactory", "ServerExtensionFactory"]


class Extension:
    """An extension of one connection; `name` is its token."""

    name: str

    def decode(self, frame, *, max_size=None):
        """Turns a frame that arrived into the one that the peer meant.

        Raises PayloadTooBig when its data would be over max_size bytes.
        """
        raise NotImplementedError

    def encode(self, frame):
        """Turns a frame into the one to send."""
        raise NotImplementedError


class ClientExtensionFactory:
    """What a client offers; `name` is the extension's token."""

    name: str

    def get_request_params(self):
        """The parameters of the offer: pairs of a name and a value or None."""
        raise NotImplementedError

    def process_response_params(self, params, accepted_extensions):
        """The Extension that the server's parameters make; raises NegotiationError.

        `accepted_extensions` are those before it.
        """
        raise NotImplementedError


class ServerExtensionFactory:
    """What a server takes; `name` is the extension's token."""

    name: str

    def process_request_params(self, params, accepted_extensions):
        """The parameters to answer with, and the Extension; raises NegotiationError to decline.

        `accepted_extensions` are those before it.
        """
        raise NotImplementedError
