"""The exceptions of websockets.

    WebSocketException
        ConnectionClosed
            ConnectionClosedOK
            ConnectionClosedError
        InvalidURI
        InvalidProxy
        InvalidHandshake
            SecurityError
                RequestLineTooLong
                StatusLineTooLong
                HeaderLineTooLong
                TooManyHeaders
            ProxyError
                InvalidProxyMessage
                InvalidProxyStatus
            InvalidMessage
            InvalidMethod
            InvalidProtocol
            InvalidStatus
            InvalidHeader
                InvalidHeaderFormat
                InvalidHeaderValue
                InvalidOrigin
                InvalidUpgrade
            NegotiationError
                DuplicateParameter
                InvalidParameterName
                InvalidParameterValue
        ProtocolError
        PayloadTooBig
        TooManyFragments
        InvalidState (and AssertionError)
        ConcurrencyError (and RuntimeError)
"""

__all__ = [
    "WebSocketException",
    "ConnectionClosed",
    "ConnectionClosedOK",
    "ConnectionClosedError",
    "InvalidURI",
    "InvalidProxy",
    "InvalidHandshake",
    "SecurityError",
    "RequestLineTooLong",
    "StatusLineTooLong",
    "HeaderLineTooLong",
    "TooManyHeaders",
    "TooManyFragments",
    "ProxyError",
    "InvalidProxyMessage",
    "InvalidProxyStatus",
    "InvalidMessage",
    "InvalidMethod",
    "InvalidProtocol",
    "InvalidStatus",
    "InvalidHeader",
    "InvalidHeaderFormat",
    "InvalidHeaderValue",
    "InvalidOrigin",
    "InvalidUpgrade",
    "NegotiationError",
    "DuplicateParameter",
    "InvalidParameterName",
    "InvalidParameterValue",
    "ProtocolError",
    "PayloadTooBig",
    "InvalidState",
    "ConcurrencyError",
]


def _deprecated(text):
    import warnings

    warnings.warn(text, DeprecationWarning, stacklevel=3)


class WebSocketException(Exception):
    """Base class of all exceptions of websockets."""

    # The URI of the connection that failed, where it is known; a note names it in tracebacks.
    uri = None


class ConnectionClosed(WebSocketException):
    """The connection is closed. rcvd and sent are the close frames, or None."""

    def __init__(self, rcvd, sent, rcvd_then_sent=None):
        self.rcvd = rcvd
        self.sent = sent
        self.rcvd_then_sent = rcvd_then_sent
        # There is an order when there are two frames.
        assert (rcvd_then_sent is None) == (rcvd is None or sent is None)

    def __str__(self):
        rcvd, sent = self.rcvd, self.sent
        if rcvd is None:
            if sent is None:
                return "no close frame received or sent"
            return f"sent {sent}; no close frame received"
        if sent is None:
            return f"received {rcvd}; no close frame sent"
        if self.rcvd_then_sent:
            return f"received {rcvd}; then sent {sent}"
        return f"sent {sent}; then received {rcvd}"

    @property
    def code(self):
        """Deprecated: the code that the peer closed with; 1006 without a close frame."""
        _deprecated(
            "ConnectionClosed.code is deprecated; "
            "use Protocol.close_code or ConnectionClosed.rcvd.code"
        )
        return 1006 if self.rcvd is None else self.rcvd.code

    @property
    def reason(self):
        """Deprecated: the reason that the peer gave."""
        _deprecated(
            "ConnectionClosed.reason is deprecated; "
            "use Protocol.close_reason or ConnectionClosed.rcvd.reason"
        )
        return "" if self.rcvd is None else self.rcvd.reason


class ConnectionClosedOK(ConnectionClosed):
    """The connection was closed properly: 1000, 1001 or no code, both ways."""


class ConnectionClosedError(ConnectionClosed):
    """The connection was closed with an error, or broke off."""


class InvalidURI(WebSocketException):
    """The text is no WebSocket URI."""

    def __init__(self, uri, msg):
        self.uri = uri
        self.msg = msg

    def __str__(self):
        return f"{self.uri} isn't a valid URI: {self.msg}"


class InvalidProxy(WebSocketException):
    """The proxy is none that can be used."""

    def __init__(self, proxy, msg):
        self.proxy = proxy
        self.msg = msg

    def __str__(self):
        return f"{self.proxy} isn't a valid proxy: {self.msg}"


class InvalidHandshake(WebSocketException):
    """The opening handshake failed."""


class SecurityError(InvalidHandshake):
    """The peer went beyond a limit that protects this end."""


class RequestLineTooLong(SecurityError):
    """The request line is over the limit."""


class StatusLineTooLong(SecurityError):
    """The status line is over the limit."""


class HeaderLineTooLong(SecurityError):
    """A header field is over the limit."""


class TooManyHeaders(SecurityError):
    """There are more header fields than the limit."""


class ProxyError(InvalidHandshake):
    """The proxy failed."""


class InvalidProxyMessage(ProxyError):
    """The proxy sent something that is not HTTP."""


class InvalidProxyStatus(ProxyError):
    """The proxy refused."""

    def __init__(self, response):
        self.response = response

    def __str__(self):
        return f"proxy rejected connection: HTTP {self.response.status_code}"


class InvalidMessage(InvalidHandshake):
    """What the peer sent is not HTTP, or ended too soon."""


class InvalidMethod(InvalidHandshake):
    """The request is not a GET."""

    def __init__(self, method):
        self.method = method

    def __str__(self):
        return f"unsupported HTTP method: {self.method}"


class InvalidProtocol(InvalidHandshake):
    """The request is not HTTP/1.1."""

    def __init__(self, protocol):
        self.protocol = protocol

    def __str__(self):
        return f"unsupported HTTP version: {self.protocol}"


class InvalidStatus(InvalidHandshake):
    """The server refused: response.status_code is not 101."""

    def __init__(self, response):
        self.response = response

    def __str__(self):
        return f"server rejected WebSocket connection: HTTP {self.response.status_code}"


class InvalidHeader(InvalidHandshake):
    """A header field is missing, empty or wrong."""

    def __init__(self, name, value=None):
        self.name = name
        self.value = value

    def __str__(self):
        if self.value is None:
            return f"missing {self.name} header"
        if self.value == "":
            return f"empty {self.name} header"
        return f"invalid {self.name} header: {self.value}"


class InvalidHeaderFormat(InvalidHeader):
    """A header field cannot be parsed."""

    def __init__(self, name, error, header, pos):
        super().__init__(name, f"{error} at {pos} in {header}")


class InvalidHeaderValue(InvalidHeader):
    """A header field is well-formed and not acceptable."""


class InvalidOrigin(InvalidHeader):
    """The page that connects is not allowed here."""

    def __init__(self, origin):
        super().__init__("Origin", origin)


class InvalidUpgrade(InvalidHeader):
    """The Upgrade or Connection field does not ask for WebSocket."""


class NegotiationError(InvalidHandshake):
    """The two ends do not agree on a subprotocol or an extension."""


class DuplicateParameter(NegotiationError):
    """A parameter of an extension comes twice."""

    def __init__(self, name):
        self.name = name

    def __str__(self):
        return f"duplicate parameter: {self.name}"


class InvalidParameterName(NegotiationError):
    """A parameter of an extension is unknown."""

    def __init__(self, name):
        self.name = name

    def __str__(self):
        return f"invalid parameter name: {self.name}"


class InvalidParameterValue(NegotiationError):
    """A parameter of an extension has a value that it cannot have."""

    def __init__(self, name, value):
        self.name = name
        self.value = value

    def __str__(self):
        if self.value is None:
            return f"missing value for parameter {self.name}"
        if self.value == "":
            return f"empty value for parameter {self.name}"
        return f"invalid value for parameter {self.name}: {self.value}"


class ProtocolError(WebSocketException):
    """A frame breaks the protocol."""


class PayloadTooBig(WebSocketException):
    """A message or fragment is over max_size.

    `size` is that of the frame if it is known, `current_size` that of the frames before it, if
    there were any, and `max_size` the limit for all of them together; in bytes.
    """

    message = None
    current_size = None

    def __init__(self, size_or_message, max_size=None, current_size=None):
        if isinstance(size_or_message, str):
            assert max_size is None and current_size is None
            _deprecated(
                "PayloadTooBig(message) is deprecated; change to PayloadTooBig(size, max_size)"
            )
            self.message = size_or_message
            return
        assert max_size is not None
        self.size = size_or_message
        self.max_size = max_size
        self.set_current_size(current_size)

    def set_current_size(self, current_size):
        """Tells the size of the frames that came before, which max_size did not count."""
        assert self.current_size is None
        if current_size is not None:
            self.current_size = current_size
            self.max_size += current_size

    def __str__(self):
        if self.message is not None:
            return self.message
        size = "" if self.size is None else f"with {self.size} bytes "
        before = "" if self.current_size is None else f"after reading {self.current_size} bytes "
        return f"frame {size}{before}exceeds limit of {self.max_size} bytes"


class TooManyFragments(WebSocketException):
    """A message has more frames than the limit."""

    def __init__(self, max_fragments):
        self.max_fragments = max_fragments

    def __str__(self):
        return f"fragmented message exceeds limit of {self.max_fragments} frames"


class InvalidState(WebSocketException, AssertionError):
    """The connection is in a state in which this cannot be done."""


class ConcurrencyError(WebSocketException, RuntimeError):
    """Two tasks do at once what only one can do."""
