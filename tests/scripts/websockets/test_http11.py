"""Handshake messages as bytes, and the stream that they are read from."""

import dataclasses
import unittest

from websockets.datastructures import Headers
from websockets.exceptions import SecurityError, TooManyHeaders
from websockets.http11 import Request, Response
from websockets.streams import StreamReader


def read(generator, reader, *pieces):
    """Runs a generator over bytes that come in pieces, and then end."""
    for piece in (*pieces, None):
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value
        reader.feed_eof() if piece is None else reader.feed_data(piece)
    try:
        next(generator)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the generator waits for more than the end")


def request(*pieces):
    reader = StreamReader()
    return read(Request.parse(reader.read_line), reader, *pieces)


def response(*pieces, **options):
    reader = StreamReader()
    parser = Response.parse(reader.read_line, reader.read_exact, reader.read_to_eof, **options)
    return read(parser, reader, *pieces)


class Requests(unittest.TestCase):
    data = b"GET /chat?x=1 HTTP/1.1\r\nHost: localhost\r\nX:\t caf\xe9 \r\n\r\n"

    def test_whole(self):
        it = request(self.data)
        self.assertEqual((it.method, it.path, it.protocol), ("GET", "/chat?x=1", "HTTP/1.1"))
        self.assertEqual(list(it.headers.raw_items()), [("Host", "localhost"), ("X", "café")])

    def test_in_pieces(self):
        pieces = [self.data[at : at + 1] for at in range(len(self.data))]
        self.assertEqual(request(*pieces), request(self.data))

    def test_comes_back(self):
        it = Request("/", Headers({"Host": "localhost", "X": "café"}))
        self.assertEqual(request(it.serialize()), it)

    def test_what_is_none(self):
        for data, error, text in [
            (b"", EOFError, "reading HTTP request line"),
            (b"GET / HTTP/1.1\r\nA: b", EOFError, "reading HTTP headers"),
            (b"GET /\r\n", ValueError, "invalid HTTP request line: GET /"),
            (b"GET / HTTP/2\r\n", ValueError, "unsupported protocol; expected HTTP/1.1 or"),
            (b"GET / HTTP/1.1\r\nA\r\n", ValueError, "invalid HTTP header line: A"),
            (b"GET / HTTP/1.1\r\nA B: c\r\n", ValueError, "invalid HTTP header name: A B"),
            (b"GET / HTTP/1.1\r\nA: \x00\r\n", ValueError, "invalid HTTP header value"),
            (b"GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", ValueError, "unsupported request body"),
            (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", NotImplementedError, "transfer"),
            (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 129, TooManyHeaders, "no more than 128"),
            (b"GET /" + b"x" * 9000, SecurityError, "expected no more than 8192 bytes"),
        ]:
            with self.subTest(data[:40]), self.assertRaisesRegex(error, text):
                request(data)


class Responses(unittest.TestCase):
    def test_without_a_body(self):
        it = response(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        self.assertEqual((it.status_code, it.reason_phrase, it.body), (101, "Switching Protocols", b""))

    def test_bodies(self):
        for head, body in [
            (b"Content-Length: 5\r\n", b"hello"),
            (b"", b"hello"),
            (b"Transfer-Encoding: chunked\r\n", b"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n"),
        ]:
            with self.subTest(head):
                it = response(b"HTTP/1.1 404 \r\n" + head + b"\r\n" + body)
                self.assertEqual(it.body, b"hello")

    def test_comes_back(self):
        it = Response(200, "OK", Headers({"Content-Length": "2"}), b"hi")
        self.assertEqual(response(it.serialize()), it)

    def test_a_proxy_s_has_no_body(self):
        it = response(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", proxy=True)
        self.assertEqual((it.status_code, it.body), (200, b""))

    def test_what_is_none(self):
        for data, error, text in [
            (b"HTTP/1.1 200\r\n", ValueError, "invalid HTTP status line"),
            (b"HTTP/1.0 200 OK\r\n", ValueError, "unsupported protocol; expected HTTP/1.1"),
            (b"HTTP/1.1 ok OK\r\n", ValueError, "expected integer; got ok"),
            (b"HTTP/1.1 600 OK\r\n", ValueError, "expected 100–599; got 600"),
            (b"HTTP/1.1 200 \x01\r\n", ValueError, "invalid HTTP reason phrase"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", SecurityError, "invalid content length"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", NotImplementedError, "gzip"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", SecurityError, "chunk size"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", ValueError, "CRLF"),
            (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(2**20 + 1), SecurityError, "no more than"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", EOFError, "expected 5 bytes"),
        ]:
            with self.subTest(data[:60]), self.assertRaisesRegex(error, text):
                response(data)


class Records(unittest.TestCase):
    def test_pass_for_dataclasses(self):
        it = Request("/", Headers())
        self.assertTrue(dataclasses.is_dataclass(it))
        self.assertEqual(dataclasses.replace(it, path="/x").path, "/x")
        names = [field.name for field in dataclasses.fields(Response)]
        self.assertEqual(names[:4], ["status_code", "reason_phrase", "headers", "body"])
        self.assertEqual(dataclasses.asdict(it)["method"], "GET")

    def test_the_exception_of_a_message_warns(self):
        with self.assertWarnsRegex(DeprecationWarning, "use ServerProtocol.handshake_exc"):
            self.assertIsNone(Request("/", Headers()).exception)


class Reader(unittest.TestCase):
    def setUp(self):
        self.reader = StreamReader()

    def test_lines_bytes_and_the_rest(self):
        self.reader.feed_data(b"one\ntwothree")
        self.reader.feed_eof()
        self.assertEqual(read(self.reader.read_line(4), self.reader), b"one\n")
        self.assertEqual(read(self.reader.read_exact(3), self.reader), b"two")
        self.assertFalse(read(self.reader.at_eof(), self.reader))
        self.assertEqual(read(self.reader.read_to_eof(5), self.reader), b"three")
        self.assertTrue(read(self.reader.at_eof(), self.reader))

    def test_limits(self):
        self.reader.feed_data(b"four\n")
        for method in (self.reader.read_line, self.reader.read_to_eof):
            with self.assertRaisesRegex(RuntimeError, "read 5 bytes, expected no more than 4"):
                next(method(4))
            with self.assertRaises(SecurityError):
                next(method(4, SecurityError))

    def test_the_end_comes_too_soon(self):
        self.reader.feed_data(b"ab")
        self.reader.feed_eof()
        with self.assertRaisesRegex(EOFError, "stream ends after 2 bytes, before end of line"):
            next(self.reader.read_line(9))
        with self.assertRaisesRegex(EOFError, "stream ends after 2 bytes, expected 3 bytes"):
            next(self.reader.read_exact(3))

    def test_nothing_comes_after_the_end(self):
        self.reader.feed_data(b"ab")
        self.reader.discard()
        self.reader.feed_eof()
        self.assertTrue(read(self.reader.at_eof(), self.reader))
        for feed in (lambda: self.reader.feed_data(b""), self.reader.feed_eof):
            with self.assertRaises(EOFError):
                feed()


if __name__ == "__main__":
    unittest.main()
