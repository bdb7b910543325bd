__all__ = (
    "HttpParserError",
    "HttpParserCallbackError",
    "HttpParserInvalidStatusError",
    "HttpParserInvalidMethodError",
    "HttpParserInvalidURLError",
    "HttpParserUpgrade",
)

class HttpParserError(Exception): ...
class HttpParserCallbackError(HttpParserError): ...
class HttpParserInvalidStatusError(HttpParserError): ...
class HttpParserInvalidMethodError(HttpParserError): ...
class HttpParserInvalidURLError(HttpParserError): ...

class HttpParserUpgrade(Exception):
    #: The offset at which the other protocol begins.
    args: tuple[int]
