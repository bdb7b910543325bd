"""`parse_request`: Tauraro's own."""

import unittest

import httptools


class ParseRequest(unittest.TestCase):
    def test_the_example_of_the_guide(self):
        request = b"GET /path HTTP/1.1\r\nHost: example.com\r\n\r\n"
        parsed = httptools.parse_request(request)
        self.assertEqual(parsed.method, "GET")
        self.assertEqual(parsed.path, "/path")
        self.assertEqual(parsed.version, "HTTP/1.1")
        self.assertEqual(parsed.headers, {"Host": "example.com"})

    def test_no_body_is_empty(self):
        self.assertEqual(httptools.parse_request(b"GET / HTTP/1.1\r\n\r\n").body, b"")

    def test_a_body(self):
        request = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
        parsed = httptools.parse_request(request)
        self.assertEqual(parsed.method, "POST")
        self.assertEqual(parsed.body, b"hello")

    def test_header_names_keep_their_case(self):
        parsed = httptools.parse_request(b"GET / HTTP/1.1\r\nX-oNe: 1\r\nX-TWO:2\r\n\r\n")
        self.assertEqual(parsed.headers, {"X-oNe": "1", "X-TWO": "2"})

    def test_the_older_version(self):
        self.assertEqual(httptools.parse_request(b"GET / HTTP/1.0\r\n\r\n").version, "HTTP/1.0")

    def test_an_incomplete_request_is_refused(self):
        whole = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
        for length in range(len(whole)):
            with self.subTest(length=length), self.assertRaises(httptools.HttpParserError):
                httptools.parse_request(whole[:length])

    def test_a_bad_request_is_refused(self):
        requests = [
            b"\x00\xff\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/one\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
            b"GET / HTTP/1.1\nHost: h\n\n",
            b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\n",
        ]
        for request in requests:
            with self.subTest(request), self.assertRaises(httptools.HttpParserError) as caught:
                httptools.parse_request(request)
            self.assertGreater(len(str(caught.exception)), 10)


if __name__ == "__main__":
    unittest.main()
