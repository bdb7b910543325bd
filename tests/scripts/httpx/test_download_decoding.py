"""Compressed responses, whole and in pieces."""

import gzip
import os
import sys
import unittest
import zlib

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response

TEXT = b"".join(b"line %d\n" % number for number in range(5_000))


def raw_deflate(data):
    compress = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compress.compress(data) + compress.flush()


#: What each coding makes of TEXT.
ENCODED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "identity": TEXT,
    "gzip, deflate": zlib.compress(gzip.compress(TEXT)),
    "deflate, identity, gzip": gzip.compress(zlib.compress(TEXT)),
    "GZip": gzip.compress(TEXT),
}


def bodies(head):
    """A server: the path is the coding."""
    path = head.split(b" ")[1].decode().strip("/")
    if path == "broken":
        return response(b"this is no gzip", "200 OK", "Content-Encoding: gzip")
    if path == "unknown":
        return response(b"as it is", "200 OK", "Content-Encoding: x-own")
    coding = path.replace("_", ", ")
    return response(ENCODED.get(coding, b""), "200 OK", f"Content-Encoding: {coding}")


class Decoding(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RawServer.answering(bodies)
        cls.client = httpx.Client()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.close()

    def url(self, coding):
        return f"{self.server.url}/{coding.replace(', ', '_')}"

    def test_every_coding_and_chains_of_them(self):
        for coding in ENCODED:
            with self.subTest(coding):
                answer = self.client.get(self.url(coding))
                self.assertEqual(answer.content, TEXT)
                self.assertEqual(answer.headers["content-encoding"], coding)

    def test_deflate_without_its_header(self):
        headers = {"Content-Encoding": "deflate"}
        answer = httpx.Response(200, headers=headers, content=raw_deflate(TEXT))
        self.assertEqual(answer.content, TEXT)

    def test_an_unknown_coding_is_left_alone(self):
        self.assertEqual(self.client.get(self.url("unknown")).content, b"as it is")

    def test_an_empty_body(self):
        for coding in ("gzip", "deflate", "br", "zstd"):
            headers = {"Content-Encoding": coding}
            self.assertEqual(httpx.Response(200, headers=headers, content=b"").content, b"")

    def test_what_is_not_in_the_coding_raises_decoding_error(self):
        with self.assertRaises(httpx.DecodingError) as caught:
            self.client.get(self.url("broken"))
        self.assertEqual(caught.exception.request.url.path, "/broken")
        self.assertEqual(self.client.get(self.url("gzip")).content, TEXT)

    def test_in_pieces(self):
        with self.client.stream("GET", self.url("gzip")) as answer:
            pieces = list(answer.iter_bytes(chunk_size=1_000))
        self.assertEqual(b"".join(pieces), TEXT)
        self.assertEqual({len(piece) for piece in pieces[:-1]}, {1_000})

    def test_text_and_lines(self):
        with self.client.stream("GET", self.url("gzip")) as answer:
            self.assertEqual("".join(answer.iter_text()).encode(), TEXT)
        with self.client.stream("GET", self.url("deflate")) as answer:
            self.assertEqual(list(answer.iter_lines()), TEXT.decode().splitlines())

    def test_raw_is_what_came(self):
        with self.client.stream("GET", self.url("gzip")) as answer:
            self.assertEqual(b"".join(answer.iter_raw()), ENCODED["gzip"])

    def test_num_bytes_downloaded_counts_what_came(self):
        with self.client.stream("GET", self.url("gzip")) as answer:
            self.assertEqual(answer.num_bytes_downloaded, 0)
            answer.read()
            self.assertEqual(answer.num_bytes_downloaded, len(ENCODED["gzip"]))

    async def test_the_asynchronous_forms(self):
        async with httpx.AsyncClient() as client:
            async with client.stream("GET", self.url("gzip")) as answer:
                self.assertEqual(b"".join([it async for it in answer.aiter_raw()]), ENCODED["gzip"])
                self.assertEqual(answer.num_bytes_downloaded, len(ENCODED["gzip"]))
            async with client.stream("GET", self.url("gzip")) as answer:
                self.assertEqual(b"".join([it async for it in answer.aiter_bytes(999)]), TEXT)
            async with client.stream("GET", self.url("gzip")) as answer:
                self.assertEqual("".join([it async for it in answer.aiter_text()]).encode(), TEXT)
            async with client.stream("GET", self.url("gzip")) as answer:
                lines = [line async for line in answer.aiter_lines()]
                self.assertEqual(lines, TEXT.decode().splitlines())


if __name__ == "__main__":
    unittest.main()
