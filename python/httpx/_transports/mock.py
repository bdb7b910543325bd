"""httpx._transports.mock"""

from httpx._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "MockTransport",
)
