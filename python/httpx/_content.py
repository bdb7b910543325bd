"""httpx._content: bodies."""

from ._content_streams import AsyncIteratorByteStream, IteratorByteStream, UnattachedStream
from ._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "ByteStream",
    "encode_content",
    "encode_html",
    "encode_json",
    "encode_multipart_data",
    "encode_request",
    "encode_response",
    "encode_text",
    "encode_urlencoded_data",
    "AsyncByteStream",
    "SyncByteStream",
)
