"""httpx._urls: URL and its query."""

from ._names import shows

__all__ = ["URL", "QueryParams"]

__getattr__, __dir__ = shows(
    __name__,
    "QueryParams",
    "URL",
    _types="QueryParamTypes",
    _urlparse="urlparse",
    _utils="primitive_value_to_str",
)
