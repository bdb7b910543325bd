"""Extensions: what a request may say beyond HTTP, and what a response tells."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response


class Requests(unittest.TestCase):
    def setUp(self):
        self.server = RawServer.answering(lambda head: response(b"", "200 My Own Reason"))
        self.addCleanup(self.server.close)

    def test_target_is_what_the_request_line_says(self):
        with httpx.Client() as client:
            client.request("OPTIONS", self.server.url, extensions={"target": b"*"})
            client.get(self.server.url, extensions={"target": b"/not%normal^"})
        lines = [head.split(b"\r\n")[0] for head in self.server.heads]
        self.assertEqual(lines, [b"OPTIONS * HTTP/1.1", b"GET /not%normal^ HTTP/1.1"])

    def test_timeout_is_that_of_the_client_unless_given(self):
        with httpx.Client(timeout=7) as client:
            request = client.build_request("GET", self.server.url)
            self.assertEqual(request.extensions["timeout"]["read"], 7)
            given = {"timeout": {"read": 1}}
            request = client.build_request("GET", self.server.url, extensions=given)
            self.assertEqual(request.extensions["timeout"], {"read": 1})

    def test_a_timeout_in_the_extensions_holds(self):
        silent = RawServer(lambda connection: connection.read_head() and connection.read_head())
        self.addCleanup(silent.close)
        request = httpx.Request("GET", silent.url, extensions={"timeout": {"read": 0.1}})
        with httpx.Client(timeout=None) as client, self.assertRaises(httpx.ReadTimeout):
            client.send(request)


class Responses(unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
