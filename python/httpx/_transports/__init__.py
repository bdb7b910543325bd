"""httpx._transports: what carries requests."""

from httpx._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "ASGITransport",
    "AsyncBaseTransport",
    "AsyncHTTPTransport",
    "BaseTransport",
    "HTTPTransport",
    "MockTransport",
    "WSGITransport",
)
