"""httpx._transports: what carries requests."""

from httpx._names import shows

__all__ = [
    "ASGITransport",
    "AsyncBaseTransport",
    "BaseTransport",
    "AsyncHTTPTransport",
    "HTTPTransport",
    "MockTransport",
    "WSGITransport",
]

_show, __dir__ = shows(__name__, *__all__)


def __getattr__(name):
    if name in ("asgi", "base", "default", "mock", "wsgi"):
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    return _show(name)
