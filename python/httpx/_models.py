"""httpx._models: requests and responses."""

from ._names import shows

__all__ = ["Cookies", "Headers", "Request", "Response"]

__getattr__, __dir__ = shows(
    __name__,
    "Cookies",
    "Headers",
    "Request",
    "Response",
    "URL",
    "AsyncByteStream",
    "SyncByteStream",
    "ByteStream",
    "codes",
    "CookieConflict",
    "HTTPStatusError",
    "RequestNotRead",
    "ResponseNotRead",
    "StreamClosed",
    "StreamConsumed",
    _content="UnattachedStream encode_request encode_response",
    _decoders="ByteChunker ContentDecoder IdentityDecoder LineDecoder MultiDecoder "
    "SUPPORTED_DECODERS TextChunker TextDecoder",
    _exceptions="request_context",
    _multipart="get_multipart_boundary_from_content_type",
    _types="CookieTypes HeaderTypes QueryParamTypes RequestContent RequestData RequestExtensions "
    "RequestFiles ResponseContent ResponseExtensions",
    _utils="to_bytes_or_str to_str",
)
