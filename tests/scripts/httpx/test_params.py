"""`params=`: how they reach the query of the URL."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


def sent_query(*args, **kwargs):
    return httpx.get(*args, **kwargs).json()["query"]


class Params(unittest.TestCase):
    def setUp(self):
        self.url = server("HTTP") + "/echo"

    def test_a_dict_becomes_the_query(self):
        params = {"search": "python", "limit": 10, "offset": 0}
        response = httpx.get(self.url, params=params)
        self.assertEqual(response.json()["query"], "search=python&limit=10&offset=0")
        self.assertEqual(str(response.url), self.url + "?search=python&limit=10&offset=0")

    def test_a_list_repeats_the_name(self):
        self.assertEqual(sent_query(self.url, params={"a": [1, 2], "b": "x"}), "a=1&a=2&b=x")

    def test_pairs_may_repeat_a_name(self):
        pairs = [("b", "1"), ("b", "3"), ("a", "2")]
        self.assertEqual(sent_query(self.url, params=pairs), "b=1&b=3&a=2")

    def test_none_and_booleans_have_a_text_form(self):
        params = {"none": None, "yes": True, "no": False}
        self.assertEqual(sent_query(self.url, params=params), "none=&yes=true&no=false")

    def test_special_characters_are_encoded(self):
        params = {"q": "a b&c=d", "name": "Grüße"}
        self.assertEqual(sent_query(self.url, params=params), "q=a+b%26c%3Dd&name=Gr%C3%BC%C3%9Fe")

    def test_the_query_of_the_url_is_sent_as_it_is(self):
        self.assertEqual(sent_query(self.url + "?a=1&b=%20"), "a=1&b=%20")

    def test_params_replace_the_query_of_the_url(self):
        self.assertEqual(sent_query(self.url + "?a=1", params={"b": "2"}), "b=2")

    def test_params_of_a_client_come_first(self):
        with httpx.Client(params={"key": "k", "page": 1}) as client:
            response = client.get(self.url, params={"page": 2})
        self.assertEqual(response.json()["query"], "key=k&page=2")

    def test_a_fragment_is_not_sent(self):
        echoed = httpx.get(self.url + "?a=1#part").json()
        self.assertEqual((echoed["path"], echoed["query"]), ("/echo", "a=1"))


if __name__ == "__main__":
    unittest.main()
