"""httpx._transports.default"""

from httpx._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "AsyncHTTPTransport",
    "HTTPTransport",
    "ResponseStream",
    "AsyncResponseStream",
)
