from .errors import (
    HttpParserCallbackError as HttpParserCallbackError,
    HttpParserError as HttpParserError,
    HttpParserInvalidMethodError as HttpParserInvalidMethodError,
    HttpParserInvalidStatusError as HttpParserInvalidStatusError,
    HttpParserInvalidURLError as HttpParserInvalidURLError,
    HttpParserUpgrade as HttpParserUpgrade,
)
from .parser import (
    HttpRequestParser as HttpRequestParser,
    HttpResponseParser as HttpResponseParser,
)
from .protocol import HTTPProtocol as HTTPProtocol
from .url_parser import parse_url as parse_url

__all__ = (
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
)
