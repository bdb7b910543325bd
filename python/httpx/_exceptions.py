"""httpx._exceptions: the exception tree."""

from contextlib import contextmanager

from ._names import shows

__all__ = [
    "CloseError",
    "ConnectError",
    "ConnectTimeout",
    "CookieConflict",
    "DecodingError",
    "HTTPError",
    "HTTPStatusError",
    "InvalidURL",
    "LocalProtocolError",
    "NetworkError",
    "PoolTimeout",
    "ProtocolError",
    "ProxyError",
    "ReadError",
    "ReadTimeout",
    "RemoteProtocolError",
    "RequestError",
    "RequestNotRead",
    "ResponseNotRead",
    "StreamClosed",
    "StreamConsumed",
    "StreamError",
    "TimeoutException",
    "TooManyRedirects",
    "TransportError",
    "UnsupportedProtocol",
    "WriteError",
    "WriteTimeout",
]

__getattr__, __dir__ = shows(__name__, *__all__)


@contextmanager
def request_context(request=None):
    """In a `with` statement: a RequestError that passes gets the request."""
    from _httpx import RequestError

    try:
        yield
    except RequestError as error:
        if request is not None:
            error.request = request
        raise
