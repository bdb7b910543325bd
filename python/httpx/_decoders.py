"""httpx._decoders: content codings, text and lines, piece by piece.

Responses are decoded by the engine. These classes are for what a package decodes itself; a class
that is added to SUPPORTED_DECODERS is not asked for by responses.
"""

from _httpx import Decoder, DecodingError

_LINE_ENDS = tuple("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


class ContentDecoder:
    """Undoes a content coding. A base class."""

    def decode(self, data):
        """Takes more data in, and returns what can be told of it."""
        raise NotImplementedError()

    def flush(self):
        """Returns what is left at the end."""
        raise NotImplementedError()


class IdentityDecoder(ContentDecoder):
    """Leaves data as they are."""

    def decode(self, data):
        return data

    def flush(self):
        return b""


class _CodingDecoder(ContentDecoder):
    def __init__(self):
        self._decoder = Decoder(self._coding)

    def decode(self, data):
        return self._decoder.decode(data)

    def flush(self):
        return self._decoder.flush()


class DeflateDecoder(_CodingDecoder):
    """Undoes `deflate`, with zlib's header or without."""

    _coding = "deflate"


class GZipDecoder(_CodingDecoder):
    """Undoes `gzip`."""

    _coding = "gzip"


class BrotliDecoder(_CodingDecoder):
    """Undoes `br`."""

    _coding = "br"


class ZStandardDecoder(_CodingDecoder):
    """Undoes `zstd`."""

    _coding = "zstd"


class MultiDecoder(ContentDecoder):
    """MultiDecoder(children): undoes several codings, given in the order they were applied."""

    def __init__(self, children):
        self.children = list(children)[::-1]

    def decode(self, data):
        for child in self.children:
            data = child.decode(data)
        return data

    def flush(self):
        data = b""
        for child in self.children:
            data = child.decode(data) + child.flush()
        return data


class _Chunker:
    def __init__(self, chunk_size=None):
        self._chunk_size = chunk_size
        self._rest = self._empty

    def decode(self, content):
        """Takes more content in, and returns the chunks that are complete."""
        if self._chunk_size is None:
            return [content] if content else []
        content = self._rest + content
        size = self._chunk_size
        end = len(content) - len(content) % size
        self._rest = content[end:]
        return [content[start : start + size] for start in range(0, end, size)]

    def flush(self):
        """Returns the last chunk, which may be shorter."""
        rest, self._rest = self._rest, self._empty
        return [rest] if rest else []


class ByteChunker(_Chunker):
    """ByteChunker(chunk_size=None): makes chunks of one size of bytes."""

    _empty = b""


class TextChunker(_Chunker):
    """TextChunker(chunk_size=None): makes chunks of one length of text."""

    _empty = ""


class TextDecoder:
    """TextDecoder(encoding="utf-8"): makes text of bytes; what is malformed becomes U+FFFD."""

    def __init__(self, encoding="utf-8"):
        from codecs import getincrementaldecoder

        self.decoder = getincrementaldecoder(encoding)(errors="replace")

    def decode(self, data):
        """Takes more bytes in, and returns their text."""
        return self.decoder.decode(data)

    def flush(self):
        """Returns the text that is left at the end."""
        return self.decoder.decode(b"", True)


class LineDecoder:
    """Makes lines of text, as `str.splitlines` would of the whole."""

    def __init__(self):
        # The pieces of a line that has not ended.
        self.buffer = []
        # A carriage return may be half of a line end.
        self.trailing_cr = False

    def decode(self, text):
        """Takes more text in, and returns the lines that are complete."""
        if self.trailing_cr:
            text = "\r" + text
        self.trailing_cr = text.endswith("\r")
        if self.trailing_cr:
            text = text[:-1]
        if not text:
            return []
        lines = text.splitlines()
        self.buffer.append(lines[0])
        if len(lines) > 1 or text.endswith(_LINE_ENDS):
            lines[0] = "".join(self.buffer)
            self.buffer = [] if text.endswith(_LINE_ENDS) else [lines.pop()]
            return lines
        return []

    def flush(self):
        """Returns the last line, which may have no end."""
        if not self.buffer and not self.trailing_cr:
            return []
        line = "".join(self.buffer)
        self.buffer = []
        self.trailing_cr = False
        return [line]


SUPPORTED_DECODERS = {
    "identity": IdentityDecoder,
    "gzip": GZipDecoder,
    "deflate": DeflateDecoder,
    "br": BrotliDecoder,
    "zstd": ZStandardDecoder,
}
