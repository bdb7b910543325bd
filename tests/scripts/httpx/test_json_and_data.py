"""Bodies: `json=`, `data=`, `content=`, and `Response.json()`."""

import base64
import json
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


def post(**kwargs):
    return httpx.post(server("HTTP") + "/echo", **kwargs).json()


class Json(unittest.TestCase):
    def test_json_is_compact_and_not_escaped(self):
        echoed = post(json={"name": "Grüße", "numbers": [1, 2.5, None, True]})
        self.assertEqual(echoed["body"], '{"name":"Grüße","numbers":[1,2.5,null,true]}')

    def test_json_sets_type_and_length(self):
        headers = dict(post(json={})["headers"])
        self.assertEqual(headers["content-type"], "application/json")
        self.assertEqual(headers["content-length"], "2")

    def test_a_given_content_type_wins(self):
        headers = dict(post(json={}, headers={"Content-Type": "application/x"})["headers"])
        self.assertEqual(headers["content-type"], "application/x")

    def test_json_that_is_no_object(self):
        for value, text in (([], "[]"), ("x", '"x"'), (0, "0"), (False, "false")):
            with self.subTest(text):
                self.assertEqual(post(json=value)["body"], text)

    def test_what_json_cannot_express_is_refused(self):
        with self.assertRaises(ValueError):
            post(json={"number": float("nan")})
        with self.assertRaises(TypeError):
            post(json={"object": object()})

    def test_big_numbers_survive(self):
        self.assertEqual(post(json=2**100)["body"], str(2**100))


class Data(unittest.TestCase):
    def test_a_dict_is_sent_as_a_form(self):
        echoed = post(data={"username": "alice", "password": "a b&c"})
        self.assertEqual(echoed["body"], "username=alice&password=a+b%26c")
        content_type = dict(echoed["headers"])["content-type"]
        self.assertEqual(content_type, "application/x-www-form-urlencoded")

    def test_a_list_repeats_the_name(self):
        self.assertEqual(post(data={"a": ["1", "2"], "b": 3})["body"], "a=1&a=2&b=3")

    def test_other_alphabets_are_sent_as_utf_8(self):
        self.assertEqual(post(data={"ü": "я"})["body"], "%C3%BC=%D1%8F")


class Content(unittest.TestCase):
    def test_text_is_sent_as_utf_8(self):
        echoed = post(content="Grüße")
        self.assertEqual(echoed["body"], "Grüße")
        self.assertEqual(dict(echoed["headers"])["content-length"], "7")

    def test_bytes_are_sent_as_they_are(self):
        content = bytes(range(256))
        self.assertEqual(base64.b64decode(post(content=content)["body_base64"]), content)

    def test_a_large_body_arrives_whole(self):
        content = bytes(range(256)) * 8192
        self.assertEqual(base64.b64decode(post(content=content)["body_base64"]), content)

    def test_no_body_is_announced_as_empty(self):
        self.assertEqual(dict(post()["headers"])["content-length"], "0")

    def test_an_empty_form_leaves_the_json(self):
        sent = post(data={}, json={"a": 1})
        self.assertEqual(sent["body"], '{"a":1}')
        self.assertNotIn("content-type", dict(post(data={})["headers"]))

    def test_text_content_has_no_content_type_of_its_own(self):
        self.assertNotIn("content-type", dict(post(content="hi")["headers"]))


class ResponseJson(unittest.TestCase):
    def test_json_is_parsed(self):
        expected = {"name": "Grüße", "numbers": [1, 2.5, None], "nested": {"ok": True}}
        self.assertEqual(httpx.get(server("HTTP") + "/json").json(), expected)

    def test_what_is_no_json_raises_value_error(self):
        response = httpx.get(server("HTTP") + "/")
        with self.assertRaises(json.JSONDecodeError):
            response.json()
        self.assertEqual(response.text, "Hello, world!")


if __name__ == "__main__":
    unittest.main()
