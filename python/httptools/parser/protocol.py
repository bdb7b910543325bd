"""What a parser calls, for type checkers."""

from typing import Protocol


class HTTPProtocol(Protocol):
    """The methods that a parser calls. A protocol need not have all of them."""

    def on_message_begin(self) -> None:
        """A message begins."""

    def on_url(self, url: bytes) -> None:
        """A piece of a request's target."""

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field, or after the last chunk a trailer field."""

    def on_headers_complete(self) -> None:
        """The head is complete."""

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""

    def on_message_complete(self) -> None:
        """The message is complete."""

    def on_chunk_header(self) -> None:
        """A chunk begins; the last one is empty."""

    def on_chunk_complete(self) -> None:
        """A chunk is complete."""

    def on_status(self, status: bytes) -> None:
        """A piece of a response's reason phrase."""
