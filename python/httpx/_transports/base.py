"""httpx._transports.base"""

from httpx._names import shows

__all__ = ["AsyncBaseTransport", "BaseTransport"]

__getattr__, __dir__ = shows(__name__, *__all__, "Request", "Response")
