"""The parsers."""

from _httptools import HttpParser, HttpRequestParser, HttpResponseParser

__all__ = ("HttpRequestParser", "HttpResponseParser")
