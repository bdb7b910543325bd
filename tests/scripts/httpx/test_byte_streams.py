"""ByteStream, and the base classes of streams."""

import asyncio
import unittest

import httpx


async def collect(stream):
    return [part async for part in stream]


class Streams(unittest.TestCase):
    def test_bytes_as_a_stream(self):
        stream = httpx.ByteStream(b"abc")
        self.assertEqual(list(stream), [b"abc"])
        self.assertEqual(asyncio.run(collect(stream)), [b"abc"])
        self.assertIsInstance(stream, httpx.SyncByteStream)
        self.assertIsInstance(stream, httpx.AsyncByteStream)
        self.assertIsNone(stream.close())
        self.assertIsNone(asyncio.run(stream.aclose()))

    def test_a_stream_of_a_script(self):
        class Numbers(httpx.SyncByteStream):
            def __iter__(self):
                yield b"1"
                yield b"2"

        class AsyncNumbers(httpx.AsyncByteStream):
            async def __aiter__(self):
                yield b"1"
                yield b"2"

        self.assertEqual(list(Numbers()), [b"1", b"2"])
        self.assertEqual(asyncio.run(collect(AsyncNumbers())), [b"1", b"2"])
        self.assertIsNone(Numbers().close())

    def test_the_base_classes_ask_for_an_implementation(self):
        with self.assertRaises(NotImplementedError):
            list(httpx.SyncByteStream())
        with self.assertRaises(NotImplementedError):
            asyncio.run(collect(httpx.AsyncByteStream()))

    def test_names(self):
        for name in ("SyncByteStream", "AsyncByteStream", "ByteStream"):
            self.assertEqual(getattr(httpx, name).__module__, "httpx")


if __name__ == "__main__":
    unittest.main()
