from . import parser as parser
from .parser import (
    HTTPProtocol as HTTPProtocol,
    HttpParserCallbackError as HttpParserCallbackError,
    HttpParserError as HttpParserError,
    HttpParserInvalidMethodError as HttpParserInvalidMethodError,
    HttpParserInvalidStatusError as HttpParserInvalidStatusError,
    HttpParserInvalidURLError as HttpParserInvalidURLError,
    HttpParserUpgrade as HttpParserUpgrade,
    HttpRequestParser as HttpRequestParser,
    HttpResponseParser as HttpResponseParser,
    parse_url as parse_url,
)
from .parser.url_parser import ReadableBuffer

__version__: str

__all__ = (
    "parser",
    "HTTPProtocol",
    "HttpRequestParser",
    "HttpResponseParser",
    "HttpParserError",
    "HttpParserCallbackError",
    "HttpParserInvalidStatusError",
    "HttpParserInvalidMethodError",
    "HttpParserInvalidURLError",
    "HttpParserUpgrade",
    "parse_url",
    "parse_request",
    "parse_response",
    "__version__",
)

class ParsedRequest:
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def body(self) -> bytes: ...

class ParsedResponse:
    @property
    def status_code(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def body(self) -> bytes: ...

def parse_request(data: ReadableBuffer) -> ParsedRequest: ...
def parse_response(data: ReadableBuffer) -> ParsedResponse: ...
