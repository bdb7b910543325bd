"""Proxies: which one a URI calls for, and how its address is read."""

from urllib.parse import urlparse

from ._record import record
from .datastructures import Headers
from .exceptions import InvalidProxy
from .headers import build_authorization_basic, build_host
from .http11 import USER_AGENT
from .uri import credentials

__all__ = ["get_proxy", "parse_proxy", "Proxy"]

_SCHEMES = ("socks5h", "socks5", "socks4a", "socks4", "https", "http")


@record
class Proxy:
    """A proxy's address taken apart: scheme, host in lower case, port, and credentials or None."""

    def __init__(self, scheme, host, port, username=None, password=None):
        self.scheme = scheme
        self.host = host
        self.port = port
        self.username = username
        self.password = password

    @property
    def user_info(self):
        """Username and password, or None."""
        return None if self.username is None else (self.username, self.password)


def parse_proxy(proxy):
    """The Proxy of a str; raises InvalidProxy."""

    def refuse(reason):
        raise InvalidProxy(proxy, reason)

    parsed = urlparse(proxy)
    if parsed.scheme not in _SCHEMES:
        refuse(f"scheme {parsed.scheme} isn't supported")
    if parsed.hostname is None:
        refuse("hostname isn't provided")
    if parsed.path not in ("", "/"):
        refuse("path is meaningless")
    for part in ("query", "fragment"):
        if getattr(parsed, part):
            refuse(f"{part} is meaningless")
    host = parsed.hostname
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    username, password = credentials(parsed, refuse)
    if not proxy.isascii():
        host = host.encode("idna").decode()
    return Proxy(parsed.scheme, host, port, username, password)


def get_proxy(uri):
    """The proxy that the environment names for a WebSocketURI, or None.

    wss_proxy and ws_proxy come first, then SOCKS, then what HTTP uses; RFC 6455 section 4.1 prefers
    an HTTPS proxy to one for HTTP.
    """
    from urllib.request import getproxies, proxy_bypass

    if proxy_bypass(f"{uri.host}:{uri.port}"):
        return None
    proxies = getproxies()
    for scheme in ("wss", "socks", "https") if uri.secure else ("ws", "socks", "https", "http"):
        proxy = proxies.get(scheme)
        if proxy is None:
            continue
        # Some systems tell a SOCKS proxy with the scheme of HTTP.
        if scheme == "socks" and proxy.startswith("http://"):
            return "socks5h://" + proxy.removeprefix("http://")
        return proxy
    return None


def prepare_connect_request(proxy, ws_uri, user_agent_header=USER_AGENT):
    """The CONNECT request that asks a proxy for a tunnel, as bytes."""
    target = ws_uri.host, ws_uri.port, ws_uri.secure
    headers = Headers({"Host": build_host(*target)})
    if user_agent_header is not None:
        headers["User-Agent"] = user_agent_header
    if proxy.username is not None:
        headers["Proxy-Authorization"] = build_authorization_basic(*proxy.user_info)
    authority = build_host(*target, always_include_port=True)
    return f"CONNECT {authority} HTTP/1.1\r\n".encode() + headers.serialize()
