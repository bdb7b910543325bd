"""Request and response of the opening handshake, as objects and as bytes (RFC 9112)."""

import os

from _websockets import SERVER as _OWN_NAME, is_field_value, is_token

from ._record import record
from .datastructures import Headers
from .exceptions import (
    HeaderLineTooLong,
    RequestLineTooLong,
    SecurityError,
    StatusLineTooLong,
    TooManyHeaders,
)

__all__ = ["SERVER", "USER_AGENT", "Request", "Response"]

# What a client and a server name themselves.
USER_AGENT = os.environ.get("WEBSOCKETS_USER_AGENT", _OWN_NAME)
SERVER = os.environ.get("WEBSOCKETS_SERVER", _OWN_NAME)

# Header fields, bytes in a line, bytes in a body.
MAX_NUM_HEADERS = int(os.environ.get("WEBSOCKETS_MAX_NUM_HEADERS", "128"))
MAX_LINE_LENGTH = int(os.environ.get("WEBSOCKETS_MAX_LINE_LENGTH", "8192"))
MAX_BODY_SIZE = int(os.environ.get("WEBSOCKETS_MAX_BODY_SIZE", "1_048_576"))

_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def d(value):
    """Bytes as text for an error message."""
    return value.decode(errors="backslashreplace")


class _Message:
    # Those that have none share this.
    _exception = None

    @property
    def exception(self):
        """Deprecated: handshake_exc of the protocol says it."""
        import warnings

        name = type(self).__name__
        side = {"Request": "Server", "Response": "Client"}.get(name, "")
        text = f"{name}.exception is deprecated; use {side}Protocol.handshake_exc instead"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return self._exception


@record
class Request(_Message):
    """A handshake request; the method is GET and the protocol HTTP/1.1 in a valid one."""

    def __init__(self, path, headers, method="GET", protocol="HTTP/1.1", _exception=None):
        self.path = path
        self.headers = headers
        self.method = method
        self.protocol = protocol
        if _exception is not None:
            self._exception = _exception

    @classmethod
    def parse(cls, read_line):
        """A generator that reads a request by `read_line(limit, exception)`, itself a generator.

        Raises EOFError, SecurityError or a subclass, ValueError, NotImplementedError.
        """
        line = yield from _first_line(read_line, RequestLineTooLong, "request")
        try:
            method, path, protocol = line.split(b" ", 2)
        except ValueError:
            raise ValueError(f"invalid HTTP request line: {d(line)}") from None
        _check_protocol(protocol, line, lenient=True)
        method, path, protocol = [part.decode("ascii") for part in (method, path, protocol)]
        headers = yield from parse_headers(read_line)
        if "Transfer-Encoding" in headers:
            raise NotImplementedError("transfer codings aren't supported")
        if any(length != "0" for length in headers.get_all("Content-Length")):
            raise ValueError("unsupported request body")
        return cls(path, headers, method, protocol)

    def serialize(self):
        """The request as bytes."""
        line = f"{self.method} {self.path} {self.protocol}\r\n"
        return line.encode("ascii") + self.headers.serialize()


@record
class Response(_Message):
    """A handshake response; 101 accepts the connection."""

    def __init__(self, status_code, reason_phrase, headers, body=b"", _exception=None):
        self.status_code = status_code
        self.reason_phrase = reason_phrase
        self.headers = headers
        self.body = body
        if _exception is not None:
            self._exception = _exception

    @classmethod
    def parse(cls, read_line, read_exact, read_to_eof, proxy=False):
        """A generator that reads a response by the methods of a StreamReader. A proxy's has no
        body, and may be HTTP/1.0.

        Raises EOFError, SecurityError or a subclass, LookupError, ValueError, NotImplementedError.
        """
        line = yield from _first_line(read_line, StatusLineTooLong, "status")
        status_code, reason = _parse_status_line(line, proxy)
        headers = yield from parse_headers(read_line)
        if proxy:
            return cls(status_code, reason, headers)
        body = yield from _read_body(status_code, headers, read_line, read_exact, read_to_eof)
        return cls(status_code, reason, headers, body)

    def serialize(self):
        """The response as bytes."""
        line = f"HTTP/1.1 {self.status_code} {self.reason_phrase}\r\n"
        return line.encode("iso-8859-1") + self.headers.serialize() + self.body


def _check_protocol(protocol, line, lenient):
    if protocol != b"HTTP/1.1" and not (lenient and protocol == b"HTTP/1.0"):
        expected = "HTTP/1.1 or HTTP/1.0" if lenient else "HTTP/1.1"
        raise ValueError(f"unsupported protocol; expected {expected}: {d(line)}")


def _parse_status_line(line, proxy):
    try:
        protocol, code, reason = line.split(b" ", 2)
    except ValueError:
        raise ValueError(f"invalid HTTP status line: {d(line)}") from None
    _check_protocol(protocol, line, lenient=proxy)
    if not _is_number(code):
        raise ValueError(f"invalid status code; expected integer; got {d(code)}")
    status_code = int(code)
    if not 100 <= status_code <= 599:
        raise ValueError(f"invalid status code; expected 100–599; got {d(code)}")
    phrase = reason.decode("iso-8859-1")
    if not is_field_value(phrase):
        raise ValueError(f"invalid HTTP reason phrase: {d(reason)}")
    return status_code, phrase


def _is_number(digits):
    # Few enough that int() is cheap; more would be beyond any limit.
    return digits.isdigit() and len(digits) <= 18


def parse_line(read_line, too_long_exc_type=SecurityError):
    """A generator that reads a line without its CRLF."""
    line = yield from read_line(MAX_LINE_LENGTH, too_long_exc_type)
    if not line.endswith(b"\r\n"):
        raise EOFError("line without CRLF")
    return line[:-2]


def _first_line(read_line, too_long, name):
    try:
        return (yield from parse_line(read_line, too_long))
    except EOFError as exc:
        raise EOFError(f"connection closed while reading HTTP {name} line") from exc


def parse_headers(read_line):
    """A generator that reads header fields and the empty line after them."""
    headers = Headers()
    for _ in range(MAX_NUM_HEADERS + 1):
        try:
            line = yield from parse_line(read_line, HeaderLineTooLong)
        except EOFError as exc:
            raise EOFError("connection closed while reading HTTP headers") from exc
        if not line:
            return headers
        name, colon, value = line.partition(b":")
        if not colon:
            raise ValueError(f"invalid HTTP header line: {d(line)}")
        name_text = name.decode("iso-8859-1")
        if not is_token(name_text):
            raise ValueError(f"invalid HTTP header name: {d(name)}")
        value = value.strip(b" \t")
        value_text = value.decode("iso-8859-1")
        if not is_field_value(value_text):
            raise ValueError(f"invalid HTTP header value: {d(value)}")
        headers.set_insecure(name_text, value_text)
    raise TooManyHeaders(f"expected no more than {MAX_NUM_HEADERS} headers")


def _read_body(status_code, headers, read_line, read_exact, read_to_eof):
    # RFC 9112 section 6.3; the request was a GET.
    if status_code < 200 or status_code in (204, 304):
        return b""
    coding = headers.get("Transfer-Encoding")
    if coding is not None:
        if coding != "chunked":
            raise NotImplementedError(f"transfer coding {coding} isn't supported")
        return (yield from _read_chunks(read_line, read_exact))
    length = headers.get("Content-Length")
    if length is None:
        return (yield from read_to_eof(MAX_BODY_SIZE, SecurityError))
    if not _is_number(length.encode("iso-8859-1")):
        raise SecurityError(f"invalid content length: {length}")
    if int(length) > MAX_BODY_SIZE:
        raise SecurityError(f"body too large: {int(length)} bytes")
    return (yield from read_exact(int(length)))


def _read_chunks(read_line, read_exact):
    body = b""
    while True:
        line = yield from parse_line(read_line)
        digits = line.partition(b";")[0]
        if not 0 < len(digits) <= 15 or not _HEX_DIGITS.issuperset(digits):
            raise SecurityError(f"invalid chunk size: {d(digits)}")
        size = int(digits, 16)
        if size == 0:
            yield from parse_headers(read_line)
            return body
        if len(body) + size > MAX_BODY_SIZE:
            raise SecurityError(f"chunk too large: {size} bytes after {len(body)} bytes")
        body += yield from read_exact(size)
        if (yield from read_exact(2)) != b"\r\n":
            raise ValueError("chunk without CRLF")
