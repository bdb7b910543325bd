"""httpx._utils: small helpers that packages import."""


def primitive_value_to_str(value):
    """A parameter's value as text: true, false, "" for None, else str()."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return "" if value is None else str(value)


def to_bytes(value, encoding="utf-8"):
    """Bytes of str or bytes."""
    return value.encode(encoding) if isinstance(value, str) else value


def to_str(value, encoding="utf-8"):
    """Text of str or bytes."""
    return value if isinstance(value, str) else value.decode(encoding)


def to_bytes_or_str(value, match_type_of):
    """`value` as str or as bytes, whichever `match_type_of` is."""
    return value if isinstance(match_type_of, str) else value.encode()


def unquote(value):
    """Text without the double quotes around it."""
    return value[1:-1] if value[0] == value[-1] == '"' else value


def is_ipv4_hostname(hostname):
    """Whether a host is an IPv4 address, or a network of them."""
    import ipaddress

    try:
        ipaddress.IPv4Address(hostname.split("/")[0])
    except ValueError:
        return False
    return True


def is_ipv6_hostname(hostname):
    """Whether a host is an IPv6 address, or a network of them."""
    import ipaddress

    try:
        ipaddress.IPv6Address(hostname.split("/")[0])
    except ValueError:
        return False
    return True


def peek_filelike_length(stream):
    """How many bytes a file has, or None when it does not tell."""
    import os

    try:
        return os.fstat(stream.fileno()).st_size
    except (AttributeError, OSError):
        pass
    try:
        position = stream.tell()
        length = stream.seek(0, os.SEEK_END)
        stream.seek(position)
    except (AttributeError, OSError):
        return None
    return length


def get_environment_proxies():
    """The proxies that the environment names, by URL pattern; None for no proxy."""
    from urllib.request import getproxies

    found = getproxies()
    proxies = {}
    for scheme in ("http", "https", "all"):
        if proxy := found.get(scheme):
            proxies[f"{scheme}://"] = proxy if "://" in proxy else f"http://{proxy}"
    for host in found.get("no", "").split(","):
        host = host.strip()
        if host == "*":
            return {}
        if host:
            proxies[_exempt(host)] = None
    return proxies


def _exempt(host):
    if "://" in host:
        return host
    if is_ipv6_hostname(host):
        return f"all://[{host}]"
    if is_ipv4_hostname(host) or host.lower() == "localhost":
        return f"all://{host}"
    return f"all://*{host}"


class URLPattern:
    """URLPattern(pattern): a set of URLs, as the keys of `mounts` are: `https://*.example.org`."""

    def __init__(self, pattern):
        from _httpx import URL

        if pattern and ":" not in pattern:
            raise ValueError(
                "Proxy keys should use proper URL forms rather than plain scheme strings. "
                f'Instead of "{pattern}", use "{pattern}://"'
            )
        url = URL(pattern)
        self.pattern = pattern
        self.scheme = "" if url.scheme == "all" else url.scheme
        self.host = "" if url.host == "*" else url.host
        self.port = url.port

    def matches(self, other):
        """Whether a URL is one of the set."""
        return (
            self.scheme in ("", other.scheme)
            and self.port in (None, other.port)
            and self._matches_host(other.host)
        )

    def _matches_host(self, host):
        if not self.host.startswith("*"):
            return self.host in ("", host)
        end = self.host[1:]
        if end.startswith("."):
            return host.endswith(end) and host != end
        return host == end or host.endswith(f".{end}")

    @property
    def priority(self):
        """The more specific, the lower."""
        return (self.port is None, -len(self.host), -len(self.scheme))

    def __eq__(self, other):
        return isinstance(other, URLPattern) and self.pattern == other.pattern

    def __lt__(self, other):
        return self.priority < other.priority

    def __hash__(self):
        return hash(self.pattern)


def __getattr__(name):
    if name == "PrimitiveData":
        from ._types import PrimitiveData

        return PrimitiveData
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
