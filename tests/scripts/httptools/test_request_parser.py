"""`HttpRequestParser`."""

import array
import unittest

import httptools

REQUEST = (
    b"POST /path?query HTTP/1.1\r\nHost: example.com\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello"
)
CHUNKED = (
    b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'3;name="value"\r\nabc\r\n2\r\nde\r\n0\r\nDigest: x\r\n\r\n'
)
UPGRADE = b"GET /chat HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwhat follows"
PIECES = ("url", "status", "body")


class Recorder:
    """Has every callback; joins pieces of the same thing."""

    def __init__(self):
        self.events = []

    def record(self, name, *values):
        if name in PIECES and self.events and self.events[-1][0] == name:
            values = (self.events.pop()[1] + values[0],)
        self.events.append((name, *values))

    def on_message_begin(self):
        self.record("message_begin")

    def on_url(self, url):
        self.record("url", url)

    def on_status(self, status):
        self.record("status", status)

    def on_header(self, name, value):
        self.record("header", name, value)

    def on_headers_complete(self):
        self.record("headers_complete")

    def on_body(self, body):
        self.record("body", body)

    def on_chunk_header(self):
        self.record("chunk_header")

    def on_chunk_complete(self):
        self.record("chunk_complete")

    def on_message_complete(self):
        self.record("message_complete")


def events(*pieces):
    protocol = Recorder()
    parser = httptools.HttpRequestParser(protocol)
    for piece in pieces:
        parser.feed_data(piece)
    return protocol.events


class Events(unittest.TestCase):
    def test_a_request_with_a_body(self):
        self.assertEqual(
            events(REQUEST),
            [
                ("message_begin",),
                ("url", b"/path?query"),
                ("header", b"Host", b"example.com"),
                ("header", b"X-Empty", b""),
                ("header", b"Content-Length", b"5"),
                ("headers_complete",),
                ("body", b"hello"),
                ("message_complete",),
            ],
        )

    def test_chunks_and_trailers(self):
        self.assertEqual(
            events(CHUNKED)[3:],
            [
                ("headers_complete",),
                ("chunk_header",),
                ("body", b"abc"),
                ("chunk_complete",),
                ("chunk_header",),
                ("body", b"de"),
                ("chunk_complete",),
                ("chunk_header",),
                ("header", b"Digest", b"x"),
                ("chunk_complete",),
                ("message_complete",),
            ],
        )

    def test_pipelined_requests(self):
        both = events(REQUEST + CHUNKED)
        self.assertEqual(both, events(REQUEST) + events(CHUNKED))

    def test_byte_by_byte_is_the_same(self):
        for data in (REQUEST, CHUNKED, REQUEST + CHUNKED):
            pieces = [data[at : at + 1] for at in range(len(data))]
            self.assertEqual(events(*pieces), events(data))

    def test_a_cut_anywhere_is_the_same(self):
        for data in (REQUEST, CHUNKED):
            for at in range(len(data)):
                self.assertEqual(events(data[:at], data[at:]), events(data), at)

    def test_the_url_and_the_body_come_in_pieces(self):
        class Protocol:
            urls = []
            bodies = []

            def on_url(self, url):
                self.urls.append(url)

            def on_body(self, body):
                self.bodies.append(body)

        parser = httptools.HttpRequestParser(Protocol())
        for piece in (b"POST /lo", b"ng HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe", b"llo"):
            parser.feed_data(piece)
        self.assertEqual(Protocol.urls, [b"/lo", b"ng"])
        self.assertEqual(Protocol.bodies, [b"he", b"llo"])

    def test_a_header_is_told_of_when_the_next_line_begins(self):
        protocol = Recorder()
        parser = httptools.HttpRequestParser(protocol)
        parser.feed_data(b"GET / HTTP/1.1\r\nHost: example.com\r\n")
        self.assertEqual(protocol.events[-1], ("url", b"/"))
        parser.feed_data(b"A")
        self.assertEqual(protocol.events[-1], ("header", b"Host", b"example.com"))


class Arguments(unittest.TestCase):
    def test_anything_bytes_like_is_fed(self):
        for data in (
            bytearray(REQUEST),
            memoryview(REQUEST),
            memoryview(b"--" + REQUEST)[2:],
            array.array("B", REQUEST),
        ):
            self.assertEqual(events(data), events(REQUEST))

    def test_what_is_not_bytes_like_is_a_type_error(self):
        parser = httptools.HttpRequestParser(None)
        for data in ("GET / HTTP/1.1", None, 1):
            with self.assertRaisesRegex(TypeError, "a bytes-like object is required"):
                parser.feed_data(data)

    def test_arguments_may_be_named(self):
        httptools.HttpRequestParser(protocol=None).feed_data(data=REQUEST)
        self.assertEqual(httptools.parse_url(url=b"/a").path, b"/a")

    def test_nothing_is_no_event(self):
        self.assertEqual(events(b""), [])

    def test_what_callbacks_get_is_bytes(self):
        for event in events(bytearray(REQUEST)):
            for value in event[1:]:
                self.assertIs(type(value), bytes)

    def test_a_protocol_may_have_any_of_the_callbacks(self):
        httptools.HttpRequestParser(None).feed_data(REQUEST + CHUNKED)
        httptools.HttpRequestParser(object()).feed_data(REQUEST)

        class Protocol:
            on_header = None
            on_body = None
            done = 0

            def on_message_complete(self):
                self.done += 1

        protocol = Protocol()
        httptools.HttpRequestParser(protocol).feed_data(REQUEST)
        self.assertEqual(protocol.done, 1)

    def test_callbacks_are_bound_when_the_parser_is_made(self):
        protocol = Recorder()
        parser = httptools.HttpRequestParser(protocol)
        protocol.on_url = protocol.on_header = None
        parser.feed_data(REQUEST)
        self.assertEqual(len(protocol.events), 8)

    def test_callbacks_may_take_other_arguments(self):
        got = []

        class Protocol:
            def on_header(self, *pair):
                got.append(pair)

            def on_url(self, url, more=1):
                got.append((url, more))

            @staticmethod
            def on_body(body):
                got.append(body)

            on_message_begin = staticmethod(lambda: got.append("begin"))

        httptools.HttpRequestParser(Protocol()).feed_data(REQUEST)
        self.assertEqual(got[0], "begin")
        self.assertEqual(got[1], (b"/path?query", 1))
        self.assertEqual(got[2], (b"Host", b"example.com"))
        self.assertEqual(got[-1], b"hello")


class Facts(unittest.TestCase):
    def test_in_the_course_of_a_request(self):
        known = []

        class Protocol:
            def on_headers_complete(self):
                known.append(parser.get_method())
                known.append(parser.get_http_version())
                known.append(parser.should_keep_alive())
                known.append(parser.should_upgrade())

        parser = httptools.HttpRequestParser(Protocol())
        parser.feed_data(b"PATCH / HTTP/1.1\r\nConnection: close\r\n\r\n")
        self.assertEqual(known, [b"PATCH", "1.1", False, False])
        self.assertEqual(parser.get_method(), b"PATCH")

    def test_a_second_request_has_its_own(self):
        parser = httptools.HttpRequestParser(None)
        parser.feed_data(REQUEST)
        parser.feed_data(b"GET / HTTP/1.0\r\n")
        self.assertEqual((parser.get_method(), parser.get_http_version()), (b"GET", "1.0"))

    def test_of_a_parser_that_was_fed_nothing(self):
        parser = httptools.HttpRequestParser(None)
        self.assertEqual(parser.get_http_version(), "0.0")
        self.assertIs(parser.should_upgrade(), False)


class Upgrade(unittest.TestCase):
    def test_the_offset_is_where_the_other_protocol_begins(self):
        protocol = Recorder()
        parser = httptools.HttpRequestParser(protocol)
        with self.assertRaises(httptools.HttpParserUpgrade) as caught:
            parser.feed_data(UPGRADE)
        (offset,) = caught.exception.args
        self.assertEqual(UPGRADE[offset:], b"what follows")
        self.assertEqual(protocol.events[-1], ("message_complete",))
        self.assertIs(parser.should_upgrade(), True)

    def test_the_offset_is_that_in_the_last_piece(self):
        parser = httptools.HttpRequestParser(None)
        parser.feed_data(UPGRADE[:30])
        with self.assertRaises(httptools.HttpParserUpgrade) as caught:
            parser.feed_data(UPGRADE[30:])
        self.assertEqual(caught.exception.args, (len(UPGRADE) - 30 - len(b"what follows"),))

    def test_connect(self):
        parser = httptools.HttpRequestParser(None)
        with self.assertRaises(httptools.HttpParserUpgrade):
            parser.feed_data(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
        self.assertEqual(parser.get_method(), b"CONNECT")

    def test_the_parser_can_be_used_again(self):
        protocol = Recorder()
        parser = httptools.HttpRequestParser(protocol)
        with self.assertRaises(httptools.HttpParserUpgrade):
            parser.feed_data(UPGRADE)
        del protocol.events[:]
        parser.feed_data(REQUEST)
        self.assertEqual(protocol.events, events(REQUEST))

    def test_it_is_no_parser_error(self):
        self.assertFalse(issubclass(httptools.HttpParserUpgrade, httptools.HttpParserError))


class Errors(unittest.TestCase):
    def assert_raises(self, error, reason, data):
        parser = httptools.HttpRequestParser(None)
        for _ in range(2):  # It stays.
            with self.assertRaises(httptools.HttpParserError) as caught:
                parser.feed_data(data)
            self.assertIs(type(caught.exception), error)
            self.assertEqual(str(caught.exception), reason)

    def test_an_unknown_method(self):
        error = httptools.HttpParserInvalidMethodError
        self.assert_raises(error, "Invalid method encountered", b"SPAM / HTTP/1.1")

    def test_a_bad_target(self):
        error = httptools.HttpParserInvalidURLError
        self.assert_raises(error, "Invalid char in url path", b"GET /\xff HTTP/1.1")

    def test_a_bad_header(self):
        error = httptools.HttpParserError
        self.assert_raises(error, "Invalid header token", b"GET / HTTP/1.1\r\nA b: c\r\n\r\n")

    def test_data_after_the_last_request(self):
        error = httptools.HttpParserError
        reason = "Data after `Connection: close`"
        self.assert_raises(error, reason, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\nmore")

    def test_events_before_the_error_have_been_told(self):
        protocol = Recorder()
        parser = httptools.HttpRequestParser(protocol)
        with self.assertRaises(httptools.HttpParserError):
            parser.feed_data(REQUEST + b"nonsense")
        self.assertEqual(protocol.events[:8], events(REQUEST))


if __name__ == "__main__":
    unittest.main()
