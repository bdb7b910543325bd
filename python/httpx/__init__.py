"""An HTTP client, native: sync and async, with connection pooling.

    response = httpx.get("https://example.org")

    async with httpx.AsyncClient() as client:
        response = await client.get("https://example.org")
"""

from _httpx import *
from _httpx import __version__

# What the private modules show. FunctionAuth stays: here it is public.
del BaseClient, Decoder, UseClientDefault
del encode_multipart, encode_request, encode_response

Session = Client

__title__ = "httpx"
__description__ = "A next generation HTTP client, for Python 3."

__all__ = [
    "__description__",
    "__title__",
    "__version__",
    "ASGITransport",
    "AsyncBaseTransport",
    "AsyncByteStream",
    "AsyncClient",
    "AsyncHTTPTransport",
    "Auth",
    "BaseTransport",
    "BasicAuth",
    "ByteStream",
    "Client",
    "CloseError",
    "codes",
    "ConnectError",
    "ConnectTimeout",
    "CookieConflict",
    "Cookies",
    "create_ssl_context",
    "DecodingError",
    "delete",
    "DigestAuth",
    "get",
    "head",
    "Headers",
    "HTTPError",
    "HTTPStatusError",
    "HTTPTransport",
    "InvalidURL",
    "Limits",
    "LocalProtocolError",
    "main",
    "MockTransport",
    "NetRCAuth",
    "NetworkError",
    "options",
    "patch",
    "PoolTimeout",
    "post",
    "ProtocolError",
    "Proxy",
    "ProxyError",
    "put",
    "QueryParams",
    "ReadError",
    "ReadTimeout",
    "RemoteProtocolError",
    "request",
    "Request",
    "RequestError",
    "RequestNotRead",
    "Response",
    "ResponseNotRead",
    "stream",
    "StreamClosed",
    "StreamConsumed",
    "StreamError",
    "SyncByteStream",
    "Timeout",
    "TimeoutException",
    "TooManyRedirects",
    "TransportError",
    "UnsupportedProtocol",
    "URL",
    "USE_CLIENT_DEFAULT",
    "WriteError",
    "WriteTimeout",
    "WSGITransport",
]

# What is made when it is asked for, and where: none of it is needed for a request.
_LAZY = {
    "ASGITransport": "_transports.asgi",
    "AsyncByteStream": "_streams",
    "ByteStream": "_streams",
    "SyncByteStream": "_streams",
    "codes": "_status_codes",
    "main": "_main",
    "MockTransport": "_transports.mock",
    "WSGITransport": "_transports.wsgi",
}
_MODULES = (
    "__version__",
    "_api",
    "_auth",
    "_client",
    "_config",
    "_content",
    "_decoders",
    "_exceptions",
    "_main",
    "_models",
    "_multipart",
    "_status_codes",
    "_transports",
    "_types",
    "_urlparse",
    "_urls",
    "_utils",
)


def _submodule(name):
    from importlib import import_module

    return import_module("." + name, __name__)


def __getattr__(name):
    if name in _LAZY:
        value = getattr(_submodule(_LAZY[name]), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return _submodule(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__, *_MODULES})
