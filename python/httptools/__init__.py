"""HTTP/1.x messages and URLs, parsed natively.

    parser = httptools.HttpRequestParser(protocol)
    parser.feed_data(b"GET / HTTP/1.1\\r\\nHost: example.org\\r\\n\\r\\n")

    url = httptools.parse_url("https://example.org/path?query")
    request = httptools.parse_request(b"GET / HTTP/1.1\\r\\nHost: example.org\\r\\n\\r\\n")
"""

from _httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserInvalidMethodError,
    HttpParserInvalidStatusError,
    HttpParserInvalidURLError,
    HttpParserUpgrade,
    HttpRequestParser,
    HttpResponseParser,
    ParsedRequest,
    ParsedResponse,
    parse_request,
    parse_response,
    parse_url,
)

from . import parser

__version__ = "0.9.0"

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

__getattr__ = parser.__getattr__
