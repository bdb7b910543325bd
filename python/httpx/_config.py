"""httpx._config: timeouts, limits, proxies, TLS."""

from _httpx import Limits, Proxy, Timeout

from ._names import shows

__all__ = ["Limits", "Proxy", "Timeout", "create_ssl_context"]

__getattr__, __dir__ = shows(
    __name__,
    "Headers",
    "URL",
    _types="CertTypes HeaderTypes TimeoutTypes",
)

DEFAULT_LIMITS = Limits(max_connections=100, max_keepalive_connections=20)
DEFAULT_MAX_REDIRECTS = 20
DEFAULT_TIMEOUT_CONFIG = Timeout(timeout=5.0)


class UnsetType:
    """The class of UNSET."""


UNSET = UnsetType()


def create_ssl_context(verify=True, cert=None, trust_env=True):
    """The ssl.SSLContext that `verify`, `cert` and the environment ask for."""
    import ssl

    if verify is True:
        context = ssl.create_default_context(**(_environment() if trust_env else {}))
    elif verify is False:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif isinstance(verify, str):
        return _context_of_path(verify)
    else:
        context = verify
    if cert:
        _warn("cert=...", "verify=<ssl_context>` with `.load_cert_chain()")
        context.load_cert_chain(*((cert,) if isinstance(cert, str) else cert))
    return context


def _environment():
    import os

    if file := os.environ.get("SSL_CERT_FILE"):
        return {"cafile": file}
    if directory := os.environ.get("SSL_CERT_DIR"):
        return {"capath": directory}
    return {}


def _context_of_path(path):
    import os
    import ssl

    _warn("verify=<str>", "verify=ssl.create_default_context(cafile=...)")
    kind = "capath" if os.path.isdir(path) else "cafile"
    return ssl.create_default_context(**{kind: path})


def _warn(old, new):
    import warnings

    warnings.warn(f"`{old}` is deprecated. Use `{new}` instead.", DeprecationWarning, stacklevel=3)
