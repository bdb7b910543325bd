"""Headers: those sent by default, those given, and those of a response."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


def sent_headers(response):
    return [(name, value) for name, value in response.json()["headers"]]


class RequestHeaders(unittest.TestCase):
    def setUp(self):
        self.url = server("HTTP") + "/echo"

    def test_headers_are_sent(self):
        headers = {"X-Token": "abc", "Accept": "application/json"}
        sent = dict(sent_headers(httpx.get(self.url, headers=headers)))
        self.assertEqual(sent["x-token"], "abc")
        self.assertEqual(sent["accept"], "application/json")

    def test_defaults_are_sent(self):
        sent = dict(sent_headers(httpx.get(self.url)))
        self.assertEqual(sent["accept"], "*/*")
        self.assertEqual(sent["connection"], "keep-alive")
        self.assertEqual(sent["host"], self.url.split("/")[2])
        self.assertIn("httpx", sent["user-agent"])

    def test_a_get_announces_no_body(self):
        sent = dict(sent_headers(httpx.get(self.url)))
        self.assertNotIn("content-length", sent)
        self.assertNotIn("transfer-encoding", sent)

    def test_the_user_agent_can_be_replaced_whatever_its_case(self):
        headers = {"USER-AGENT": "TauraroBot/1.0"}
        sent = sent_headers(httpx.get(self.url, headers=headers))
        agents = [value for name, value in sent if name == "user-agent"]
        self.assertEqual(agents, ["TauraroBot/1.0"])

    def test_pairs_may_repeat_a_name(self):
        sent = sent_headers(httpx.get(self.url, headers=[("X-A", "1"), ("X-A", "2")]))
        self.assertEqual([value for name, value in sent if name == "x-a"], ["1", "2"])

    def test_headers_of_a_client_are_sent_with_every_request(self):
        with httpx.Client(headers={"X-One": "1", "X-Two": "1"}) as client:
            client.headers["X-Three"] = "3"
            for _ in range(2):
                sent = dict(sent_headers(client.get(self.url, headers={"X-Two": "2"})))
                self.assertEqual((sent["x-one"], sent["x-two"], sent["x-three"]), ("1", "2", "3"))

    def test_a_line_break_in_a_header_is_refused(self):
        with self.assertRaises((httpx.LocalProtocolError, ValueError)):
            httpx.get(self.url, headers={"X-A": "1\r\nX-Smuggled: 2"})


class ResponseHeaders(unittest.TestCase):
    def setUp(self):
        self.headers = httpx.get(server("HTTP") + "/headers?X-One=1&X-Many=a&X-Many=b").headers

    def test_names_are_found_in_any_case(self):
        for name in ("x-one", "X-One", "X-ONE"):
            self.assertEqual(self.headers[name], "1")
            self.assertIn(name, self.headers)

    def test_a_missing_name(self):
        self.assertNotIn("x-none", self.headers)
        self.assertIsNone(self.headers.get("x-none"))
        self.assertEqual(self.headers.get("x-none", "default"), "default")
        with self.assertRaises(KeyError):
            self.headers["x-none"]

    def test_a_repeated_name_is_joined_and_listed(self):
        self.assertEqual(self.headers["x-many"], "a, b")
        self.assertEqual(self.headers.get_list("x-many"), ["a", "b"])

    def test_items_and_multi_items(self):
        self.assertIn(("x-many", "a, b"), list(self.headers.items()))
        self.assertIn(("x-many", "a"), self.headers.multi_items())
        self.assertIn(("x-many", "b"), self.headers.multi_items())

    def test_content_type(self):
        self.assertEqual(self.headers["content-type"], "text/plain; charset=utf-8")


class Mapping(unittest.TestCase):
    def test_headers_are_a_mapping(self):
        from collections.abc import MutableMapping

        headers = httpx.Headers({"A": "1", "B": "2"})
        self.assertIsInstance(headers, MutableMapping)
        self.assertEqual(headers.keys() & {"a", "x"}, {"a"})
        self.assertEqual(dict(headers), {"a": "1", "b": "2"})
        with self.assertRaises(TypeError):
            hash(headers)
        headers.clear()
        self.assertEqual(len(headers), 0)


if __name__ == "__main__":
    unittest.main()
