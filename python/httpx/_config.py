"""httpx._config: timeouts, limits, proxies, TLS."""

from _httpx import Limits, Proxy, Timeout

from ._names import shows

__all__ = ["Limits", "Proxy", "Timeout", "create_ssl_context"]

__getattr__, __dir__ = shows(
    __name__,
    "Headers",
    "URL",
    "create_ssl_context",
    _types="CertTypes HeaderTypes TimeoutTypes",
)

DEFAULT_LIMITS = Limits(max_connections=100, max_keepalive_connections=20)
DEFAULT_MAX_REDIRECTS = 20
DEFAULT_TIMEOUT_CONFIG = Timeout(timeout=5.0)


class UnsetType:
    """The class of UNSET."""


UNSET = UnsetType()
