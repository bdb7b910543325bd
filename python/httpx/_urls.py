"""httpx._urls: URL and its query."""

from ._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "QueryParams",
    "URL",
)
