"""The parsers, their exceptions and `parse_url`."""

from . import errors, parser, url_parser
from .errors import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserInvalidMethodError,
    HttpParserInvalidStatusError,
    HttpParserInvalidURLError,
    HttpParserUpgrade,
)
from .parser import HttpRequestParser, HttpResponseParser
from .url_parser import parse_url

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


def __getattr__(name):
    # It needs typing, whose import takes longer than all of this.
    if name == "HTTPProtocol":
        from .protocol import HTTPProtocol

        return HTTPProtocol
    raise AttributeError(f"module 'httptools' has no attribute {name!r}")
