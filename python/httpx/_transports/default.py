"""httpx._transports.default: the transports, and what a transport over httpcore needs."""

from contextlib import contextmanager

import _httpx
from httpx._names import shows
from httpx._streams import AsyncByteStream, SyncByteStream

__all__ = ["AsyncHTTPTransport", "HTTPTransport"]

_FROM_HTTPCORE = (
    "ConnectError",
    "ConnectTimeout",
    "LocalProtocolError",
    "NetworkError",
    "PoolTimeout",
    "ProtocolError",
    "ProxyError",
    "ReadError",
    "ReadTimeout",
    "RemoteProtocolError",
    "TimeoutException",
    "UnsupportedProtocol",
    "WriteError",
    "WriteTimeout",
)

__getattr__, __dir__ = shows(
    __name__,
    *__all__,
    *_FROM_HTTPCORE,
    "AsyncBaseTransport",
    "BaseTransport",
    "Limits",
    "Proxy",
    "Request",
    "Response",
    "URL",
    "create_ssl_context",
    _config="DEFAULT_LIMITS",
    _types="CertTypes ProxyTypes",
)

# From httpcore's exceptions to ours, made when it is needed.
HTTPCORE_EXC_MAP = {}


@contextmanager
def map_httpcore_exceptions():
    """In a `with` statement: raises the exceptions of an installed httpcore as those of httpx."""
    if not HTTPCORE_EXC_MAP:
        import httpcore

        for name in _FROM_HTTPCORE:
            HTTPCORE_EXC_MAP[getattr(httpcore, name)] = getattr(_httpx, name)
    try:
        yield
    except Exception as error:
        # A class comes before its bases.
        for kind in type(error).__mro__:
            if kind in HTTPCORE_EXC_MAP:
                raise HTTPCORE_EXC_MAP[kind](str(error)) from error
        raise


class ResponseStream(SyncByteStream):
    """ResponseStream(httpcore_stream): the content of an httpcore response."""

    def __init__(self, httpcore_stream):
        self._httpcore_stream = httpcore_stream

    def __iter__(self):
        with map_httpcore_exceptions():
            yield from self._httpcore_stream

    def close(self):
        if hasattr(self._httpcore_stream, "close"):
            self._httpcore_stream.close()


class AsyncResponseStream(AsyncByteStream):
    """AsyncResponseStream(httpcore_stream): the same for AsyncClient."""

    def __init__(self, httpcore_stream):
        self._httpcore_stream = httpcore_stream

    async def __aiter__(self):
        with map_httpcore_exceptions():
            async for part in self._httpcore_stream:
                yield part

    async def aclose(self):
        if hasattr(self._httpcore_stream, "aclose"):
            await self._httpcore_stream.aclose()
