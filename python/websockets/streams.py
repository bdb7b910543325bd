"""A byte stream that generators read from: they yield when they need more."""


class StreamReader:
    """Bytes that arrive by feed_data() and are read by one generator at a time.

    A generator is run until it yields, which means that it needs more bytes or the end of the
    stream; it returns what was read.
    """

    def __init__(self):
        self.buffer = bytearray()
        self.eof = False

    def _take(self, count):
        taken = self.buffer[:count]
        del self.buffer[:count]
        return taken

    @staticmethod
    def _limit(count, limit, exception):
        if count > limit:
            raise exception(f"read {count} bytes, expected no more than {limit} bytes")

    def read_line(self, m, too_long_exc_type=RuntimeError):
        """Reads a line with its LF, of at most m bytes; raises EOFError or too_long_exc_type."""
        searched = 0
        while (end := self.buffer.find(b"\n", searched)) < 0:
            searched = len(self.buffer)
            self._limit(searched, m, too_long_exc_type)
            if self.eof:
                raise EOFError(f"stream ends after {searched} bytes, before end of line")
            yield
        self._limit(end + 1, m, too_long_exc_type)
        return self._take(end + 1)

    def read_exact(self, n):
        """Reads n bytes; raises EOFError."""
        assert n >= 0
        while len(self.buffer) < n:
            if self.eof:
                size = len(self.buffer)
                raise EOFError(f"stream ends after {size} bytes, expected {n} bytes")
            yield
        return self._take(n)

    def read_to_eof(self, m, too_long_exc_type=RuntimeError):
        """Reads the rest, of at most m bytes; raises too_long_exc_type."""
        while not self.eof:
            self._limit(len(self.buffer), m, too_long_exc_type)
            yield
        return self._take(len(self.buffer))

    def at_eof(self):
        """Waits for a byte or the end, and tells whether it was the end."""
        while not self.buffer and not self.eof:
            yield
        return not self.buffer

    def feed_data(self, data):
        """Adds bytes; raises EOFError after feed_eof()."""
        if self.eof:
            raise EOFError("stream ended")
        self.buffer += data

    def feed_eof(self):
        """Ends the stream; raises EOFError when it has ended."""
        if self.eof:
            raise EOFError("stream ended")
        self.eof = True

    def discard(self):
        """Drops the bytes that were not read."""
        self.buffer.clear()
