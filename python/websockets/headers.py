"""Values of the header fields that the opening handshake uses, parsed and built.

The parse functions raise InvalidHeaderFormat, which names the position, and InvalidHeaderValue.
"""

import re
from binascii import Error as Base64Error, a2b_base64, b2a_base64
from collections.abc import Sequence

from .exceptions import InvalidHeaderFormat, InvalidHeaderValue

__all__ = [
    "build_host",
    "parse_connection",
    "parse_upgrade",
    "parse_extension",
    "build_extension",
    "parse_subprotocol",
    "build_subprotocol",
    "validate_subprotocols",
    "build_www_authenticate_basic",
    "parse_authorization_basic",
    "build_authorization_basic",
]

# RFC 9110 section 5.6, RFC 7235 section 2.1.
_WHITESPACE = re.compile(r"[ \t]*")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PROTOCOL = re.compile(rf"{_TOKEN.pattern}(?:/{_TOKEN.pattern})?")
_QUOTED = re.compile(r'"((?:[\t !#-\[\]-~]|\\[\t -~\x80-\xff])*)"')
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_QUOTABLE = re.compile(r"[\t -~\x80-\xff]*")
_TOKEN68 = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


class _Scanner:
    """A header field's value and how far it has been read."""

    def __init__(self, name, value):
        self.name = name
        self.value = value
        self.position = 0

    def fail(self, error, position=None):
        position = self.position if position is None else position
        raise InvalidHeaderFormat(self.name, error, self.value, position)

    def next_is(self, text):
        return self.value.startswith(text, self.position)

    def read(self, pattern, what):
        match = pattern.match(self.value, self.position)
        if match is None:
            self.fail(f"expected {what}")
        self.position = match.end()
        return match

    def token(self):
        return self.read(_TOKEN, "token").group()

    def protocol(self):
        return self.read(_PROTOCOL, "protocol").group()

    def skip_whitespace(self):
        self.read(_WHITESPACE, "whitespace")

    def skip(self, text):
        """Passes over text and the whitespace after it, if the text is next."""
        found = self.next_is(text)
        if found:
            self.position += len(text)
            self.skip_whitespace()
        return found

    def at_end(self):
        return self.position == len(self.value)

    def items(self, read_item):
        """A comma-separated list of one item at least. RFC 9110 section 5.6.1.2 has a recipient
        pass over empty items."""
        items = []
        while self.skip(","):
            pass
        while not items or not self.at_end():
            items.append(read_item(self))
            self.skip_whitespace()
            if not self.at_end() and not self.next_is(","):
                self.fail("expected comma")
            while self.skip(","):
                pass
        return items

    def parameter_value(self):
        if not self.next_is('"'):
            return self.token()
        start = self.position
        content = self.read(_QUOTED, "quoted string").group(1)
        value = _QUOTED_PAIR.sub(r"\1", content)
        # RFC 6455 section 9.1: what was quoted has to be a token.
        if not _TOKEN.fullmatch(value):
            self.fail("invalid quoted header content", start)
        return value

    def parameter(self):
        name = self.token()
        self.skip_whitespace()
        value = self.parameter_value() if self.skip("=") else None
        self.skip_whitespace()
        return name, value

    def extension(self):
        name = self.token()
        self.skip_whitespace()
        parameters = []
        while self.skip(";"):
            parameters.append(self.parameter())
        return name, parameters


def build_host(host, port, secure, *, always_include_port=False):
    """The value of Host; the default port is left out unless it is asked for."""
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    if always_include_port or port != (443 if secure else 80):
        return f"{host}:{port}"
    return host


def parse_connection(header):
    """The options of a Connection field."""
    return _Scanner("Connection", header).items(_Scanner.token)


def parse_upgrade(header):
    """The protocols of an Upgrade field."""
    return _Scanner("Upgrade", header).items(_Scanner.protocol)


def parse_extension(header):
    """The items of a Sec-WebSocket-Extensions field: (name, [(parameter, value or None), ...])."""
    return _Scanner("Sec-WebSocket-Extensions", header).items(_Scanner.extension)


def build_extension(extensions):
    """A Sec-WebSocket-Extensions field out of what parse_extension() gives."""

    def parameter(name, value):
        return name if value is None else f"{name}={value}"

    return ", ".join(
        "; ".join([name, *[parameter(*it) for it in parameters]]) for name, parameters in extensions
    )


def parse_subprotocol(header):
    """The subprotocols of a Sec-WebSocket-Protocol field."""
    return _Scanner("Sec-WebSocket-Protocol", header).items(_Scanner.token)


def build_subprotocol(subprotocols):
    """A Sec-WebSocket-Protocol field."""
    return ", ".join(subprotocols)


# Names of older versions of the package.
parse_extension_list = parse_extension
build_extension_list = build_extension
parse_subprotocol_list = parse_subprotocol
build_subprotocol_list = build_subprotocol


def validate_subprotocols(subprotocols):
    """Raises TypeError or ValueError unless build_subprotocol() can take this."""
    if not isinstance(subprotocols, Sequence):
        raise TypeError("subprotocols must be a list")
    if isinstance(subprotocols, str):
        raise TypeError("subprotocols must be a list, not a str")
    for subprotocol in subprotocols:
        if not _TOKEN.fullmatch(subprotocol):
            raise ValueError(f"invalid subprotocol: {subprotocol}")


def _quoted(text):
    if not _QUOTABLE.fullmatch(text):
        raise ValueError("invalid characters for quoted-string encoding")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def build_www_authenticate_basic(realm):
    """A WWW-Authenticate field that asks for a name and a password (RFC 7617)."""
    return f'Basic realm={_quoted(realm)}, charset="UTF-8"'


def parse_authorization_basic(header):
    """The username and password of an Authorization field. Bytes that are not UTF-8 become
    surrogates."""

    def refuse(error):
        raise InvalidHeaderValue("Authorization", error)

    scanner = _Scanner("Authorization", header)
    scheme = scanner.token()
    if scheme.lower() != "basic":
        refuse(f"unsupported scheme: {scheme}")
    scanner.read(re.compile(" "), "space after scheme")
    encoded = scanner.read(_TOKEN68, "token68").group()
    if not scanner.at_end():
        scanner.fail("trailing data")
    try:
        decoded = a2b_base64(encoded).decode(errors="surrogateescape")
    except Base64Error:
        decoded = None
    if decoded is None:
        refuse("expected base64-encoded credentials")
    username, colon, password = decoded.partition(":")
    if not colon:
        refuse("expected username:password credentials")
    return username, password


def build_authorization_basic(username, password):
    """An Authorization field (RFC 7617)."""
    assert ":" not in username
    encoded = f"{username}:{password}".encode(errors="surrogateescape")
    return "Basic " + b2a_base64(encoded, newline=False).decode()
