"""Cookies where they do more than httpx's."""

import copy
import pickle
import subprocess
import sys
import unittest

import httpx


class Request:
    url = "http://example.co.uk/"


class Response:
    request = Request()

    def __init__(self, *fields):
        self.headers = self
        self._fields = fields

    def multi_items(self):
        return [("Set-Cookie", field) for field in self._fields]


class Own(unittest.TestCase):
    def test_cookies_are_pickled_and_copied(self):
        cookies = httpx.Cookies({"a": "1"})
        cookies.set("b", "2", domain="example.org", path="/x")
        cookies.note = "mine"
        for other in (pickle.loads(pickle.dumps(cookies)), copy.deepcopy(cookies)):
            self.assertEqual(repr(other), repr(cookies))
            self.assertEqual(other.note, "mine")
            other["a"] = "changed"
        self.assertEqual(cookies["a"], "1")

    def test_a_public_suffix_is_refused_whichever_way_cookies_are_kept(self):
        for ask_for_jar in (False, True):
            cookies = httpx.Cookies()
            if ask_for_jar:
                cookies.jar
            cookies.extract_cookies(Response("a=1; Domain=co.uk", "b=1; Domain=example.co.uk"))
            self.assertEqual(list(cookies), ["b"])

    def test_no_jar_is_made_before_one_is_asked_for(self):
        code = (
            "import sys, httpx; c = httpx.Cookies({'a': '1'}); c['b'] = '2'; repr(c); len(c);"
            "assert 'http.cookiejar' not in sys.modules;"
            "c.jar; assert 'http.cookiejar' in sys.modules"
        )
        subprocess.run([sys.executable, "-c", code], check=True)

    def test_what_is_no_cookies_is_refused(self):
        for wrong in (5, "a=1", (("a", "1"),)):
            with self.assertRaises(TypeError):
                httpx.Cookies(wrong)
        for name, value in ((1, "a"), ("a", 1), ("a", b"1")):
            with self.assertRaises(TypeError):
                httpx.Cookies().set(name, value)


if __name__ == "__main__":
    unittest.main()
