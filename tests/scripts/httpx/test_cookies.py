"""httpx.Cookies: a mutable mapping over a cookie jar."""

import collections.abc
import http.cookiejar
import unittest

import httpx


class Headers:
    """As much of httpx.Headers as Cookies uses."""

    def __init__(self, *items):
        self._items = list(items)

    def multi_items(self):
        return list(self._items)

    def __iter__(self):
        return iter(name for name, _ in self._items)

    def keys(self):
        return list(self)

    def __getitem__(self, name):
        return dict(self._items)[name]

    def __contains__(self, name):
        return name.lower() in list(self)

    def __setitem__(self, name, value):
        self._items.append((name, value))


class Request:
    method = "GET"

    def __init__(self, url, *headers):
        self.url = httpx.URL(url)
        self.headers = Headers(*headers)


class Response:
    def __init__(self, url, *fields):
        self.request = Request(url)
        self.headers = Headers(*(("set-cookie", field) for field in fields))


def extracted(url, *fields):
    cookies = httpx.Cookies()
    cookies.extract_cookies(Response(url, *fields))
    return cookies


def sent(cookies, url):
    request = Request(url)
    cookies.set_cookie_header(request)
    return dict(request.headers.multi_items()).get("Cookie")


def both_ways(test):
    """Runs a test with cookies kept natively and with a jar that was asked for."""

    def run(self):
        for touch in (lambda cookies: cookies, lambda cookies: cookies.jar and cookies or cookies):
            with self.subTest(jar=touch):
                test(self, touch)

    return run


class Making(unittest.TestCase):
    def test_from_nothing(self):
        for cookies in (httpx.Cookies(), httpx.Cookies(None), httpx.Cookies({}), httpx.Cookies([])):
            self.assertEqual(len(cookies), 0)
            self.assertFalse(cookies)
            self.assertEqual(repr(cookies), "<Cookies[]>")

    def test_from_a_dict_and_from_pairs(self):
        for given in ({"a": "1", "b": "2"}, [("a", "1"), ("b", "2")]):
            cookies = httpx.Cookies(given)
            self.assertEqual(dict(cookies), {"a": "1", "b": "2"})
            self.assertEqual(repr(cookies), "<Cookies[<Cookie a=1 for />, <Cookie b=2 for />]>".replace("for />", "for  />"))

    def test_from_other_cookies_is_a_copy(self):
        first = httpx.Cookies({"a": "1"})
        second = httpx.Cookies(first)
        second["a"] = "2"
        self.assertEqual(first["a"], "1")

    def test_from_a_jar_shares_it(self):
        jar = http.cookiejar.CookieJar()
        cookies = httpx.Cookies(jar)
        self.assertIs(cookies.jar, jar)
        cookies.set("a", "1", domain="example.org")
        self.assertEqual([cookie.name for cookie in jar], ["a"])
        jar.clear()
        self.assertEqual(len(cookies), 0)

    def test_a_pair_of_three_is_refused(self):
        with self.assertRaises(ValueError):
            httpx.Cookies([("a", "b", "c")])


class Mapping(unittest.TestCase):
    def test_it_is_a_mutable_mapping_and_unhashable(self):
        self.assertIsInstance(httpx.Cookies(), collections.abc.MutableMapping)
        with self.assertRaises(TypeError):
            hash(httpx.Cookies())

    @both_ways
    def test_items(self, touch):
        cookies = touch(httpx.Cookies())
        cookies["a"] = "1"
        cookies["b"] = "2"
        cookies["a"] = "3"
        self.assertEqual(cookies["a"], "3")
        self.assertIn("a", cookies)
        self.assertNotIn("c", cookies)
        self.assertEqual(list(cookies), ["a", "b"])
        self.assertEqual(list(cookies.keys()), ["a", "b"])
        self.assertEqual(list(cookies.values()), ["3", "2"])
        self.assertEqual(list(cookies.items()), [("a", "3"), ("b", "2")])
        self.assertEqual(len(cookies), 2)
        self.assertTrue(cookies)
        del cookies["a"]
        del cookies["missing"]
        self.assertEqual(dict(cookies), {"b": "2"})
        with self.assertRaises(KeyError) as raised:
            cookies["a"]
        self.assertEqual(raised.exception.args, ("a",))

    @both_ways
    def test_the_methods_made_of_others(self, touch):
        cookies = touch(httpx.Cookies({"a": "1", "b": "2", "c": "3"}))
        self.assertEqual(cookies.pop("a"), "1")
        self.assertEqual(cookies.pop("a", None), None)
        with self.assertRaises(KeyError):
            cookies.pop("a")
        self.assertEqual(cookies.popitem(), ("b", "2"))
        self.assertEqual(cookies.setdefault("c", "x"), "3")
        self.assertEqual(cookies.setdefault("d", "4"), "4")
        cookies.clear()
        with self.assertRaises(KeyError):
            cookies.popitem()

    @both_ways
    def test_equality_is_that_of_names_and_values(self, touch):
        cookies = touch(httpx.Cookies({"a": "1", "b": "2"}))
        self.assertEqual(cookies, httpx.Cookies([("b", "2"), ("a", "1")]))
        self.assertEqual(cookies, {"a": "1", "b": "2"})
        self.assertNotEqual(cookies, {"a": "1"})
        self.assertNotEqual(cookies, [("a", "1"), ("b", "2")])

    @both_ways
    def test_get_tells_cookies_of_one_name_apart(self, touch):
        cookies = touch(httpx.Cookies())
        cookies.set("a", "1", domain="one.org")
        cookies.set("a", "2", domain="two.org")
        cookies.set("a", "3", domain="two.org", path="/below")
        with self.assertRaises(httpx.CookieConflict) as raised:
            cookies.get("a")
        self.assertEqual(str(raised.exception), "Multiple cookies exist with name=a")
        for ask in (lambda: cookies["a"], lambda: "a" in cookies, lambda: dict(cookies.items())):
            with self.assertRaises(httpx.CookieConflict):
                ask()
        self.assertEqual(cookies.get("a", domain="one.org"), "1")
        self.assertEqual(cookies.get("a", domain="two.org", path="/below"), "3")
        self.assertEqual(cookies.get("a", None, "two.org", "/"), "2")
        self.assertEqual(cookies.get("a", "default", domain="three.org"), "default")
        self.assertEqual(
            repr(cookies),
            "<Cookies[<Cookie a=1 for one.org />, <Cookie a=2 for two.org />,"
            " <Cookie a=3 for two.org />]>",
        )

    @both_ways
    def test_delete(self, touch):
        cookies = touch(httpx.Cookies())
        for domain in ("one.org", "two.org"):
            for path in ("/", "/x"):
                cookies.set("a", "1", domain, path)
        cookies.delete("a", domain="one.org", path="/x")
        self.assertEqual(len(cookies), 3)
        cookies.delete("a", path="/x")
        self.assertEqual(len(cookies), 2)
        cookies.delete("a", domain="three.org")
        for missing in (
            ("b", "one.org", "/"),
            ("a", "one.org", "/y"),
            ("a", "three.org", "/"),
        ):
            with self.assertRaises(KeyError):
                cookies.delete(*missing)
        cookies.delete("a")
        self.assertEqual(len(cookies), 0)

    @both_ways
    def test_clear(self, touch):
        cookies = touch(httpx.Cookies())
        cookies.set("a", "1", "one.org", "/")
        cookies.set("a", "1", "one.org", "/x")
        cookies.set("a", "1", "two.org")
        cookies.clear(domain="one.org", path="/x")
        self.assertEqual(len(cookies), 2)
        cookies.clear("one.org")
        self.assertEqual(len(cookies), 1)
        with self.assertRaises(KeyError) as raised:
            cookies.clear("one.org")
        self.assertEqual(raised.exception.args, ("one.org",))
        with self.assertRaises(AssertionError):
            cookies.clear(path="/")
        cookies.clear()
        self.assertEqual(len(cookies), 0)

    @both_ways
    def test_update(self, touch):
        cookies = touch(httpx.Cookies({"a": "1"}))
        cookies.update()
        cookies.update({"b": "2"})
        cookies.update([("a", "3")])
        cookies.update(httpx.Cookies({"c": "4"}))
        jar = http.cookiejar.CookieJar()
        httpx.Cookies(jar).set("d", "5")
        cookies.update(jar)
        self.assertEqual(dict(cookies), {"a": "3", "b": "2", "c": "4", "d": "5"})
        self.assertIsNot(cookies.jar, jar)

    def test_a_subclass_s_set_is_what_the_operator_does(self):
        class Shouting(httpx.Cookies):
            def set(self, name, value, domain="", path="/"):
                super().set(name, value.upper(), domain, path)

        cookies = Shouting()
        cookies["a"] = "b"
        self.assertEqual(cookies["a"], "B")
        cookies.note = "an attribute"


class Jar(unittest.TestCase):
    def test_it_is_a_cookie_jar_with_the_cookies(self):
        cookies = extracted(
            "http://www.example.org/x/y",
            "a=1; Domain=example.org; Path=/p; Secure; HttpOnly; SameSite=Lax; Max-Age=100",
            'b="quoted"',
        )
        self.assertIsInstance(cookies.jar, http.cookiejar.CookieJar)
        self.assertIs(cookies.jar, cookies.jar)
        a, b = cookies.jar
        self.assertEqual((a.name, a.value, a.domain, a.path), ("a", "1", ".example.org", "/p"))
        self.assertTrue(a.secure and a.domain_specified and a.path_specified)
        self.assertFalse(a.discard or a.domain_initial_dot)
        self.assertIsInstance(a.expires, int)
        self.assertTrue(a.has_nonstandard_attr("HttpOnly"))
        self.assertEqual(a.get_nonstandard_attr("SameSite"), "Lax")
        self.assertEqual((b.name, b.value), ("b", '"quoted"'))
        self.assertEqual((b.domain, b.path), ("www.example.org", "/x"))
        self.assertEqual((b.version, b.port, b.expires), (0, None, None))
        self.assertTrue(b.discard)
        self.assertFalse(b.secure or b.domain_specified or b.path_specified)

    def test_a_cookie_that_was_set_is_as_httpx_makes_it(self):
        cookies = httpx.Cookies()
        cookies.set("a", "1", domain=".Example.org", path="/x")
        (cookie,) = cookies.jar
        self.assertEqual(
            repr(cookie),
            "Cookie(version=0, name='a', value='1', port=None, port_specified=False, "
            "domain='.example.org', domain_specified=True, domain_initial_dot=True, path='/x', "
            "path_specified=True, secure=False, expires=None, discard=True, comment=None, "
            "comment_url=None, rest={'HttpOnly': None}, rfc2109=False)",
        )

    def test_what_a_script_changes_in_it_counts(self):
        cookies = httpx.Cookies({"a": "1"})
        for cookie in cookies.jar:
            cookie.value = "2"
        self.assertEqual(cookies["a"], "2")
        self.assertEqual(sent(cookies, "http://example.org/"), "a=2")
        cookies.jar.clear()
        self.assertEqual(sent(cookies, "http://example.org/"), None)
        cookies.jar = http.cookiejar.CookieJar()
        self.assertFalse(cookies)

    def test_its_policy_counts(self):
        policy = http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
        cookies = httpx.Cookies(http.cookiejar.CookieJar(policy))
        cookies.extract_cookies(Response("http://example.org/", "a=1"))
        self.assertFalse(cookies)


class Exchanging(unittest.TestCase):
    @both_ways
    def test_what_a_server_sets_goes_back_to_it(self, touch):
        cookies = touch(extracted("http://example.org/", "a=1", "b=2; Path=/below"))
        self.assertEqual(sent(cookies, "http://example.org/"), "a=1")
        self.assertEqual(sent(cookies, "http://example.org/below/x"), "b=2; a=1")
        self.assertEqual(sent(cookies, "http://other.org/"), None)

    @both_ways
    def test_an_expired_cookie_is_taken_away(self, touch):
        cookies = touch(extracted("http://example.org/", "a=1", "b=2", "c=3"))
        cookies.extract_cookies(
            Response(
                "http://example.org/",
                "a=x; Max-Age=0",
                "b=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                "c=4; Expires=Fri, 31-Dec-2100 23:59:59 GMT",
            )
        )
        self.assertEqual(dict(cookies), {"c": "4"})

    @both_ways
    def test_secure_cookies_go_over_tls_only(self, touch):
        cookies = touch(extracted("https://example.org/", "a=1; Secure"))
        self.assertEqual(sent(cookies, "http://example.org/"), None)
        self.assertEqual(sent(cookies, "https://example.org/"), "a=1")

    @both_ways
    def test_a_foreign_domain_is_refused(self, touch):
        cookies = touch(httpx.Cookies())
        cookies.extract_cookies(Response("http://example.org/", "a=1; Domain=other.org"))
        self.assertFalse(cookies)

    @both_ways
    def test_a_domain_covers_what_is_below(self, touch):
        cookies = touch(extracted("http://www.example.org/", "a=1; Domain=example.org"))
        self.assertEqual(sent(cookies, "http://api.example.org/"), "a=1")
        self.assertEqual(sent(cookies, "http://badexample.org/"), None)

    @both_ways
    def test_hosts_without_a_dot_and_addresses(self, touch):
        for host, domain in (
            ("localhost", "localhost.local"),
            ("127.0.0.1", "127.0.0.1"),
        ):
            cookies = touch(extracted(f"http://{host}:8000/", "a=1"))
            self.assertEqual(repr(cookies), f"<Cookies[<Cookie a=1 for {domain} />]>")
            self.assertEqual(sent(cookies, f"http://{host}/"), "a=1")

    @both_ways
    def test_a_request_s_own_cookie_field_stays(self, touch):
        cookies = touch(httpx.Cookies({"a": "1"}))
        request = Request("http://example.org/", ("cookie", "own=1"))
        cookies.set_cookie_header(request)
        self.assertEqual(request.headers.multi_items(), [("cookie", "own=1")])

    @both_ways
    def test_cookies_without_a_domain_go_everywhere(self, touch):
        cookies = touch(httpx.Cookies({"a": "1", "b": "2"}))
        self.assertEqual(sent(cookies, "http://example.org/x"), "a=1; b=2")

    @both_ways
    def test_odd_fields(self, touch):
        cookies = touch(httpx.Cookies())
        fields = ("=x", "", "flag", "a=b=c", "d=", "e=1;;; path=", "f=1; Max-Age=soon", "g=1; Version=1")
        cookies.extract_cookies(Response("http://example.org/x/y", *fields))
        seen = [(it.name, it.value, it.path, it.rfc2109) for it in cookies.jar]
        self.assertEqual(
            seen,
            [
                ("flag", None, "/x", False),
                ("a", "b=c", "/x", False),
                ("d", "", "/x", False),
                ("e", "1", "/x", False),
                ("g", "1", "/x/", True),
            ],
        )
        self.assertEqual(sent(cookies, "http://example.org/x/y"), "g=1; flag; a=b=c; d=; e=1")


if __name__ == "__main__":
    unittest.main()
