"""`set_dangerous_leniencies`."""

import unittest

import httptools

CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
CASES = {
    "lenient_headers": b"GET / HTTP/1.1\r\nA: b\r\n folded\x00\r\n\r\n",
    "lenient_chunked_length": (
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "lenient_keep_alive": b"GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    "lenient_transfer_encoding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nabc",
    "lenient_version": b"GET / HTTP/3.7\r\n\r\n",
    "lenient_data_after_close": b"GET / HTTP/1.0\r\n\r\n...",
    "lenient_optional_lf_after_cr": b"GET / HTTP/1.1\rA: b\r\n\r\n",
    "lenient_optional_cr_before_lf": b"GET / HTTP/1.1\r\nA: b\n\n",
    "lenient_optional_crlf_after_chunk": CHUNKED + b"1\r\na0\r\n\r\n",
    "lenient_spaces_after_chunk_size": CHUNKED + b"1 \r\na\r\n0\r\n\r\n",
}


def parser_with(**leniencies):
    parser = httptools.HttpRequestParser(None)
    parser.set_dangerous_leniencies(**leniencies)
    return parser


class Leniencies(unittest.TestCase):
    def test_each_lets_its_messages_pass(self):
        for name, data in CASES.items():
            with self.subTest(name):
                parser_with(**{name: True}).feed_data(data)

    def test_no_other_lets_them_pass(self):
        for name, data in CASES.items():
            if name == "lenient_transfer_encoding":
                continue  # lenient_chunked_length does, as in the package.
            others = {other: True for other in CASES if other != name}
            if name == "lenient_data_after_close":
                del others["lenient_keep_alive"]
            if name == "lenient_keep_alive":
                del others["lenient_data_after_close"]
            with self.subTest(name), self.assertRaises(httptools.HttpParserError):
                parser_with(**others).feed_data(data)

    def test_none_is_the_default(self):
        for name, data in CASES.items():
            with self.subTest(name), self.assertRaises(httptools.HttpParserError):
                httptools.HttpRequestParser(None).feed_data(data)

    def test_none_leaves_one_as_it_is_and_false_takes_it_back(self):
        parser = parser_with(lenient_version=True)
        parser.set_dangerous_leniencies(lenient_version=None, lenient_headers=True)
        parser.feed_data(CASES["lenient_version"])
        parser.set_dangerous_leniencies(lenient_version=False)
        with self.assertRaises(httptools.HttpParserError):
            parser.feed_data(CASES["lenient_version"])

    def test_positional_arguments_are_in_the_package_s_order(self):
        parser = httptools.HttpRequestParser(None)
        parser.set_dangerous_leniencies(None, None, None, None, True)
        parser.feed_data(CASES["lenient_version"])

    def test_an_unknown_one_is_a_type_error(self):
        with self.assertRaises(TypeError):
            parser_with(lenient_everything=True)

    def test_folded_lines_are_joined(self):
        values = []

        class Protocol:
            def on_header(self, name, value):
                values.append((name, value))

        parser = httptools.HttpRequestParser(Protocol())
        parser.set_dangerous_leniencies(lenient_headers=True)
        parser.feed_data(b"GET / HTTP/1.1\r\nA: b;\r\n  c\r\nD: e\r\n\r\n")
        self.assertEqual(values, [(b"A", b"b;  c"), (b"D", b"e")])

    def test_a_callback_may_set_them(self):
        class Protocol:
            def on_url(self, url):
                parser.set_dangerous_leniencies(lenient_version=True)

        parser = httptools.HttpRequestParser(Protocol())
        parser.feed_data(CASES["lenient_version"])


if __name__ == "__main__":
    unittest.main()
