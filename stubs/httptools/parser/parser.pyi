from .protocol import HTTPProtocol
from .url_parser import ReadableBuffer

__all__ = ("HttpRequestParser", "HttpResponseParser")

class HttpParser:
    # A protocol need not have all of the methods.
    def __init__(self, protocol: HTTPProtocol | object) -> None: ...
    def feed_data(self, data: ReadableBuffer) -> None: ...
    def get_http_version(self) -> str: ...
    def should_keep_alive(self) -> bool: ...
    def should_upgrade(self) -> bool: ...
    def set_dangerous_leniencies(
        self,
        lenient_headers: bool | None = None,
        lenient_chunked_length: bool | None = None,
        lenient_keep_alive: bool | None = None,
        lenient_transfer_encoding: bool | None = None,
        lenient_version: bool | None = None,
        lenient_data_after_close: bool | None = None,
        lenient_optional_lf_after_cr: bool | None = None,
        lenient_optional_cr_before_lf: bool | None = None,
        lenient_optional_crlf_after_chunk: bool | None = None,
        lenient_spaces_after_chunk_size: bool | None = None,
    ) -> None: ...

class HttpRequestParser(HttpParser):
    def get_method(self) -> bytes: ...

class HttpResponseParser(HttpParser):
    def get_status_code(self) -> int: ...
