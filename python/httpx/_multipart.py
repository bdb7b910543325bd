"""httpx._multipart: forms with files."""

from ._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "DataField",
    "FileField",
    "MultipartStream",
    "get_multipart_boundary_from_content_type",
)
