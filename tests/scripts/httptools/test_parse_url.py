"""`parse_url` of bytes, as in the package of the same name."""

import unittest

import httptools


def parts(url):
    parsed = httptools.parse_url(url)
    return (
        parsed.schema,
        parsed.userinfo,
        parsed.host,
        parsed.port,
        parsed.path,
        parsed.query,
        parsed.fragment,
    )


class ParseUrl(unittest.TestCase):
    def test_every_part(self):
        self.assertEqual(
            parts(b"https://user:pw@example.com:8080/path?query=value#fragment"),
            (b"https", b"user:pw", b"example.com", 8080, b"/path", b"query=value", b"fragment"),
        )

    def test_missing_parts_are_none(self):
        self.assertEqual(
            parts(b"http://example.com"), (b"http", None, b"example.com", None, None, None, None)
        )

    def test_a_path_alone(self):
        self.assertEqual(parts(b"/a?b"), (None, None, None, None, b"/a", b"b", None))

    def test_an_ipv6_host(self):
        parsed = httptools.parse_url(b"http://[::1]:80/")
        self.assertEqual((parsed.host, parsed.port), (b"::1", 80))

    def test_an_empty_part_is_none(self):
        for url in (b"/?", b"/#", b"/?#", b"/##"):
            with self.subTest(url):
                self.assertEqual(parts(url), (None, None, None, None, b"/", None, None))
        self.assertEqual(parts(b"/p?#f"), (None, None, None, None, b"/p", None, b"f"))
        self.assertEqual(parts(b"http://@h?"), (b"http", None, b"h", None, None, None, None))

    def test_odd_urls_are_cut_as_the_package_cuts_them(self):
        for url, expected in [
            (b"*?q", (None, None, None, None, b"*", b"q", None)),
            (b"*a", (None, None, None, None, b"*a", None, None)),
            (b"//u@h:1/p", (None, None, None, None, b"//u@h:1/p", None, None)),
            (b"/a?b?c#d?e#f", (None, None, None, None, b"/a", b"b?c", b"d?e#f")),
            (b"HTTP://.H./", (b"HTTP", None, b".H.", None, b"/", None, None)),
            (b"http://u:p:q@h//", (b"http", b"u:p:q", b"h", None, b"//", None, None)),
            (b"a://u!$&'()*+,;=-_.~%@h", (b"a", b"u!$&'()*+,;=-_.~%", b"h") + (None,) * 4),
            (b"http://h:00080", (b"http", None, b"h", 80, None, None, None)),
            (b"http://h:0", (b"http", None, b"h", 0, None, None, None)),
            (b"http://u@[::1]:8", (b"http", b"u", b"::1", 8, None, None, None)),
            (b"http://[fe80::1%eth0]", (b"http", None, b"fe80::1%eth0") + (None,) * 4),
            (b"http://[1.2.3.4]", (b"http", None, b"1.2.3.4") + (None,) * 4),
        ]:
            with self.subTest(url):
                self.assertEqual(parts(url), expected)

    def test_what_the_package_refuses_is_refused(self):
        for url in (
            *(b"http://<h>/", b'http://h"/', b"http://h\\x/", b"http://h_x/", b"http://h%20/"),
            *(b"http://[zz]/", b"http://[]/", b"http://[::1]x/", b"http://[::1%]/", b"http://::1/"),
            *(b"http://a@b@c/", b"http://h@/", b"http://u@:80/", b"http://u|@h/", b"http://u[@h/"),
            *(b"a+b://h/", b"http1://h/", b"://h/", b"http:/h/", b"http:///p", b"http://?q"),
            *(b"http://h:/", b"http://h:80x/", b"http://h#f", b"http://\xc3\xa9/", b"/\xc3\xa9"),
        ):
            with self.subTest(url), self.assertRaises(httptools.HttpParserInvalidURLError):
                httptools.parse_url(url)

    def test_what_is_no_url_is_refused(self):
        for url in (b"", b"nonsense", b"http://h:99999/", b"http://h:port/", b"http://h/a b"):
            with self.subTest(url), self.assertRaises(httptools.HttpParserInvalidURLError):
                httptools.parse_url(url)

    def test_the_error_is_a_parser_error(self):
        self.assertTrue(issubclass(httptools.HttpParserInvalidURLError, httptools.HttpParserError))

    def test_what_is_no_text_is_a_type_error(self):
        for value in (None, 1, ["http://h/"]):
            with self.subTest(value=value), self.assertRaises(TypeError):
                httptools.parse_url(value)


if __name__ == "__main__":
    unittest.main()
