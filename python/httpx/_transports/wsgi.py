"""httpx._transports.wsgi"""

from httpx._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "WSGITransport",
    "WSGIByteStream",
)
