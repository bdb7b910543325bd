"""Tauraro's own bounds: what a small response may decode to, and through how many codings."""

import gzip
import os
import resource
import sys
import unittest
import zlib

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import GOOD, RawServer, response

MIB = 1 << 20

#: More than is refused, and more than a machine for tests likes to hold.
DECODED = 2048 * MIB


def bomb():
    """About 2 MiB of gzip that decode to 2 GiB of zeros."""
    compress = zlib.compressobj(9, wbits=31)
    zeros = bytes(MIB)
    # A zlib stream of equal blocks, each flushed, repeats itself: one is enough to make them all.
    first = compress.compress(zeros) + compress.flush(zlib.Z_FULL_FLUSH)
    block = compress.compress(zeros) + compress.flush(zlib.Z_FULL_FLUSH)
    return first + block * (DECODED // MIB)


def peak_rss():
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Bombs(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        answer = response(bomb(), "200 OK", "Content-Encoding: gzip")
        cls.server = RawServer.answering(lambda head: answer if b"/bomb" in head else GOOD)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_it_is_refused_and_the_client_goes_on(self):
        before = peak_rss()
        with httpx.Client() as client:
            with self.assertRaises(httpx.DecodingError):
                client.get(self.server.url + "/bomb")
            self.assertEqual(client.get(self.server.url).text, "good")
        self.assertLess(peak_rss() - before, 1024 * MIB)

    async def test_the_same_for_an_async_client(self):
        async with httpx.AsyncClient() as client:
            with self.assertRaises(httpx.DecodingError):
                await client.get(self.server.url + "/bomb")
            self.assertEqual((await client.get(self.server.url)).text, "good")

    def test_in_pieces_it_can_be_read_in_little_memory(self):
        before = peak_rss()
        received = 0
        with httpx.stream("GET", self.server.url + "/bomb") as answer:
            for piece in answer.iter_bytes():
                received += len(piece)
                if received > 1024 * MIB:
                    break
        self.assertLess(peak_rss() - before, 128 * MIB)

    def test_more_than_five_codings_are_refused(self):
        data = b"text"
        for number in range(1, 7):
            data = gzip.compress(data)
            headers = {"Content-Encoding": ", ".join(["gzip"] * number)}
            with self.subTest(number):
                if number <= 5:
                    response = httpx.Response(200, headers=headers, content=data)
                    self.assertEqual(response.content, b"text")
                else:
                    with self.assertRaises(httpx.DecodingError):
                        httpx.Response(200, headers=headers, content=data)


if __name__ == "__main__":
    unittest.main()
