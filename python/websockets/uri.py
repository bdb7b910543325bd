"""WebSocket URIs."""

from urllib.parse import quote, unquote, urlparse

from ._record import record
from .exceptions import InvalidURI

__all__ = ["parse_uri", "WebSocketURI"]

# What an IRI may hold besides letters, and a URI too (RFC 3986 section 2.2).
_RESERVED = ":/?#[]@!$&'()*+,;="


@record
class WebSocketURI:
    """A WebSocket URI taken apart.

    The host is in lower case, the port always set; path and query may be empty.
    """

    def __init__(self, secure, host, port, path, query, username=None, password=None):
        self.secure = secure
        self.host = host
        self.port = port
        self.path = path
        self.query = query
        self.username = username
        self.password = password

    @property
    def resource_name(self):
        """What the request line asks for: path and query."""
        name = self.path or "/"
        return f"{name}?{self.query}" if self.query else name

    @property
    def user_info(self):
        """Username and password, or None."""
        return None if self.username is None else (self.username, self.password)


def credentials(parsed, refuse):
    """The decoded username and password of a parsed URL; `refuse` raises for half of them."""
    if parsed.username is None:
        return None, None
    if parsed.password is None:
        refuse("username provided without password")
    return tuple(unquote(part, errors="strict") for part in (parsed.username, parsed.password))


def parse_uri(uri):
    """The WebSocketURI of a str; raises InvalidURI."""

    def refuse(reason):
        raise InvalidURI(uri, reason)

    parsed = urlparse(uri)
    if parsed.scheme not in ("ws", "wss"):
        refuse("scheme isn't ws or wss")
    if parsed.hostname is None:
        refuse("hostname isn't provided")
    if parsed.fragment:
        refuse("fragment identifier is meaningless")
    secure = parsed.scheme == "wss"
    host, path, query = parsed.hostname, parsed.path, parsed.query
    port = parsed.port or (443 if secure else 80)
    username, password = credentials(parsed, refuse)
    if not uri.isascii():
        host = host.encode("idna").decode()
        path = quote(path, safe=_RESERVED)
        query = quote(query, safe=_RESERVED)
    return WebSocketURI(secure, host, port, path, query, username, password)
