"""httpx._api: the functions."""

from ._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "delete",
    "get",
    "head",
    "options",
    "patch",
    "post",
    "put",
    "request",
    "stream",
)
