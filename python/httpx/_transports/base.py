"""httpx._transports.base"""

from httpx._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "AsyncBaseTransport",
    "BaseTransport",
)
