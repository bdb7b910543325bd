"""URL: its components, how they are normalised and replaced, joining, and what is refused."""

import copy
import pickle
import unittest

import httpx


class Components(unittest.TestCase):
    def test_every_component_of_a_full_url(self):
        text = "HTTPS://jo%40email.com:a%20secret@müller.de:1234/pa%20th?search=ab#anchor%20link"
        url = httpx.URL(text)
        self.assertEqual((url.scheme, url.raw_scheme), ("https", b"https"))
        self.assertEqual(url.userinfo, b"jo%40email.com:a%20secret")
        self.assertEqual((url.username, url.password), ("jo@email.com", "a secret"))
        self.assertEqual((url.host, url.raw_host), ("müller.de", b"xn--mller-kva.de"))
        self.assertEqual((url.port, url.netloc), (1234, b"xn--mller-kva.de:1234"))
        self.assertEqual((url.path, url.raw_path), ("/pa th", b"/pa%20th?search=ab"))
        self.assertEqual((url.query, url.params["search"]), (b"search=ab", "ab"))
        self.assertEqual(url.fragment, "anchor link")
        self.assertTrue(url.is_absolute_url)
        self.assertFalse(url.is_relative_url)

    def test_an_empty_url(self):
        url = httpx.URL("")
        self.assertEqual((str(url), url.path, url.raw_path), ("", "/", b"/"))
        self.assertEqual((url.scheme, url.host, url.port, url.query), ("", "", None, b""))
        self.assertTrue(url.is_relative_url)
        self.assertEqual(httpx.URL(), url)

    def test_an_empty_query_is_kept(self):
        self.assertEqual(str(httpx.URL("http://h/?")), "http://h/?")
        self.assertEqual(httpx.URL("http://h/?").raw_path, b"/?")

    def test_default_ports_are_dropped(self):
        for scheme, port in dict(http=80, https=443, ws=80, wss=443, ftp=21).items():
            self.assertIsNone(httpx.URL(f"{scheme}://h:{port}/").port)
        self.assertEqual(httpx.URL("http://h:443/").port, 443)

    def test_hosts(self):
        for text, host, raw in (
            ("http://EXAMPLE.org", "example.org", b"example.org"),
            ("http://中国.icom.museum", "中国.icom.museum", b"xn--fiqs8s.icom.museum"),
            ("http://xn--fiqs8s.icom.museum", "中国.icom.museum", b"xn--fiqs8s.icom.museum"),
            ("https://faß.de", "faß.de", b"xn--fa-hia.de"),
            ("http://[::FFFF:192.168.0.1]:8", "::FFFF:192.168.0.1", b"::FFFF:192.168.0.1"),
            ("http://[fe80::1%25eth0]", "fe80::1%25eth0", b"fe80::1%25eth0"),
            ("http://under_score.example", "under_score.example", b"under_score.example"),
        ):
            url = httpx.URL(text)
            self.assertEqual((url.host, url.raw_host), (host, raw), text)

    def test_what_is_percent_encoded(self):
        url = httpx.URL("http://h/a b{}`?q=a b\"<>`{}'#f g`")
        self.assertEqual(str(url), "http://h/a%20b%7B%7D%60?q=a%20b%22%3C%3E`{}'#f%20g%60")
        self.assertEqual(str(httpx.URL("http://h/ü%2f%zz")), "http://h/%C3%BC%2f%zz")
        self.assertEqual(httpx.URL("http://a@b@h/").userinfo, b"a%40b")

    def test_dot_segments(self):
        self.assertEqual(httpx.URL("http://h/path/./to/x/..").path, "/path/to")
        self.assertEqual(str(httpx.URL("../../relative")), "../../relative")


class Refusals(unittest.TestCase):
    def refusal(self, *args, **kwargs):
        with self.assertRaises(httpx.InvalidURL) as caught:
            httpx.URL(*args, **kwargs)
        return str(caught.exception)

    def test_the_messages(self):
        long = "http://h/" + "x" * 65536
        for text, message in (
            (long, "URL too long"),
            ("http://h/\n", r"Invalid non-printable ASCII character in URL, '\n' at position 9."),
            ("http://h/\0", r"Invalid non-printable ASCII character in URL, '\x00' at position 9."),
            ("http://h:abc/", "Invalid port: 'abc'"),
            ("http://999.1.1.1/", "Invalid IPv4 address: '999.1.1.1'"),
            ("http://[::x]/", "Invalid IPv6 address: '[::x]'"),
            ("https://😇/", "Invalid IDNA hostname: '😇'"),
            ("https://ü_x.de/", "Invalid IDNA hostname: 'ü_x.de'"),
            ("////path", "Relative URLs cannot have a path starting with '//'"),
            ("::/", "Relative URLs cannot have a path starting with ':'"),
        ):
            self.assertEqual(self.refusal(text), message)

    def test_components(self):
        for component, message in (
            ({"path": "abc"}, "For absolute URLs, path must be empty or begin with '/'"),
            ({"path": "/a?b"}, "Invalid URL component 'path'"),
            ({"scheme": "1a"}, "Invalid URL component 'scheme'"),
            ({"query": b"a#b"}, "Invalid URL component 'query'"),
            ({"path": "/" * 65537}, "URL component 'path' too long"),
            (
                {"fragment": "a\tb"},
                r"Invalid non-printable ASCII character in URL fragment component, '\t' at "
                "position 1.",
            ),
        ):
            self.assertEqual(self.refusal("http://h", **component), message)

    def test_wrong_types(self):
        with self.assertRaises(TypeError) as caught:
            httpx.URL(1)
        message = "Invalid type for url.  Expected str or httpx.URL, got <class 'int'>: 1"
        self.assertEqual(str(caught.exception), message)
        with self.assertRaises(TypeError) as caught:
            httpx.URL("http://h", bogus="x")
        message = "'bogus' is an invalid keyword argument for URL()"
        self.assertEqual(str(caught.exception), message)
        with self.assertRaises(TypeError) as caught:
            httpx.URL("http://h", query="a=1")
        self.assertEqual(str(caught.exception), "Argument 'query' must be bytes but got str")


class Copies(unittest.TestCase):
    def test_each_component_can_be_replaced(self):
        url = httpx.URL("http://u:p@h:8/p?q#f")
        for component, text in (
            ({"scheme": "https"}, "https://u:p@h:8/p?q#f"),
            ({"username": "jo@x", "password": "a:b"}, "http://jo%40x:a%3Ab@h:8/p?q#f"),
            ({"username": None, "password": None}, "http://h:8/p?q#f"),
            ({"userinfo": b"a:b"}, "http://a:b@h:8/p?q#f"),
            ({"host": "::1"}, "http://u:p@[::1]:8/p?q#f"),
            ({"port": 80}, "http://u:p@h/p?q#f"),
            ({"port": None}, "http://u:p@h/p?q#f"),
            ({"netloc": b"x:1"}, "http://u:p@x:1/p?q#f"),
            ({"path": "/a b"}, "http://u:p@h:8/a%20b?q#f"),
            ({"query": None, "fragment": None}, "http://u:p@h:8/p"),
            ({"raw_path": b"/x?y"}, "http://u:p@h:8/x?y#f"),
            ({"raw_path": b"/x"}, "http://u:p@h:8/x#f"),
            ({"params": {"a": "1 2"}}, "http://u:p@h:8/p?a=1+2#f"),
            ({"params": {}}, "http://u:p@h:8/p#f"),
        ):
            self.assertEqual(str(url.copy_with(**component)), text)
        self.assertEqual(str(url), "http://u:p@h:8/p?q#f")

    def test_components_alone(self):
        url = httpx.URL(scheme="https", host="h", path="/a", params=[("x", 1), ("x", 2)])
        self.assertEqual(str(url), "https://h/a?x=1&x=2")

    def test_query_parameters(self):
        url = httpx.URL("http://h/?a=1&b=2&a=3")
        self.assertEqual(str(url.copy_set_param("a", "x")), "http://h/?a=x&b=2")
        self.assertEqual(str(url.copy_add_param("b", None)), "http://h/?a=1&a=3&b=2&b=")
        self.assertEqual(str(url.copy_remove_param("a")), "http://h/?b=2")
        self.assertEqual(str(url.copy_merge_params({"c": True})), "http://h/?a=1&a=3&b=2&c=true")
        self.assertEqual(str(httpx.URL("http://h/?a=1").copy_remove_param("a")), "http://h/")


class Joining(unittest.TestCase):
    def test_references(self):
        base = httpx.URL("http://a/b/c/d;p?q")
        for reference, target in {
            "g:h": "g:h",
            "g": "http://a/b/c/g",
            "http:g": "http://a/b/c/g",
            "g/": "http://a/b/c/g/",
            "//g": "http://g",
            "?y": "http://a/b/c/d;p?y",
            "#s": "http://a/b/c/d;p?q#s",
            "": "http://a/b/c/d;p?q",
            ".": "http://a/b/c/",
            "../../../g": "http://a/g",
            "g//h": "http://a/b/c/g/h",
            "/g//h": "http://a/g//h",
        }.items():
            self.assertEqual(str(base.join(reference)), target, reference)
        self.assertEqual(str(base.join(httpx.URL("g"))), "http://a/b/c/g")

    def test_a_base_without_a_hierarchy(self):
        self.assertEqual(str(httpx.URL("mailto:a@b").join("x")), "x")


class Objects(unittest.TestCase):
    def test_equality_and_hash(self):
        url = httpx.URL("http://EXAMPLE.com:80/")
        self.assertEqual(httpx.URL("https://h:443/"), "https://h/")
        self.assertEqual(httpx.URL("https://h/"), httpx.URL("https://h:443/"))
        self.assertNotEqual(url, 1)
        self.assertEqual(hash(httpx.URL("http://h")), hash("http://h"))

    def test_the_repr_hides_the_password(self):
        url = httpx.URL("https://user:pa%20ss@h/p")
        self.assertEqual(repr(url), "URL('https://user:[secure]@h/p')")
        self.assertEqual(str(url), "https://user:pa%20ss@h/p")

    def test_pickling_and_copying(self):
        url = httpx.URL("https://u:p@h/p?q#f")
        for other in (pickle.loads(pickle.dumps(url)), copy.copy(url), copy.deepcopy(url)):
            self.assertEqual(other, url)

    def test_a_subclass_with_a_constructor_of_its_own(self):
        class Api(httpx.URL):
            def __init__(self, version):
                super().__init__(f"https://h/v{version}")
                self.version = version

        api = copy.deepcopy(Api(2))
        self.assertEqual((str(api), api.version, type(api)), ("https://h/v2", 2, Api))
        self.assertEqual(repr(api), "Api('https://h/v2')")
        self.assertIs(type(api.copy_with(path="/")), httpx.URL)

    def test_methods_can_be_replaced(self):
        class Patched(httpx.URL):
            pass

        Patched.__str__ = lambda self: "patched"
        self.assertEqual(str(Patched("http://h")), "patched")


if __name__ == "__main__":
    unittest.main()
