"""Exceptions in callbacks."""

import gc
import unittest
import weakref

import httptools

CHUNKED = (
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nTrailer: x\r\n\r\n"
)
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
CALLBACKS = (
    "on_message_begin",
    "on_header",
    "on_headers_complete",
    "on_body",
    "on_message_complete",
)


class Problem(Exception):
    pass


def failing(name, error=Problem):
    def fail(self, *args):
        raise error("in a callback")

    return type("Protocol", (), {name: fail})()


class CallbackErrors(unittest.TestCase):
    def assert_raised(self, parser, data):
        with self.assertRaisesRegex(httptools.HttpParserCallbackError, "callback error") as caught:
            parser.feed_data(data)
        self.assertIsInstance(caught.exception, httptools.HttpParserError)
        self.assertIsInstance(caught.exception.__context__, Problem)
        self.assertIsNone(caught.exception.__cause__)

    def test_of_a_request(self):
        for name in (*CALLBACKS, "on_url", "on_chunk_header", "on_chunk_complete"):
            with self.subTest(name):
                self.assert_raised(httptools.HttpRequestParser(failing(name)), CHUNKED)

    def test_of_a_response(self):
        for name in (*CALLBACKS, "on_status"):
            with self.subTest(name):
                self.assert_raised(httptools.HttpResponseParser(failing(name)), RESPONSE)

    def test_the_message_names_the_callback(self):
        parser = httptools.HttpRequestParser(failing("on_url"))
        with self.assertRaisesRegex(httptools.HttpParserCallbackError, "on_url"):
            parser.feed_data(CHUNKED)

    def test_the_parser_has_ended(self):
        parser = httptools.HttpRequestParser(failing("on_url"))
        self.assert_raised(parser, CHUNKED)
        with self.assertRaises(httptools.HttpParserCallbackError) as caught:
            parser.feed_data(CHUNKED)
        self.assertIsNone(caught.exception.__context__)

    def test_also_what_is_no_exception_for_programs(self):
        parser = httptools.HttpRequestParser(failing("on_url", KeyboardInterrupt))
        with self.assertRaises(httptools.HttpParserCallbackError) as caught:
            parser.feed_data(CHUNKED)
        self.assertIsInstance(caught.exception.__context__, KeyboardInterrupt)

    def test_nothing_is_told_after_it(self):
        class Protocol:
            told = []

            def on_url(self, url):
                self.told.append(url)
                raise Problem

            def on_headers_complete(self):
                self.told.append("headers")

        self.assert_raised(httptools.HttpRequestParser(Protocol()), CHUNKED)
        self.assertEqual(Protocol.told, [b"/"])

    def test_a_callback_with_the_wrong_parameters(self):
        class Protocol:
            def on_header(self, name):
                pass

        with self.assertRaises(httptools.HttpParserCallbackError) as caught:
            httptools.HttpRequestParser(Protocol()).feed_data(CHUNKED)
        self.assertIsInstance(caught.exception.__context__, TypeError)

    def test_a_protocol_that_has_its_parser_is_collected(self):
        class Protocol:
            def __init__(self):
                self.parser = httptools.HttpRequestParser(self)

            def on_url(self, url):
                pass

        protocol = Protocol()
        protocol.parser.feed_data(CHUNKED)
        alive = weakref.ref(protocol)
        del protocol
        gc.collect()
        self.assertIsNone(alive())


if __name__ == "__main__":
    unittest.main()
