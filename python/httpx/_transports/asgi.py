"""httpx._transports.asgi"""

from httpx._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "ASGITransport",
    "ASGIResponseStream",
)
