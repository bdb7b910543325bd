"""What a response tells of its status line: version and reason, as text and as extensions."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response


class StatusLine(unittest.TestCase):
    def test_version_and_reason(self):
        server = RawServer.answering(lambda head: response(b"", "200 My Own Reason"))
        self.addCleanup(server.close)
        answer = httpx.get(server.url)
        self.assertEqual(answer.extensions["http_version"], b"HTTP/1.1")
        self.assertEqual(answer.extensions["reason_phrase"], b"My Own Reason")
        self.assertEqual((answer.http_version, answer.reason_phrase), ("HTTP/1.1", "My Own Reason"))

    def test_an_old_server(self):
        old = b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold"
        server = RawServer.answering(lambda head: old)
        self.addCleanup(server.close)
        answer = httpx.get(server.url)
        self.assertEqual((answer.http_version, answer.text), ("HTTP/1.0", "old"))

    def test_no_reason_at_all(self):
        server = RawServer.answering(lambda head: b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")
        self.addCleanup(server.close)
        answer = httpx.get(server.url)
        self.assertEqual(answer.reason_phrase, "")
        self.assertEqual(answer.extensions["reason_phrase"], b"")

    def test_a_status_that_has_no_name(self):
        server = RawServer.answering(lambda head: response(b"own", "599 Own Thing"))
        self.addCleanup(server.close)
        answer = httpx.get(server.url)
        self.assertEqual((answer.status_code, answer.text), (599, "own"))
        self.assertTrue(answer.is_server_error)
        with self.assertRaisesRegex(httpx.HTTPStatusError, "Server error '599 Own Thing' for url"):
            answer.raise_for_status()


if __name__ == "__main__":
    unittest.main()
