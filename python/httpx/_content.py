"""httpx._content: bodies."""

import _httpx

from ._content_streams import AsyncIteratorByteStream, IteratorByteStream, UnattachedStream
from ._names import shows

__all__ = ["ByteStream"]

__getattr__, __dir__ = shows(
    __name__,
    "ByteStream",
    "AsyncByteStream",
    "SyncByteStream",
    "StreamClosed",
    "StreamConsumed",
    _multipart="MultipartStream",
    _types="RequestContent RequestData RequestFiles ResponseContent",
    _utils="peek_filelike_length primitive_value_to_str",
)


def encode_request(content=None, data=None, files=None, json=None, boundary=None):
    """The header fields and the stream of a request with such a body."""
    if boundary is not None and files and content is None:
        return encode_multipart_data(data or {}, files, boundary)
    return _httpx.encode_request(content=content, data=data, files=files, json=json)


def encode_response(content=None, text=None, html=None, json=None):
    """The header fields and the stream of a response with such content."""
    return _httpx.encode_response(content=content, text=text, html=html, json=json)


def encode_content(content):
    """The header fields and the stream of str, bytes, or an iterable of bytes."""
    return _httpx.encode_response(content=content)


def encode_urlencoded_data(data):
    """The header fields and the stream of a form without files."""
    return _httpx.encode_request(data=data)


def encode_multipart_data(data, files, boundary):
    """The header fields and the stream of a form with files."""
    from ._multipart import MultipartStream

    form = MultipartStream(data=data, files=files, boundary=boundary)
    return form.get_headers(), form


def encode_text(text):
    """The header fields and the stream of plain text."""
    return _httpx.encode_response(text=text)


def encode_html(html):
    """The header fields and the stream of a web page."""
    return _httpx.encode_response(html=html)


def encode_json(json):
    """The header fields and the stream of a value as JSON."""
    return _httpx.encode_request(json=json)
