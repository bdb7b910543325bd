"""httpx._client: the clients."""

from enum import Enum

from ._names import shows

__all__ = ["USE_CLIENT_DEFAULT", "AsyncClient", "Client"]

_show, __dir__ = shows(
    __name__,
    "AsyncClient",
    "BaseClient",
    "Client",
    "USE_CLIENT_DEFAULT",
    "UseClientDefault",
    "URL",
    "Cookies",
    "Headers",
    "QueryParams",
    "Request",
    "Response",
    "Timeout",
    "Limits",
    "Proxy",
    "Auth",
    "BasicAuth",
    "FunctionAuth",
    "AsyncBaseTransport",
    "BaseTransport",
    "AsyncHTTPTransport",
    "HTTPTransport",
    "AsyncByteStream",
    "SyncByteStream",
    "codes",
    "InvalidURL",
    "RemoteProtocolError",
    "TooManyRedirects",
    _config="DEFAULT_LIMITS DEFAULT_MAX_REDIRECTS DEFAULT_TIMEOUT_CONFIG",
    _decoders="SUPPORTED_DECODERS",
    _exceptions="request_context",
    _types="AuthTypes CertTypes CookieTypes HeaderTypes ProxyTypes QueryParamTypes RequestContent "
    "RequestData RequestExtensions RequestFiles TimeoutTypes",
    _utils="URLPattern get_environment_proxies",
)


class ClientState(Enum):
    """What has become of a client."""

    UNOPENED = 1
    OPENED = 2
    CLOSED = 3


def __getattr__(name):
    if name == "logger":
        # Not sooner: importing logging costs more than importing httpx.
        from logging import getLogger

        return getLogger("httpx")
    if name == "EventHook":
        from typing import Any, Callable

        return Callable[..., Any]
    if name in ("ACCEPT_ENCODING", "USER_AGENT"):
        return _default_header(name.replace("_", "-"))
    return _show(name)


def _default_header(name):
    from _httpx import Client

    with Client(trust_env=False) as client:
        return client.headers[name]


def _port_or_default(url):
    return {"http": 80, "https": 443}.get(url.scheme) if url.port is None else url.port


def _same_origin(url, other):
    def origin(url):
        return url.scheme, url.host, _port_or_default(url)

    return origin(url) == origin(other)


def _is_https_redirect(url, location):
    default = (url.scheme, _port_or_default(url)) == ("http", 80)
    secure = (location.scheme, _port_or_default(location)) == ("https", 443)
    return url.host == location.host and default and secure
