"""What a Response says: status, text and its encoding, content, URL."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


class Status(unittest.TestCase):
    def get(self, code):
        return httpx.get(server("HTTP") + "/status/" + str(code))

    def test_code_and_reason(self):
        response = self.get(404)
        self.assertEqual(response.status_code, 404)
        self.assertEqual(response.reason_phrase, "Not Found")
        self.assertEqual(response.http_version, "HTTP/1.1")
        self.assertEqual(repr(response), "<Response [404 Not Found]>")

    def test_predicates(self):
        self.assertTrue(self.get(201).is_success)
        self.assertTrue(self.get(304).is_redirect)
        self.assertTrue(self.get(404).is_client_error)
        self.assertTrue(self.get(503).is_server_error)
        self.assertTrue(self.get(503).is_error)
        self.assertFalse(self.get(201).is_error)

    def test_a_status_without_a_body(self):
        for code in (204, 304):
            response = self.get(code)
            self.assertEqual((response.status_code, response.content), (code, b""))

    def test_raise_for_status_returns_a_success(self):
        response = self.get(200)
        self.assertIs(response.raise_for_status(), response)

    def test_raise_for_status_raises_the_rest(self):
        for code in (302, 404, 500):
            response = self.get(code)
            with self.assertRaises(httpx.HTTPStatusError) as caught:
                response.raise_for_status()
            self.assertIs(caught.exception.response, response)
            self.assertEqual(caught.exception.request.method, "GET")
            self.assertIn(str(code), str(caught.exception))
            self.assertIn(str(response.url), str(caught.exception))

    def test_a_redirect_is_not_followed_by_default(self):
        response = httpx.get(server("HTTP") + "/redirect")
        self.assertEqual(response.status_code, 302)
        self.assertEqual(response.headers["location"], "/")


class Text(unittest.TestCase):
    def get(self, charset):
        return httpx.get(server("HTTP") + "/encoding/" + charset)

    def test_the_charset_of_the_server_is_used(self):
        texts = {
            "utf-8": "Grüße aus Österreich",
            "iso-8859-1": "Grüße aus Österreich",
            "windows-1252": "Grüße aus Österreich",
            "koi8-r": "Привет, мир",
            "shift_jis": "日本語のテキスト",
        }
        for charset, text in texts.items():
            with self.subTest(charset):
                response = self.get(charset)
                self.assertEqual(response.text, text)
                self.assertEqual(response.encoding, charset)
                self.assertEqual(response.content, text.encode(charset))

    def test_an_unknown_charset_is_read_as_utf_8(self):
        response = self.get("martian")
        self.assertEqual(response.text, "Grüße aus Österreich")
        self.assertEqual(response.encoding, "utf-8")

    def test_no_charset_is_read_as_utf_8(self):
        response = httpx.get(server("HTTP") + "/json")
        self.assertEqual(response.encoding, "utf-8")
        self.assertIn("Grüße", response.text)

    def test_bad_bytes_are_replaced(self):
        # The bytes 0 to 250 are no utf-8.
        self.assertIn("\ufffd", httpx.get(server("HTTP") + "/bytes/251").text)


class Content(unittest.TestCase):
    def test_bytes_arrive_whole(self):
        content = httpx.get(server("HTTP") + "/bytes/1000000").content
        self.assertEqual(content, (bytes(range(251)) * 4000)[:1_000_000])

    def test_chunks_arrive_whole(self):
        content = httpx.get(server("HTTP") + "/stream/3/1000").content
        self.assertEqual(content, b"a" * 1000 + b"b" * 1000 + b"c" * 1000)

    def test_an_empty_body(self):
        response = httpx.get(server("HTTP") + "/bytes/0")
        self.assertEqual((response.content, response.text), (b"", ""))


class Url(unittest.TestCase):
    def test_the_url_is_the_one_asked_for(self):
        url = server("HTTP") + "/echo?a=1"
        response = httpx.get(url)
        self.assertEqual(str(response.url), url)
        self.assertEqual(response.url, url)
        self.assertEqual(response.request.url, url)

    def test_a_space_in_the_path_is_encoded(self):
        url = server("HTTP") + "/echo /x"
        self.assertEqual(str(httpx.get(url).url), server("HTTP") + "/echo%20/x")


class Request(unittest.TestCase):
    def test_a_response_has_one_request(self):
        response = httpx.get(server("HTTP") + "/")
        self.assertIs(response.request, response.request)

    def test_the_charset_is_in_lower_case(self):
        response = httpx.get(server("HTTP") + "/encoding/UTF-8")
        self.assertEqual(response.encoding, "utf-8")

if __name__ == "__main__":
    unittest.main()
