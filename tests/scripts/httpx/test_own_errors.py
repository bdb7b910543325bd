"""What Tauraro promises beyond httpx: messages that name the URL, and no answer taken for another."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

FAULTS = [
    "no-response",
    "half-header",
    "short-body",
    "short-chunk",
    "bad-chunk-size",
    "bad-status-line",
    "garbage",
    "huge-header",
    "never",
]


def message_of(url, **kwargs):
    try:
        httpx.get(url, **kwargs)
    except httpx.HTTPError as error:
        return f"{error}"
    raise AssertionError(f"{url} raised nothing")


class Messages(unittest.TestCase):
    def assert_names(self, url, message):
        self.assertIn(url, message)
        self.assertGreater(len(message), len(url) + 10, "it says no more than the URL")

    def test_every_fault_names_its_url(self):
        for fault in FAULTS:
            with self.subTest(fault):
                url = server("BAD") + "/" + fault
                timeout = 1 if fault == "never" else 60
                self.assert_names(url, message_of(url, timeout=timeout))

    def test_a_refused_connection_says_so(self):
        message = message_of(server("REFUSED"))
        self.assert_names(server("REFUSED"), message)
        self.assertIn("refused", message.lower())

    def test_an_unknown_host_is_named(self):
        self.assert_names("http://unknown.invalid/", message_of("http://unknown.invalid/"))

    def test_a_bad_status_names_the_url(self):
        url = server("HTTP") + "/status/404"
        with self.assertRaises(httpx.HTTPStatusError) as caught:
            httpx.get(url).raise_for_status()
        self.assert_names(url, str(caught.exception))

    def test_certificates_are_refused_for_a_named_reason(self):
        reasons = {
            "HTTPS_EXPIRED": "expired",
            "HTTPS_WRONG_HOST": "not valid for|host ?name|other.example|another host",
            "HTTPS_UNKNOWN_CA": "issuer|authority|unknown ca",
        }
        for name, reason in reasons.items():
            with self.subTest(name):
                message = message_of(server(name))
                self.assert_names(server(name), message)
                self.assertRegex(message.lower(), reason)

    def test_no_message_shows_a_password(self):
        url = server("REFUSED").replace("http://", "http://user:s3cret@")
        self.assertNotIn("s3cret", message_of(url))
        bad = server("BAD").replace("http://", "http://user:s3cret@") + "/no-response"
        self.assertNotIn("s3cret", message_of(bad))


class Desynchronised(unittest.TestCase):
    def test_what_follows_an_announced_body_answers_no_later_request(self):
        with httpx.Client() as client:
            self.assertEqual(len(client.get(server("BAD") + "/long-body").content), 5)
            self.assertEqual(client.get(server("BAD") + "/good").text, "good")

    def test_an_unasked_response_answers_no_later_request(self):
        with httpx.Client() as client:
            try:
                self.assertEqual(client.get(server("BAD") + "/unasked-response").text, "asked")
            except httpx.RemoteProtocolError:
                pass
            self.assertEqual(client.get(server("BAD") + "/good").text, "good")


class Secrets(unittest.TestCase):
    def test_no_message_shows_credentials(self):
        refused = server("REFUSED").replace("http://", "http://me:s3cret@")
        missing = server("HTTP").replace("http://", "http://s3cret@") + "/status/404"
        for url in (refused, missing, "http://me:s3cr?s3cret@h/", "http://s3cret@/x"):
            with self.subTest(url), self.assertRaises(Exception) as caught:
                httpx.get(url).raise_for_status()
            self.assertNotIn("s3cr", str(caught.exception))

    def test_a_missing_file_of_certificates_is_an_os_error(self):
        with self.assertRaises(FileNotFoundError):
            httpx.Client(verify="/no/such/file.pem")


if __name__ == "__main__":
    unittest.main()
