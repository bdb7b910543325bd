"""httpx._api: the functions."""

from ._names import shows

__all__ = ["delete", "get", "head", "options", "patch", "post", "put", "request", "stream"]

__getattr__, __dir__ = shows(
    __name__,
    *__all__,
    "Client",
    "Response",
    "URL",
    _config="DEFAULT_TIMEOUT_CONFIG",
    _types="AuthTypes CookieTypes HeaderTypes ProxyTypes QueryParamTypes RequestContent RequestData "
    "RequestFiles TimeoutTypes",
)
