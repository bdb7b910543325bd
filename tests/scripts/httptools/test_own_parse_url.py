"""`parse_url` of str: Tauraro's own."""

import unittest

import httptools


class ParseUrl(unittest.TestCase):
    def test_the_example_of_the_guide(self):
        url = httptools.parse_url("https://example.com:8080/path?query=value#fragment")
        self.assertEqual(url.scheme, "https")
        self.assertEqual(url.host, "example.com")
        self.assertEqual(url.port, 8080)
        self.assertEqual(url.path, "/path")
        self.assertEqual(url.query, "query=value")
        self.assertEqual(url.fragment, "fragment")
        self.assertIsNone(url.userinfo)

    def test_both_spellings_on_both_kinds(self):
        text = httptools.parse_url("http://h/")
        self.assertEqual((text.scheme, text.schema), ("http", "http"))
        raw = httptools.parse_url(b"http://h/")
        self.assertEqual((raw.scheme, raw.schema), (b"http", b"http"))

    def test_missing_parts_are_none(self):
        url = httptools.parse_url("http://example.com")
        parts = (url.userinfo, url.port, url.path, url.query, url.fragment)
        self.assertEqual(parts, (None,) * 5)

    def test_the_user_is_kept(self):
        self.assertEqual(httptools.parse_url("http://user:pw@h/").userinfo, "user:pw")

    def test_what_is_no_url_is_refused(self):
        for url in ("", "nonsense", "http://h:99999/"):
            with self.subTest(url), self.assertRaises(httptools.HttpParserInvalidURLError):
                httptools.parse_url(url)

    def test_a_refusal_does_not_tell_the_password(self):
        for url in ("http://user:pw@h:99999/a@b", b"http://user:pw@h:x/"):
            with self.assertRaises(httptools.HttpParserInvalidURLError) as caught:
                httptools.parse_url(url)
            self.assertNotIn("pw", str(caught.exception))
            self.assertIn("http://[secure]@h:", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
