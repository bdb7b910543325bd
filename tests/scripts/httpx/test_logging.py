"""The logger `httpx`: a line for each hop."""

import logging
import unittest

import httpx


def answer(request):
    if request.url.path == "/redirect":
        return httpx.Response(302, headers={"Location": "/"})
    if request.url.path == "/own":
        extensions = {"http_version": b"HTTP/2", "reason_phrase": b"Own Reason"}
        return httpx.Response(299, extensions=extensions)
    return httpx.Response(200)


def client():
    return httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)


class Logging(unittest.IsolatedAsyncioTestCase):
    def lines(self, url):
        with self.assertLogs("httpx", logging.INFO) as logs:
            client().get(url)
        self.assertEqual({record.levelno for record in logs.records}, {logging.INFO})
        return [record.getMessage() for record in logs.records]

    def test_a_line_for_a_request(self):
        expected = ['HTTP Request: GET http://h/a?b=c "HTTP/1.1 200 OK"']
        self.assertEqual(self.lines("http://h/a?b=c"), expected)

    def test_a_line_for_every_hop(self):
        expected = [
            'HTTP Request: GET http://h/redirect "HTTP/1.1 302 Found"',
            'HTTP Request: GET http://h/ "HTTP/1.1 200 OK"',
        ]
        self.assertEqual(self.lines("http://h/redirect"), expected)

    def test_version_and_reason_are_the_response_s(self):
        expected = ['HTTP Request: GET http://h/own "HTTP/2 299 Own Reason"']
        self.assertEqual(self.lines("http://h/own"), expected)

    def test_nothing_is_logged_while_the_level_is_higher(self):
        with self.assertNoLogs("httpx", logging.INFO):
            logging.getLogger("httpx").setLevel(logging.WARNING)
            client().get("http://h/")
        logging.getLogger("httpx").setLevel(logging.NOTSET)

    def test_arguments_can_be_formatted_anew(self):
        with self.assertLogs("httpx") as logs:
            client().get("http://h/x")
        method, url, version, status, reason = logs.records[0].args
        self.assertEqual((method, str(url), version), ("GET", "http://h/x", "HTTP/1.1"))
        self.assertEqual((status, reason), (200, "OK"))

    async def test_an_async_client_logs_too(self):
        with self.assertLogs("httpx") as logs:
            async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as asynchronous:
                await asynchronous.get("http://h/")
        expected = 'HTTP Request: GET http://h/ "HTTP/1.1 200 OK"'
        self.assertEqual(logs.records[0].getMessage(), expected)


if __name__ == "__main__":
    unittest.main()
