"""Responses over a script's own streams: reading, iterating, closing, failing."""

import asyncio
import gzip
import unittest

import httpx


class Stream(httpx.SyncByteStream):
    def __init__(self, *parts):
        self.parts = parts
        self.closed = 0

    def __iter__(self):
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def close(self):
        self.closed += 1


class AsyncStream(httpx.AsyncByteStream):
    def __init__(self, *parts):
        self.parts = parts
        self.closed = 0

    async def __aiter__(self):
        for part in self.parts:
            await asyncio.sleep(0)
            if isinstance(part, Exception):
                raise part
            yield part

    async def aclose(self):
        await asyncio.sleep(0)
        self.closed += 1


def of(*parts, headers=None):
    stream = Stream(*parts)
    return httpx.Response(200, stream=stream, headers=headers), stream


async def collect(iterator):
    return [item async for item in iterator]


class Reading(unittest.TestCase):
    def test_it_is_read_once_and_closed(self):
        response, stream = of(b"a", b"bc")
        self.assertFalse(response.is_closed or response.is_stream_consumed)
        with self.assertRaises(httpx.ResponseNotRead):
            response.content
        self.assertEqual(response.read(), b"abc")
        self.assertEqual((response.content, response.num_bytes_downloaded), (b"abc", 3))
        self.assertTrue(response.is_closed and response.is_stream_consumed)
        self.assertEqual(stream.closed, 1)
        response.close()
        self.assertEqual(stream.closed, 1)

    def test_it_is_awaited(self):
        async def main():
            stream = AsyncStream(b"a", b"bc")
            response = httpx.Response(200, stream=stream)
            self.assertEqual(await response.aread(), b"abc")
            self.assertEqual((stream.closed, response.is_closed), (1, True))
            await response.aclose()
            self.assertEqual(stream.closed, 1)

        asyncio.run(main())

    def test_it_is_decoded(self):
        packed = gzip.compress(b"hello " * 1000)
        parts = [packed[i : i + 7] for i in range(0, len(packed), 7)]
        headers = {"Content-Encoding": "gzip"}
        self.assertEqual(of(*parts, headers=headers)[0].read(), b"hello " * 1000)
        response = of(*parts, headers=headers)[0]
        self.assertEqual(b"".join(response.iter_bytes()), b"hello " * 1000)
        self.assertEqual(response.num_bytes_downloaded, len(packed))
        response = of(*parts, headers=headers)[0]
        self.assertEqual(list(response.iter_raw()), parts)

    def test_malformed_content_is_an_error_with_its_request(self):
        request = httpx.Request("GET", "http://example.org")
        for read in [httpx.Response.read, lambda response: list(response.iter_bytes())]:
            response = of(b"no gzip", headers={"Content-Encoding": "gzip"})[0]
            response.request = request
            with self.assertRaises(httpx.DecodingError) as caught:
                read(response)
            self.assertIs(caught.exception.request, request)


class Iterating(unittest.TestCase):
    def test_parts_come_as_they_are_or_cut_to_a_size(self):
        parts = [b"Hello, ", b"", b"world!"]
        table = {None: [b"Hello, ", b"world!"], 5: [b"Hello", b", wor", b"ld!"], 99: [b"Hello, world!"]}
        for size, expected in table.items():
            with self.subTest(size):
                self.assertEqual(list(of(*parts)[0].iter_raw(size)), expected)
                self.assertEqual(list(of(*parts)[0].iter_bytes(chunk_size=size)), expected)

    def test_text_is_decoded_across_parts(self):
        parts = [b"h\xc3", b"\xa9h\xe2\x82", b"\xac"]
        table = {None: ["h", "éh", "€"], 2: ["hé", "h€"]}
        for size, expected in table.items():
            with self.subTest(size):
                self.assertEqual(list(of(*parts)[0].iter_text(size)), expected)

    def test_lines_lose_their_ends(self):
        response = of(b"a\r", b"\nb\n\nc\xe2\x80", b"\xa8d")[0]
        self.assertEqual(list(response.iter_lines()), ["a", "b", "", "c", "d"])

    def test_asynchronous_iteration(self):
        async def main():
            def response():
                return httpx.Response(200, stream=AsyncStream(b"a\nb", b"c\n"))

            self.assertEqual(await collect(response().aiter_raw()), [b"a\nb", b"c\n"])
            self.assertEqual(await collect(response().aiter_bytes(2)), [b"a\n", b"bc", b"\n"])
            self.assertEqual(await collect(response().aiter_text(4)), ["a\nbc", "\n"])
            self.assertEqual(await collect(response().aiter_lines()), ["a", "bc"])

        asyncio.run(main())

    def test_a_second_pass_is_refused_when_it_begins(self):
        response, _ = of(b"a")
        list(response.iter_raw())
        for method in ["iter_raw", "iter_bytes", "iter_text", "iter_lines"]:
            iterator = getattr(response, method)()
            with self.subTest(method), self.assertRaises(httpx.StreamConsumed):
                next(iterator)

    def test_leaving_early_leaves_the_response_open(self):
        response, stream = of(b"a", b"b")
        for part in response.iter_raw():
            break
        self.assertEqual((response.is_closed, response.is_stream_consumed), (False, True))
        self.assertEqual(stream.closed, 0)
        response.close()
        self.assertEqual((response.is_closed, stream.closed), (True, 1))
        with self.assertRaises(httpx.StreamConsumed):
            response.read()

    def test_a_closed_response_cannot_be_read(self):
        response, stream = of(b"a")
        response.close()
        self.assertEqual(stream.closed, 1)
        with self.assertRaises(httpx.StreamClosed):
            response.read()
        with self.assertRaises(httpx.StreamClosed):
            next(response.iter_bytes())

    def test_the_stream_can_be_replaced(self):
        response, old = of(b"a")
        response.stream = new = Stream(b"new")
        self.assertIs(response.stream, new)
        self.assertEqual(response.read(), b"new")
        self.assertEqual((old.closed, new.closed), (0, 1))


class WrongKind(unittest.TestCase):
    def test_blocking_calls_on_an_asynchronous_stream(self):
        response = httpx.Response(200, stream=AsyncStream(b"a"))
        text = "Attempted to call a sync iterator on an async stream."
        for call in [response.read, lambda: next(response.iter_raw())]:
            with self.assertRaises(RuntimeError) as caught:
                call()
            self.assertEqual(str(caught.exception), text)
        with self.assertRaises(RuntimeError) as caught:
            response.close()
        text = "Attempted to call an sync close on an async stream."
        self.assertEqual(str(caught.exception), text)
        self.assertFalse(response.is_stream_consumed)

    def test_awaited_calls_on_a_plain_stream(self):
        async def main():
            response, _ = of(b"a")
            text = "Attempted to call an async iterator on an sync stream."
            for call in [response.aread, lambda: collect(response.aiter_raw())]:
                with self.assertRaises(RuntimeError) as caught:
                    await call()
                self.assertEqual(str(caught.exception), text)
            with self.assertRaises(RuntimeError) as caught:
                await response.aclose()
            text = "Attempted to call an async close on an sync stream."
            self.assertEqual(str(caught.exception), text)
            self.assertEqual(response.read(), b"a")

        asyncio.run(main())


class Failing(unittest.TestCase):
    def test_the_very_exception_comes_out_and_the_response_is_still_to_be_closed(self):
        failure = KeyError("mine")
        for read in [httpx.Response.read, lambda it: list(it.iter_lines())]:
            response, stream = of(b"a", failure)
            with self.assertRaises(KeyError) as caught:
                read(response)
            self.assertIs(caught.exception, failure)
            self.assertEqual((response.is_closed, stream.closed), (False, 0))
            response.close()
            self.assertEqual((response.is_closed, stream.closed), (True, 1))

    def test_the_very_exception_comes_out_of_an_await(self):
        async def main():
            failure = KeyError("mine")
            stream = AsyncStream(b"a", failure)
            response = httpx.Response(200, stream=stream)
            with self.assertRaises(KeyError) as caught:
                await response.aread()
            self.assertIs(caught.exception, failure)
            await response.aclose()
            self.assertEqual(stream.closed, 1)

        asyncio.run(main())

    def test_a_request_error_learns_its_request(self):
        request = httpx.Request("GET", "http://example.org")
        response, _ = of(httpx.ReadError("cut"))
        response.request = request
        with self.assertRaises(httpx.ReadError) as caught:
            response.read()
        self.assertIs(caught.exception.request, request)


if __name__ == "__main__":
    unittest.main()
