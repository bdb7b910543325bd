"""The base classes of what a body is read from, and the stream of one piece of bytes."""


class SyncByteStream:
    """A stream of bytes: iterate over it, then close it. A base class."""

    def __iter__(self):
        raise NotImplementedError("The '__iter__' method must be implemented.")
        yield b""

    def close(self):
        """Releases what the stream holds, once the exchange is over."""


class AsyncByteStream:
    """A stream of bytes: iterate over it with `async for`, then close it. A base class."""

    async def __aiter__(self):
        raise NotImplementedError("The '__aiter__' method must be implemented.")
        yield b""

    async def aclose(self):
        """Releases what the stream holds, once the exchange is over."""


class ByteStream(AsyncByteStream, SyncByteStream):
    """ByteStream(stream): bytes as a stream of one piece, sync and async."""

    def __init__(self, stream):
        self._stream = stream

    def __iter__(self):
        yield self._stream

    async def __aiter__(self):
        yield self._stream


for _class in (SyncByteStream, AsyncByteStream, ByteStream):
    _class.__module__ = "httpx"
