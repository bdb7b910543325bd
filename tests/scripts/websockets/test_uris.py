"""WebSocket URIs, proxies, and the other small helpers."""

import os
import socket
import unittest
from unittest import mock

from websockets.exceptions import InvalidProxy, InvalidURI
from websockets.proxy import Proxy, get_proxy, parse_proxy, prepare_connect_request
from websockets.uri import WebSocketURI, parse_uri
from websockets.utils import accept_key, generate_key, get_socket_name


class URIs(unittest.TestCase):
    def test_parts(self):
        for uri, parts in [
            ("ws://localhost/", (False, "localhost", 80, "/", "")),
            ("wss://LOCALHOST", (True, "localhost", 443, "", "")),
            ("ws://[::1]:8000/a?b=c", (False, "::1", 8000, "/a", "b=c")),
            ("ws://me:s%20t@host/", (False, "host", 80, "/", "", "me", "s t")),
            ("ws://höst/ä?ö", (False, "xn--hst-sna", 80, "/%C3%A4", "%C3%B6")),
        ]:
            with self.subTest(uri):
                self.assertEqual(parse_uri(uri), WebSocketURI(*parts))

    def test_derived_parts(self):
        self.assertEqual(parse_uri("ws://localhost").resource_name, "/")
        self.assertEqual(parse_uri("ws://localhost/a?b").resource_name, "/a?b")
        self.assertIsNone(parse_uri("ws://localhost").user_info)
        self.assertEqual(parse_uri("ws://a:b@localhost").user_info, ("a", "b"))

    def test_what_is_none(self):
        for uri, text in [
            ("http://localhost/", "scheme isn't ws or wss"),
            ("ws:///", "hostname isn't provided"),
            ("ws://localhost/#top", "fragment identifier is meaningless"),
            ("ws://me@localhost/", "username provided without password"),
        ]:
            with self.subTest(uri), self.assertRaisesRegex(InvalidURI, text):
                parse_uri(uri)


class Proxies(unittest.TestCase):
    def test_parts(self):
        for proxy, parts in [
            ("http://proxy:8080", ("http", "proxy", 8080)),
            ("https://proxy/", ("https", "proxy", 443)),
            ("socks5h://me:secret@proxy", ("socks5h", "proxy", 80, "me", "secret")),
        ]:
            with self.subTest(proxy):
                self.assertEqual(parse_proxy(proxy), Proxy(*parts))

    def test_what_is_none(self):
        for proxy, text in [
            ("ws://proxy", "scheme ws isn't supported"),
            ("http://", "hostname isn't provided"),
            ("http://proxy/x", "path is meaningless"),
            ("http://proxy?x", "query is meaningless"),
            ("http://proxy#x", "fragment is meaningless"),
            ("http://me@proxy", "username provided without password"),
        ]:
            with self.subTest(proxy), self.assertRaisesRegex(InvalidProxy, text):
                parse_proxy(proxy)

    def test_from_the_environment(self):
        for environment, uri, proxy in [
            ({}, "ws://host/", None),
            ({"http_proxy": "http://a"}, "ws://host/", "http://a"),
            ({"http_proxy": "http://a"}, "wss://host/", None),
            ({"https_proxy": "http://a", "http_proxy": "http://b"}, "ws://host/", "http://a"),
            ({"ws_proxy": "http://a", "https_proxy": "http://b"}, "ws://host/", "http://a"),
            ({"socks_proxy": "http://a:1080"}, "wss://host/", "socks5h://a:1080"),
            ({"https_proxy": "http://a", "no_proxy": "host"}, "wss://host/", None),
        ]:
            with self.subTest(environment), mock.patch.dict(os.environ, environment, clear=True):
                self.assertEqual(get_proxy(parse_uri(uri)), proxy)

    def test_the_request_for_a_tunnel(self):
        proxy = parse_proxy("http://me:secret@proxy")
        data = prepare_connect_request(proxy, parse_uri("wss://host/"), "agent")
        lines = [b"CONNECT host:443 HTTP/1.1", b"Host: host", b"User-Agent: agent"]
        lines += [b"Proxy-Authorization: Basic bWU6c2VjcmV0", b"", b""]
        self.assertEqual(data, b"\r\n".join(lines))


class Keys(unittest.TestCase):
    def test_as_rfc_6455_has_them(self):
        self.assertEqual(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        self.assertEqual(len(generate_key()), 24)
        self.assertNotEqual(generate_key(), generate_key())


class Sockets(unittest.TestCase):
    def test_names(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            self.assertEqual(get_socket_name(bound), f"127.0.0.1:{bound.getsockname()[1]}")


if __name__ == "__main__":
    unittest.main()
