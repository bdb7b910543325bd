from .frames import Close
from .http11 import Response

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

class WebSocketException(Exception):
    uri: str | None

class ConnectionClosed(WebSocketException):
    rcvd: Close | None
    sent: Close | None
    rcvd_then_sent: bool | None
    def __init__(self, rcvd: Close | None, sent: Close | None, rcvd_then_sent: bool | None = None) -> None: ...
    @property
    def code(self) -> int: ...
    @property
    def reason(self) -> str: ...

class ConnectionClosedOK(ConnectionClosed): ...
class ConnectionClosedError(ConnectionClosed): ...

class InvalidURI(WebSocketException):
    uri: str
    msg: str
    def __init__(self, uri: str, msg: str) -> None: ...

class InvalidProxy(WebSocketException):
    proxy: str
    msg: str
    def __init__(self, proxy: str, msg: str) -> None: ...

class InvalidHandshake(WebSocketException): ...
class SecurityError(InvalidHandshake): ...
class RequestLineTooLong(SecurityError): ...
class StatusLineTooLong(SecurityError): ...
class HeaderLineTooLong(SecurityError): ...
class TooManyHeaders(SecurityError): ...
class ProxyError(InvalidHandshake): ...
class InvalidProxyMessage(ProxyError): ...

class InvalidProxyStatus(ProxyError):
    response: Response
    def __init__(self, response: Response) -> None: ...

class InvalidMessage(InvalidHandshake): ...

class InvalidMethod(InvalidHandshake):
    method: str
    def __init__(self, method: str) -> None: ...

class InvalidProtocol(InvalidHandshake):
    protocol: str
    def __init__(self, protocol: str) -> None: ...

class InvalidStatus(InvalidHandshake):
    response: Response
    def __init__(self, response: Response) -> None: ...

class InvalidHeader(InvalidHandshake):
    name: str
    value: str | None
    def __init__(self, name: str, value: str | None = None) -> None: ...

class InvalidHeaderFormat(InvalidHeader):
    def __init__(self, name: str, error: str, header: str, pos: int) -> None: ...

class InvalidHeaderValue(InvalidHeader): ...

class InvalidOrigin(InvalidHeader):
    def __init__(self, origin: str | None) -> None: ...

class InvalidUpgrade(InvalidHeader): ...
class NegotiationError(InvalidHandshake): ...

class DuplicateParameter(NegotiationError):
    name: str
    def __init__(self, name: str) -> None: ...

class InvalidParameterName(NegotiationError):
    name: str
    def __init__(self, name: str) -> None: ...

class InvalidParameterValue(NegotiationError):
    name: str
    value: str | None
    def __init__(self, name: str, value: str | None) -> None: ...

class ProtocolError(WebSocketException): ...

class PayloadTooBig(WebSocketException):
    message: str | None
    size: int | None
    max_size: int
    current_size: int | None
    def __init__(
        self, size_or_message: int | None | str, max_size: int | None = None, current_size: int | None = None
    ) -> None: ...
    def set_current_size(self, current_size: int | None) -> None: ...

class TooManyFragments(WebSocketException):
    def __init__(self, max_fragments: int) -> None: ...

class InvalidState(WebSocketException, AssertionError): ...
class ConcurrencyError(WebSocketException, RuntimeError): ...
