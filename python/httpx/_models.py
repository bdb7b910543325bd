"""httpx._models: requests and responses."""

from ._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "Cookies",
    "Headers",
    "Request",
    "Response",
    "URL",
    "AsyncByteStream",
    "SyncByteStream",
    "ByteStream",
    "codes",
)
