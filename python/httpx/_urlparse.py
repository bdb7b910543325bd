"""httpx._urlparse: the components of a URL as they are encoded in it."""

from collections import namedtuple

from _httpx import URL

MAX_URL_LENGTH = 65536


class ParseResult(namedtuple("ParseResult", "scheme userinfo host port path query fragment")):
    """The components of a URL."""

    __slots__ = ()

    @property
    def netloc(self):
        """Host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def authority(self):
        """User name, password, host and port."""
        return f"{self.userinfo}@{self.netloc}" if self.userinfo else self.netloc

    def __str__(self):
        scheme = f"{self.scheme}:" if self.scheme else ""
        authority = f"//{self.authority}" if self.authority else ""
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{scheme}{authority}{self.path}{query}{fragment}"


def urlparse(url=""):
    """Takes a URL apart and normalises its components; raises InvalidURL."""
    parsed = URL(url)
    rest, _, fragment = str(parsed).partition("#")
    path, _, query = rest.partition("?")
    path = path.removeprefix(f"{parsed.scheme}:" if parsed.scheme else "")
    has_authority = parsed.host or parsed.userinfo or parsed.port is not None
    if has_authority and path.startswith("//"):
        path = path[2:]
        path = path[path.index("/") :] if "/" in path else ""
    return ParseResult(
        parsed.scheme,
        parsed.userinfo.decode("ascii"),
        parsed.raw_host.decode("ascii"),
        parsed.port,
        path,
        query if "?" in rest else None,
        fragment if "#" in str(parsed) else None,
    )
