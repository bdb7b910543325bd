"""QueryParams: an immutable multidict."""

import collections.abc
import copy
import pickle
import unittest

import httpx


class Construction(unittest.TestCase):
    def test_every_form(self):
        for source in (
            "a=123&a=456&b=789",
            b"a=123&a=456&b=789",
            {"a": ["123", "456"], "b": 789},
            {"a": ("123", "456"), "b": "789"},
            [("a", "123"), ("a", "456"), ("b", "789")],
            (("a", "123"), ("a", "456"), ("b", "789")),
            httpx.QueryParams("a=123&a=456&b=789"),
        ):
            params = httpx.QueryParams(source)
            self.assertEqual(params.multi_items(), [("a", "123"), ("a", "456"), ("b", "789")])
            self.assertEqual(str(params), "a=123&a=456&b=789")

    def test_nothing_and_names(self):
        self.assertEqual(str(httpx.QueryParams()), "")
        self.assertEqual(str(httpx.QueryParams(None)), "")
        self.assertEqual(str(httpx.QueryParams(a=1, b="x")), "a=1&b=x")
        with self.assertRaises(AssertionError):
            httpx.QueryParams({"a": 1}, {"b": 2})
        with self.assertRaises(AssertionError):
            httpx.QueryParams({"a": 1}, b=2)

    def test_values_become_text(self):
        params = httpx.QueryParams({"t": True, "f": False, "n": None, "x": 1.5, "b": b"y"})
        self.assertEqual(params.multi_items()[:4], [("t", "true"), ("f", "false"), ("n", ""), ("x", "1.5")])
        self.assertEqual(params["b"], "b'y'")
        self.assertEqual(httpx.QueryParams({True: 1}).multi_items(), [("True", "1")])

    def test_text_is_taken_apart_and_put_together(self):
        params = httpx.QueryParams("q=a+b%20c&empty=&none&ü=%C3%9F")
        self.assertEqual(params["q"], "a b c")
        self.assertEqual((params["empty"], params["none"], params["ü"]), ("", "", "ß"))
        self.assertEqual(str(params), "q=a+b+c&empty=&none=&%C3%BC=%C3%9F")
        with self.assertRaises(UnicodeDecodeError):
            httpx.QueryParams(b"\xff=1")


class Reading(unittest.TestCase):
    def setUp(self):
        self.params = httpx.QueryParams("a=123&a=456&b=789")

    def test_views(self):
        self.assertEqual(list(self.params), ["a", "b"])
        self.assertEqual(list(self.params.keys()), ["a", "b"])
        self.assertEqual(list(self.params.values()), ["123", "789"])
        self.assertEqual(dict(self.params.items()), {"a": "123", "b": "789"})
        self.assertEqual(dict(self.params), {"a": "123", "b": "789"})

    def test_single_values(self):
        self.assertEqual(self.params["a"], "123")
        self.assertEqual(self.params.get("a"), "123")
        self.assertEqual((self.params.get("x"), self.params.get("x", 1)), (None, 1))
        self.assertEqual((self.params.get_list("a"), self.params.get_list("x")), (["123", "456"], []))
        self.assertIn("a", self.params)
        self.assertNotIn("x", self.params)
        self.assertNotIn(1, self.params)
        with self.assertRaises(KeyError):
            self.params["x"]

    def test_size_and_truth(self):
        self.assertEqual((len(self.params), bool(self.params)), (2, True))
        self.assertFalse(httpx.QueryParams(""))

    def test_it_is_a_mapping(self):
        self.assertIsInstance(self.params, collections.abc.Mapping)


class Changing(unittest.TestCase):
    def setUp(self):
        self.params = httpx.QueryParams("a=1&b=2")

    def test_changed_copies(self):
        self.assertEqual(str(self.params.set("a", 9)), "a=9&b=2")
        self.assertEqual(str(self.params.add("a", 9)), "a=1&a=9&b=2")
        self.assertEqual(str(self.params.add("c")), "a=1&b=2&c=")
        self.assertEqual(str(self.params.remove("a")), "b=2")
        self.assertEqual(str(self.params.remove("x")), "a=1&b=2")
        self.assertEqual(str(self.params.merge({"a": [7, 8], "c": 3})), "a=7&a=8&b=2&c=3")
        self.assertEqual(str(self.params.merge()), "a=1&b=2")
        self.assertEqual(str(self.params), "a=1&b=2")

    def test_it_cannot_be_changed(self):
        with self.assertRaises(RuntimeError) as caught:
            self.params.update({"a": 1})
        self.assertEqual(
            str(caught.exception),
            "QueryParams are immutable since 0.18.0. "
            "Use `q = q.merge(...)` to create an updated copy.",
        )
        with self.assertRaises(RuntimeError) as caught:
            self.params["a"] = "1"
        self.assertEqual(
            str(caught.exception),
            "QueryParams are immutable since 0.18.0. "
            "Use `q = q.set(key, value)` to create an updated copy.",
        )


class Objects(unittest.TestCase):
    def test_equality_ignores_the_order(self):
        params = httpx.QueryParams("a=1&b=2&a=3")
        self.assertEqual(params, httpx.QueryParams("b=2&a=3&a=1"))
        self.assertNotEqual(params, httpx.QueryParams("a=1"))
        self.assertNotEqual(params, "a=1&b=2&a=3")
        self.assertEqual(hash(params), hash("a=1&a=3&b=2"))

    def test_repr(self):
        self.assertEqual(repr(httpx.QueryParams("a=x y")), "QueryParams('a=x+y')")

    def test_pickling_and_copying(self):
        params = httpx.QueryParams("a=1&b=2&a=3")
        for other in (pickle.loads(pickle.dumps(params)), copy.deepcopy(params)):
            self.assertEqual(str(other), str(params))


if __name__ == "__main__":
    unittest.main()
