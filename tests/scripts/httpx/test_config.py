"""Timeout, Limits, Proxy and USE_CLIENT_DEFAULT."""

import copy
import pickle
import unittest
import weakref

import httpx


class Timeouts(unittest.TestCase):
    def test_one_for_all(self):
        timeout = httpx.Timeout(5)
        self.assertEqual(timeout.as_dict(), {"connect": 5, "read": 5, "write": 5, "pool": 5})
        self.assertEqual(repr(timeout), "Timeout(timeout=5)")
        self.assertEqual(repr(httpx.Timeout(None)), "Timeout(timeout=None)")

    def test_a_default_and_others(self):
        timeout = httpx.Timeout(None, connect=5.5)
        self.assertEqual((timeout.connect, timeout.read), (5.5, None))
        self.assertEqual(repr(timeout), "Timeout(connect=5.5, read=None, write=None, pool=None)")

    def test_all_four(self):
        timeout = httpx.Timeout(connect=1, read=2, write=3, pool=4)
        self.assertEqual(repr(timeout), "Timeout(connect=1, read=2, write=3, pool=4)")

    def test_a_tuple(self):
        self.assertEqual(httpx.Timeout((1, 2, 3, 4)), httpx.Timeout(connect=1, read=2, write=3, pool=4))
        self.assertEqual(httpx.Timeout((1, 2)), httpx.Timeout(None, connect=1, read=2))

    def test_another_timeout(self):
        timeout = httpx.Timeout(1, read=2)
        self.assertEqual(httpx.Timeout(timeout), timeout)
        self.assertNotEqual(httpx.Timeout(1), timeout)
        self.assertNotEqual(timeout, 1)
        with self.assertRaises(AssertionError):
            httpx.Timeout(timeout, read=1)

    def test_incomplete_ones(self):
        with self.assertRaises(ValueError) as caught:
            httpx.Timeout(read=1)
        self.assertEqual(
            str(caught.exception),
            "httpx.Timeout must either include a default, or set all four parameters explicitly.",
        )

    def test_it_can_be_changed(self):
        timeout = httpx.Timeout(5)
        timeout.read = 0.5
        self.assertEqual(timeout, httpx.Timeout(5, read=0.5))

    def test_objects(self):
        timeout = httpx.Timeout(1, read=2)
        for other in (pickle.loads(pickle.dumps(timeout)), copy.deepcopy(timeout)):
            self.assertEqual(repr(other), repr(timeout))
        self.assertIs(weakref.ref(timeout)(), timeout)
        with self.assertRaises(TypeError):
            hash(timeout)


class Limits(unittest.TestCase):
    def test_defaults(self):
        self.assertEqual(
            repr(httpx.Limits()),
            "Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=5.0)",
        )

    def test_values(self):
        limits = httpx.Limits(max_connections=9, max_keepalive_connections=3, keepalive_expiry=7)
        self.assertEqual((limits.max_connections, limits.max_keepalive_connections), (9, 3))
        self.assertEqual(
            repr(limits),
            "Limits(max_connections=9, max_keepalive_connections=3, keepalive_expiry=7)",
        )
        self.assertEqual(pickle.loads(pickle.dumps(limits)), limits)
        limits.max_connections = None
        limits.keepalive_expiry = None
        self.assertEqual(
            limits, httpx.Limits(max_keepalive_connections=3, keepalive_expiry=None)
        )
        self.assertNotEqual(limits, httpx.Limits())

    def test_positions_are_not_taken(self):
        with self.assertRaises(TypeError):
            httpx.Limits(10)


class Proxies(unittest.TestCase):
    def test_a_url(self):
        for url in ("https://example.com", httpx.URL("https://example.com")):
            proxy = httpx.Proxy(url)
            self.assertEqual((str(proxy.url), proxy.auth, proxy.raw_auth), ("https://example.com", None, None))
            self.assertEqual((proxy.headers, proxy.ssl_context), ({}, None))
            self.assertEqual(repr(proxy), "Proxy('https://example.com')")

    def test_credentials(self):
        for proxy in (
            httpx.Proxy("https://user:p%20ss@example.com"),
            httpx.Proxy("https://example.com", auth=("user", "p ss")),
        ):
            self.assertEqual(str(proxy.url), "https://example.com")
            self.assertEqual(proxy.auth, ("user", "p ss"))
            self.assertEqual(proxy.raw_auth, (b"user", b"p ss"))
            self.assertEqual(repr(proxy), "Proxy('https://example.com', auth=('user', '********'))")

    def test_headers(self):
        proxy = httpx.Proxy("http://h:1", headers={"X-A": "1"})
        self.assertEqual(proxy.headers["x-a"], "1")
        self.assertEqual(repr(proxy), "Proxy('http://h:1', headers={'x-a': '1'})")

    def test_an_unknown_scheme(self):
        with self.assertRaises(ValueError) as caught:
            httpx.Proxy("invalid://u:p@example.com")
        self.assertEqual(
            str(caught.exception),
            "Unknown scheme for proxy URL URL('invalid://u:[secure]@example.com')",
        )

    def test_pickling(self):
        proxy = pickle.loads(pickle.dumps(httpx.Proxy("http://u:p@h:1", headers={"a": "b"})))
        self.assertEqual((proxy.url, proxy.auth, proxy.headers), ("http://h:1", ("u", "p"), {"a": "b"}))


class UseClientDefault(unittest.TestCase):
    def test_it_is_one_object_of_a_class_of_its_own(self):
        from httpx import _client

        self.assertIs(_client.USE_CLIENT_DEFAULT, httpx.USE_CLIENT_DEFAULT)
        self.assertIs(type(httpx.USE_CLIENT_DEFAULT), _client.UseClientDefault)
        self.assertRegex(
            repr(httpx.USE_CLIENT_DEFAULT), "<httpx._client.UseClientDefault object at 0x"
        )


if __name__ == "__main__":
    unittest.main()
