"""The environment: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, and `trust_env`."""

import os
import sys
import unittest
from unittest import mock

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def environment(**values):
    """A clean environment with these variables alone."""
    kept = {name: value for name, value in os.environ.items() if name.upper() not in NAMES}
    return mock.patch.dict(os.environ, {**kept, **values}, clear=True)


class Environment(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.proxy = RawServer.answering(lambda head: response(b"proxy"))
        self.server = RawServer.answering(lambda head: response(b"server"))
        self.addCleanup(self.proxy.close)
        self.addCleanup(self.server.close)

    def text(self, **options):
        with httpx.Client(**options) as client:
            return client.get(self.server.url).text

    def test_http_proxy(self):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            with self.subTest(name), environment(**{name: self.proxy.url}):
                self.assertEqual(self.text(), "proxy")
                self.assertEqual(httpx.get(self.server.url).text, "proxy")

    def test_the_proxy_is_asked_for_the_whole_url(self):
        with environment(HTTP_PROXY=self.proxy.url):
            self.text()
        line = self.proxy.heads[0].split(b"\r\n")[0].decode()
        self.assertEqual(line, f"GET {self.server.url}/ HTTP/1.1")

    def test_a_proxy_without_a_scheme_speaks_http(self):
        with environment(HTTP_PROXY=self.proxy.url.removeprefix("http://")):
            self.assertEqual(self.text(), "proxy")

    def test_its_credentials_are_sent_to_it(self):
        url = self.proxy.url.replace("//", "//user:password@")
        with environment(HTTP_PROXY=url):
            self.text()
        sent = self.proxy.fields()["proxy-authorization"]
        self.assertEqual(sent, "Basic dXNlcjpwYXNzd29yZA==")

    def test_https_proxy_is_for_https_alone(self):
        with environment(HTTPS_PROXY=self.proxy.url):
            self.assertEqual(self.text(), "server")
            with self.assertRaises(httpx.HTTPError):
                httpx.get(self.server.url.replace("http:", "https:"))
        self.assertTrue(self.proxy.heads[0].startswith(b"CONNECT 127.0.0.1:"))

    def test_no_proxy(self):
        for value in ("127.0.0.1", "other.example,127.0.0.1", "*"):
            with self.subTest(value), environment(ALL_PROXY=self.proxy.url, NO_PROXY=value):
                self.assertEqual(self.text(), "server")
        with environment(ALL_PROXY=self.proxy.url, NO_PROXY="other.example"):
            self.assertEqual(self.text(), "proxy")

    def test_without_trust_env_nothing_is_heeded(self):
        with environment(ALL_PROXY=self.proxy.url):
            self.assertEqual(self.text(trust_env=False), "server")
            self.assertEqual(httpx.get(self.server.url, trust_env=False).text, "server")

    def test_a_proxy_of_the_client_wins(self):
        with environment(ALL_PROXY="http://127.0.0.1:1"):
            self.assertEqual(self.text(proxy=self.proxy.url), "proxy")

    def test_a_transport_of_the_client_turns_the_proxies_off(self):
        with environment(ALL_PROXY=self.proxy.url):
            self.assertEqual(self.text(transport=httpx.HTTPTransport()), "server")

    def test_mounts_of_the_client_win(self):
        with environment(ALL_PROXY=self.proxy.url):
            self.assertEqual(self.text(mounts={"all://": None}), "server")

    async def test_an_async_client_heeds_it_too(self):
        with environment(HTTP_PROXY=self.proxy.url):
            async with httpx.AsyncClient() as client:
                self.assertEqual((await client.get(self.server.url)).text, "proxy")

    def test_netrc_is_asked_for_by_hand_alone(self):
        with environment(NETRC="/no/such/file"):
            self.text()
        self.assertNotIn("authorization", self.server.fields())

    def test_a_proxy_of_another_kind_is_refused(self):
        with environment(HTTP_PROXY="ftp://proxy:1"):
            with self.assertRaises(ValueError):
                httpx.Client()


if __name__ == "__main__":
    unittest.main()
