"""`HttpResponseParser`."""

import unittest

import httptools


class Recorder:
    def __init__(self):
        self.events = []

    def on_message_begin(self):
        self.events.append("begin")

    def on_status(self, status):
        self.events.append(status)

    def on_header(self, name, value):
        self.events.append((name, value))

    def on_headers_complete(self):
        self.events.append("headers complete")

    def on_body(self, body):
        self.events.append(body)

    def on_message_complete(self):
        self.events.append("complete")


def parse(*pieces):
    protocol = Recorder()
    parser = httptools.HttpResponseParser(protocol)
    for piece in pieces:
        parser.feed_data(piece)
    return parser, protocol.events


class Events(unittest.TestCase):
    def test_a_response(self):
        parser, events = parse(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        expected = ["begin", b"Not Found", (b"Content-Length", b"2"), "headers complete", b"no"]
        self.assertEqual(events, [*expected, "complete"])
        self.assertEqual((parser.get_status_code(), parser.get_http_version()), (404, "1.1"))

    def test_several_responses(self):
        parser, events = parse(
            b"HTTP/1.1 100 Continue\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            b"HTTP/1.1 204 No Content\r\n\r\n"
        )
        self.assertEqual(events.count("complete"), 3)
        self.assertEqual(parser.get_status_code(), 204)

    def test_a_body_to_the_end_of_the_connection(self):
        parser, events = parse(b"HTTP/1.1 200 OK\r\n\r\none", b"two", b"HTTP/1.1 500 X\r\n\r\n")
        self.assertEqual(events[-3:], [b"one", b"two", b"HTTP/1.1 500 X\r\n\r\n"])
        self.assertNotIn("complete", events)
        self.assertIs(parser.should_keep_alive(), False)

    def test_without_a_body_whatever_the_fields_say(self):
        for status in (204, 304):
            head = b"HTTP/1.1 %d X\r\nContent-Length: 5\r\n\r\n" % status
            _, events = parse(head + b"HTTP/1.1 200 OK\r\n")
            self.assertEqual(events.count("complete"), 1)
            self.assertEqual(events.count("begin"), 2)

    def test_an_empty_reason(self):
        _, events = parse(b"HTTP/1.1 200 \r\n\r\n")
        self.assertEqual(events, ["begin", b"", "headers complete"])
        _, events = parse(b"HTTP/1.1 200\r\n\r\n")
        self.assertEqual(events, ["begin", "headers complete"])

    def test_switching_protocols(self):
        data = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
        )
        with self.assertRaises(httptools.HttpParserUpgrade) as caught:
            parse(data + b"frame")
        self.assertEqual(caught.exception.args, (len(data),))

    def test_chunks(self):
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        _, events = parse(head + b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n")
        self.assertEqual(events[-3:], [b"a", b"b", "complete"])


class Errors(unittest.TestCase):
    def test_a_bad_status(self):
        for line in (b"HTTP/1.1 1299 X\r\n", b"HTTP/1.1 2x0 X\r\n", b"HTTP/1.1 20\r\n"):
            with self.subTest(line), self.assertRaises(httptools.HttpParserInvalidStatusError):
                parse(line)

    def test_no_response(self):
        for line in (b"12345", b"GET / HTTP/1.1\r\n"):
            with self.assertRaisesRegex(httptools.HttpParserError, "Expected HTTP/"):
                parse(line)


if __name__ == "__main__":
    unittest.main()
