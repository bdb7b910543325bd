"""Headers as a value: encodings, duplicates, changing, comparing, showing."""

import copy
import inspect
import pickle
import unittest

import httpx


class Reading(unittest.TestCase):
    def setUp(self):
        self.headers = httpx.Headers([("a", "123"), ("a", "456, 7"), ("B", "789")])

    def test_views(self):
        self.assertEqual(list(self.headers), ["a", "b"])
        self.assertEqual(list(self.headers.keys()), ["a", "b"])
        self.assertEqual(list(self.headers.values()), ["123, 456, 7", "789"])
        self.assertEqual(list(self.headers.items()), [("a", "123, 456, 7"), ("b", "789")])
        self.assertEqual(self.headers.multi_items(), [("a", "123"), ("a", "456, 7"), ("b", "789")])
        self.assertEqual(self.headers.raw, [(b"a", b"123"), (b"a", b"456, 7"), (b"B", b"789")])
        self.assertEqual(len(self.headers), 3)

    def test_lists(self):
        self.assertEqual(self.headers.get_list("A"), ["123", "456, 7"])
        self.assertEqual(self.headers.get_list("A", split_commas=True), ["123", "456", "7"])
        self.assertEqual(self.headers.get_list("x"), [])

    def test_bytes_and_iterables(self):
        self.assertEqual(httpx.Headers({b"A": b"1"})["a"], "1")
        self.assertEqual(httpx.Headers((pair for pair in [("A", "1")]))["a"], "1")
        self.assertEqual(httpx.Headers(self.headers).raw, self.headers.raw)
        self.assertEqual(httpx.Headers(headers=None), {})


class Encodings(unittest.TestCase):
    def test_the_first_that_fits(self):
        for value, encoding in ((b"abc", "ascii"), ("ü".encode(), "utf-8"), (b"\xfc", "iso-8859-1")):
            headers = httpx.Headers({b"x": value})
            self.assertEqual(headers.encoding, encoding)
            self.assertEqual(headers["x"], value.decode(encoding))

    def test_one_that_is_asked_for(self):
        headers = httpx.Headers({b"x": "ü".encode()})
        headers.encoding = "iso-8859-1"
        self.assertEqual((headers["x"], headers.encoding), ("Ã¼", "iso-8859-1"))
        headers = httpx.Headers({"x": "€"}, encoding="cp1252")
        self.assertEqual((headers.raw, headers["x"]), ([(b"x", b"\x80")], "€"))

    def test_what_cannot_be_encoded_or_decoded(self):
        with self.assertRaises(UnicodeEncodeError):
            httpx.Headers({"x": "ü"})
        headers = httpx.Headers({b"x": b"\xfc"}, encoding="ascii")
        with self.assertRaises(UnicodeDecodeError):
            headers["x"]

    def test_what_is_set_is_utf8(self):
        headers = httpx.Headers()
        headers["x"] = "ü"
        self.assertEqual((headers.raw, headers.encoding), ([(b"x", b"\xc3\xbc")], "utf-8"))

    def test_a_value_of_another_type(self):
        with self.assertRaises(TypeError) as caught:
            httpx.Headers({"x": 1})
        self.assertEqual(
            str(caught.exception), "Header value must be str or bytes, not <class 'int'>"
        )


class Changing(unittest.TestCase):
    def setUp(self):
        self.headers = httpx.Headers([("a", "1"), ("B", "2"), ("A", "3")])

    def test_setting_replaces_the_first_and_drops_the_others(self):
        self.headers["A"] = "9"
        self.assertEqual(self.headers.raw, [(b"A", b"9"), (b"B", b"2")])

    def test_deleting(self):
        del self.headers["A"]
        self.assertEqual(self.headers, {"b": "2"})
        with self.assertRaises(KeyError):
            del self.headers["a"]

    def test_update_keeps_duplicates_of_the_new(self):
        self.headers.update([("a", "x"), ("a", "y")])
        self.assertEqual(self.headers.raw, [(b"B", b"2"), (b"a", b"x"), (b"a", b"y")])
        self.headers.update()
        self.assertEqual(len(self.headers), 3)

    def test_the_methods_of_a_mutable_mapping(self):
        self.assertEqual(self.headers.pop("A"), "1, 3")
        self.assertEqual(self.headers.pop("a", None), None)
        with self.assertRaises(KeyError):
            self.headers.pop("a")
        self.assertEqual(self.headers.setdefault("c", "4"), "4")
        self.assertEqual(self.headers.setdefault("B", "5"), "2")
        self.assertEqual(self.headers.popitem(), ("b", "2"))
        self.headers.clear()
        with self.assertRaises(KeyError):
            self.headers.popitem()

    def test_a_copy_is_another(self):
        other = self.headers.copy()
        other["b"] = "x"
        self.assertEqual(self.headers["b"], "2")


class Objects(unittest.TestCase):
    def test_equality(self):
        headers = httpx.Headers([("A", "1"), ("b", "2")])
        self.assertEqual(headers, {"B": "2", "a": "1"})
        self.assertEqual(headers, [("b", "2"), (b"a", b"1")])
        self.assertNotEqual(headers, {"a": "2"})

    def test_repr(self):
        for source, shown in (
            ({}, "Headers({})"),
            ({"A": "1"}, "Headers({'a': '1'})"),
            ([("a", "1"), ("a", "2")], "Headers([('a', '1'), ('a', '2')])"),
            ({"Authorization": "x"}, "Headers({'authorization': '[secure]'})"),
            ({b"Proxy-Authorization": b"x"}, "Headers({'proxy-authorization': '[secure]'})"),
            ({b"a": "ü".encode()}, "Headers({'a': 'ü'}, encoding='utf-8')"),
            ({b"a": b"\xfc"}, "Headers({'a': 'ü'}, encoding='iso-8859-1')"),
        ):
            self.assertEqual(repr(httpx.Headers(source)), shown)

    def test_arguments_have_names(self):
        headers = httpx.Headers(headers={"a": "1"}, encoding=None)
        self.assertEqual(headers.get(key="b", default="2"), "2")
        self.assertEqual(list(inspect.signature(headers.get).parameters), ["key", "default"])
        self.assertIn("encoding", inspect.signature(httpx.Headers).parameters)

    def test_pickling_and_copying(self):
        headers = httpx.Headers([("A", "1"), ("a", "2")], encoding="utf-8")
        for other in (pickle.loads(pickle.dumps(headers)), copy.deepcopy(headers)):
            self.assertEqual((other.raw, other.encoding), (headers.raw, "utf-8"))


if __name__ == "__main__":
    unittest.main()
