"""Streaming: `stream`, `Client.stream`, `AsyncClient.stream`."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server, stats, reset_stats, wait_until, async_wait_until

CHUNKS = b"".join(bytes([letter]) * 10_000 for letter in b"abcdefghij")


class Stream(unittest.TestCase):
    def setUp(self):
        reset_stats("HTTP")
        self.url = server("HTTP")

    def test_the_bytes_come_in_pieces(self):
        with httpx.Client() as client:
            with client.stream("GET", self.url + "/stream/10/10000") as response:
                self.assertEqual(response.status_code, 200)
                pieces = list(response.iter_bytes())
        self.assertEqual(b"".join(pieces), CHUNKS)
        self.assertGreater(len(pieces), 1)

    def test_the_function_streams_too(self):
        with httpx.stream("GET", self.url + "/stream/10/10000") as response:
            self.assertEqual(b"".join(response.iter_bytes()), CHUNKS)

    def test_a_chunk_size_is_kept(self):
        with httpx.stream("GET", self.url + "/stream/10/10000") as response:
            sizes = [len(piece) for piece in response.iter_bytes(chunk_size=30_000)]
        self.assertEqual(sizes, [30_000, 30_000, 30_000, 10_000])

    def test_the_head_is_there_before_the_body(self):
        # The body never comes to its end.
        with httpx.stream("GET", self.url + "/slow-body") as response:
            self.assertEqual(response.headers["content-length"], "1000")
            self.assertEqual(next(response.iter_bytes()), b"start")

    def test_the_body_must_be_read_first(self):
        with httpx.stream("GET", self.url + "/stream/2/10") as response:
            with self.assertRaises(httpx.ResponseNotRead):
                response.content
            self.assertEqual(response.read(), b"a" * 10 + b"b" * 10)
            self.assertEqual(response.text, "a" * 10 + "b" * 10)

    def test_the_body_comes_once(self):
        with httpx.stream("GET", self.url + "/stream/2/10") as response:
            list(response.iter_bytes())
            with self.assertRaises(httpx.StreamConsumed):
                list(response.iter_bytes())

    def test_a_body_read_to_its_end_leaves_the_connection_usable(self):
        with httpx.Client() as client:
            for _ in range(3):
                with client.stream("GET", self.url + "/stream/10/10000") as response:
                    self.assertEqual(b"".join(response.iter_bytes()), CHUNKS)
        self.assertEqual(stats("HTTP")["accepted"], 1)

    def test_leaving_early_closes_the_connection(self):
        with httpx.Client() as client:
            with client.stream("GET", self.url + "/slow-body"):
                pass
            wait_until(lambda: stats("HTTP")["open_sockets"] == 0)
            self.assertEqual(stats("HTTP")["closed_early"], 1)
            self.assertEqual(client.get(self.url).status_code, 200)

    def test_a_body_that_stalls_raises_read_timeout(self):
        with httpx.stream("GET", self.url + "/slow-body", timeout=1) as response:
            with self.assertRaises(httpx.ReadTimeout):
                list(response.iter_bytes())


class AsyncStream(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        reset_stats("HTTP")
        self.url = server("HTTP")

    async def test_the_bytes_come_in_pieces(self):
        async with httpx.AsyncClient() as client:
            async with client.stream("GET", self.url + "/stream/10/10000") as response:
                pieces = [piece async for piece in response.aiter_bytes()]
        self.assertEqual(b"".join(pieces), CHUNKS)
        self.assertGreater(len(pieces), 1)

    async def test_aread_reads_the_rest(self):
        async with httpx.AsyncClient() as client:
            async with client.stream("GET", self.url + "/stream/10/10000") as response:
                with self.assertRaises(httpx.ResponseNotRead):
                    response.content
                self.assertEqual(await response.aread(), CHUNKS)
                self.assertEqual(response.content, CHUNKS)

    async def test_leaving_early_closes_the_connection(self):
        async with httpx.AsyncClient() as client:
            async with client.stream("GET", self.url + "/slow-body") as response:
                async for piece in response.aiter_bytes():
                    self.assertEqual(piece, b"start")
                    break
            await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 0)
            self.assertEqual((await client.get(self.url)).status_code, 200)

    async def test_two_streams_side_by_side(self):
        async with httpx.AsyncClient() as client:
            one = client.stream("GET", self.url + "/stream/10/10000")
            two = client.stream("GET", self.url + "/stream/10/10000")
            async with one as first, two as second:
                self.assertEqual(await second.aread(), CHUNKS)
                self.assertEqual(await first.aread(), CHUNKS)


class Leaving(unittest.TestCase):
    def test_what_was_streamed_in_part_cannot_be_read_afterwards(self):
        with httpx.stream("GET", server("HTTP") + "/stream/10/10000") as response:
            next(response.iter_bytes())
        self.assertTrue(response.is_stream_consumed)
        with self.assertRaises(httpx.StreamConsumed):
            response.read()

if __name__ == "__main__":
    unittest.main()
