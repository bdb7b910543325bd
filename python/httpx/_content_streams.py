"""The streams of requests and responses whose bodies are not one piece of bytes.

Python classes, as packages derive from two of them at once.
"""

from inspect import isasyncgen, isgenerator

from _httpx import StreamClosed, StreamConsumed

from ._streams import AsyncByteStream, SyncByteStream


class IteratorByteStream(SyncByteStream):
    """The items of an iterable, or what a file reads, in parts of CHUNK_SIZE bytes."""

    CHUNK_SIZE = 65_536

    def __init__(self, stream):
        self._stream = stream
        self._is_stream_consumed = False
        self._is_generator = isgenerator(stream)

    def __iter__(self):
        if self._is_generator and self._is_stream_consumed:
            raise StreamConsumed()
        self._is_stream_consumed = True
        read = getattr(self._stream, "read", None)
        if read is None:
            yield from self._stream
        else:
            while chunk := read(self.CHUNK_SIZE):
                yield chunk


class AsyncIteratorByteStream(AsyncByteStream):
    """The same for an asynchronous iterable, or an object with `aread()`."""

    CHUNK_SIZE = 65_536

    def __init__(self, stream):
        self._stream = stream
        self._is_stream_consumed = False
        self._is_generator = isasyncgen(stream)

    async def __aiter__(self):
        if self._is_generator and self._is_stream_consumed:
            raise StreamConsumed()
        self._is_stream_consumed = True
        aread = getattr(self._stream, "aread", None)
        if aread is None:
            async for chunk in self._stream:
                yield chunk
        else:
            while chunk := await aread(self.CHUNK_SIZE):
                yield chunk


class UnattachedStream(AsyncByteStream, SyncByteStream):
    """The stream of a request or response that was pickled."""

    def __iter__(self):
        raise StreamClosed()

    async def __aiter__(self):
        raise StreamClosed()
        yield b""


class BodyStream(AsyncByteStream, SyncByteStream):
    """The body of a request that the engine produces: a multipart form, for one."""

    def __init__(self, body):
        self._body = body

    def __iter__(self):
        return self._body.iterate()

    def __aiter__(self):
        return self._body.aiterate()


class ResponseStream(SyncByteStream):
    """The content of a response as it comes from the connection."""

    def __init__(self, content):
        self._content = content

    def __iter__(self):
        return self._content.iterate()

    def close(self):
        self._content.close()


class AsyncResponseStream(AsyncByteStream):
    """The same for an AsyncClient."""

    def __init__(self, content):
        self._content = content

    def __aiter__(self):
        return self._content.aiterate()

    async def aclose(self):
        await self._content.aclose()


for _class in (
    IteratorByteStream,
    AsyncIteratorByteStream,
    UnattachedStream,
    BodyStream,
    ResponseStream,
    AsyncResponseStream,
):
    _class.__module__ = "httpx"
