"""`http2=True`: many requests over one connection, and what a response tells of it."""

import asyncio
import os
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import reset_stats, server, stats


class Http2(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        reset_stats("HTTP2")
        self.url = server("HTTP2")

    def test_it_is_off_by_default(self):
        with httpx.Client() as client:
            self.assertEqual(client.get(self.url).http_version, "HTTP/1.1")

    def test_it_is_spoken_where_the_server_does(self):
        with httpx.Client(http2=True) as client:
            self.assertEqual(client.get(self.url).http_version, "HTTP/2")
            self.assertEqual(client.get(server("HTTPS")).http_version, "HTTP/1.1")
            self.assertEqual(client.get(server("HTTP")).http_version, "HTTP/1.1")

    def test_without_http1_it_is_all_there_is(self):
        with httpx.Client(http1=False, http2=True) as client:
            self.assertEqual(client.get(self.url).http_version, "HTTP/2")

    def test_the_extensions_of_a_response(self):
        with httpx.Client(http2=True) as client:
            first, second = client.get(self.url), client.get(self.url)
        self.assertEqual(first.extensions["http_version"], b"HTTP/2")
        self.assertNotIn("reason_phrase", first.extensions)
        self.assertEqual(first.reason_phrase, "OK")
        self.assertEqual(first.extensions["stream_id"], 1)
        self.assertEqual(second.extensions["stream_id"], 3)

    def test_bodies_both_ways(self):
        body = os.urandom(1 << 20)
        with httpx.Client(http2=True) as client:
            answer = client.post(self.url + "/echo", content=iter([body[:5], body[5:]]))
            self.assertEqual(len(answer.json()["body_base64"]), (len(body) + 2) // 3 * 4)
            with client.stream("GET", self.url + "/bytes/1000000") as answer:
                self.assertEqual(sum(map(len, answer.iter_bytes())), 1_000_000)
        self.assertEqual(stats("HTTP2")["accepted"], 1)

    async def test_many_at_once_over_one_connection(self):
        async with httpx.AsyncClient(http2=True) as client:
            await client.get(self.url)
            answers = await asyncio.gather(*[client.get(self.url + "/delay/50") for _ in range(50)])
        self.assertEqual({answer.http_version for answer in answers}, {"HTTP/2"})
        self.assertEqual(stats("HTTP2")["accepted"], 1)
        self.assertEqual(stats("HTTP2")["requests"], 51)

    async def test_a_cancelled_request_leaves_the_connection(self):
        async with httpx.AsyncClient(http2=True) as client:
            await client.get(self.url)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(client.get(self.url + "/never"), 0.1)
            self.assertEqual((await client.get(self.url)).text, "Hello, world!")
        self.assertEqual(stats("HTTP2")["accepted"], 1)

    def test_threads_share_it(self):
        versions = []
        with httpx.Client(http2=True) as client:
            client.get(self.url)
            get = lambda: versions.append(client.get(self.url).http_version)
            threads = [threading.Thread(target=get) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(versions, ["HTTP/2"] * 8)
        self.assertEqual(stats("HTTP2")["accepted"], 1)


if __name__ == "__main__":
    unittest.main()
