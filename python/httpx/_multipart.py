"""httpx._multipart: forms with files."""

from _httpx import encode_multipart

from ._names import shows
from ._streams import AsyncByteStream, SyncByteStream

__getattr__, __dir__ = shows(
    __name__,
    _types="FileContent FileTypes RequestData RequestFiles",
    _utils="peek_filelike_length primitive_value_to_str to_bytes",
)


def get_multipart_boundary_from_content_type(content_type):
    """The boundary that a Content-Type names, or None; in bytes."""
    if not content_type or not content_type.startswith(b"multipart/form-data"):
        return None
    for parameter in content_type.split(b";")[1:]:
        name, _, value = parameter.strip().partition(b"=")
        if name.lower() == b"boundary":
            return value.strip(b'"')
    return None


class MultipartStream(SyncByteStream, AsyncByteStream):
    """MultipartStream(data, files, boundary=None): a form with files, as a stream."""

    def __init__(self, data, files, boundary=None):
        if boundary is None:
            from os import urandom

            boundary = urandom(16).hex().encode("ascii")
        self.boundary = boundary
        self.content_type = f"multipart/form-data; boundary={boundary.decode('ascii')}"
        self._headers, self._form = encode_multipart(data, files, self.content_type)

    def get_headers(self):
        """The header fields that go with it."""
        return {**self._headers, "Content-Type": self.content_type}

    def get_content_length(self):
        """How many bytes it has, or None when one of its files does not tell."""
        length = self._headers.get("Content-Length")
        return None if length is None else int(length)

    def iter_chunks(self):
        """Iterates over its bytes."""
        return iter(self._form)

    def __iter__(self):
        return iter(self._form)

    def __aiter__(self):
        return aiter(self._form)


class _Field:
    """One part of a form."""

    def _render(self):
        form = MultipartStream(*self._form(), boundary=b"-")
        part = b"".join(form).removeprefix(b"---\r\n").removesuffix(b"\r\n-----\r\n")
        head, end, data = part.partition(b"\r\n\r\n")
        return head + end, data

    def render_headers(self):
        """Its header fields, and the empty line after them."""
        return self._render()[0]

    def render(self):
        """Iterates over its header fields and its data."""
        yield from self._render()

    def get_length(self):
        """How many bytes it has, or None when its file does not tell."""
        length = MultipartStream(*self._form(), boundary=b"-").get_content_length()
        return None if length is None else length - len(b"---\r\n\r\n-----\r\n")


class DataField(_Field):
    """DataField(name, value): a field of a form."""

    def __init__(self, name, value):
        self.name = name
        self.value = value
        self._render()

    def _form(self):
        return {self.name: self.value}, {}

    def render_data(self):
        """Its value, in bytes."""
        return self._render()[1]


class FileField(_Field):
    """FileField(name, value): a file of a form."""

    CHUNK_SIZE = 65_536

    def __init__(self, name, value):
        self.name = name
        self._value = value
        self.file = value[1] if isinstance(value, tuple) else value

    def _form(self):
        return {}, [(self.name, self._value)]

    def render_data(self):
        """Iterates over its content."""
        yield self._render()[1]
