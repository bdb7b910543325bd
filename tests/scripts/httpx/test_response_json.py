"""`Response.json()`: it parses bytes as Python's json does."""

import json
import math
import unittest

import httpx


def parsed(content, **options):
    return httpx.Response(200, content=content).json(**options)


class Json(unittest.TestCase):
    def test_every_kind_of_value(self):
        value = {"text": "é\u2028", "list": [1, -2.5, 1e300, True, False, None], "nested": {"": {}}}
        for ascii_only in (True, False):
            self.assertEqual(parsed(json.dumps(value, ensure_ascii=ascii_only).encode()), value)

    def test_numbers_keep_their_kind(self):
        values = parsed(b"[1, 1.0, 12345678901234567890123456789, -0.0, 1e2]")
        self.assertEqual([type(value) for value in values], [int, float, int, float, float])
        self.assertEqual(values[2], 12345678901234567890123456789)
        self.assertEqual(math.copysign(1, values[3]), -1)

    def test_nan_and_infinity(self):
        values = parsed(b"[NaN, Infinity, -Infinity]")
        self.assertTrue(math.isnan(values[0]))
        self.assertEqual(values[1:], [math.inf, -math.inf])

    def test_of_a_repeated_key_the_last_counts(self):
        self.assertEqual(parsed(b'{"a": 1, "b": 2, "a": 3}'), {"a": 3, "b": 2})
        self.assertEqual(list(parsed(b'{"b": 1, "a": 2}')), ["b", "a"])

    def test_lone_surrogates_and_other_encodings(self):
        self.assertEqual(parsed(b'"\\ud800"'), "\ud800")
        for encoding in ("utf-8-sig", "utf-16", "utf-32", "utf-16-le"):
            with self.subTest(encoding):
                self.assertEqual(parsed('{"é": 1}'.encode(encoding)), {"é": 1})

    def test_arguments_are_those_of_json_loads(self):
        self.assertEqual(parsed(b"[1, 1.5]", parse_int=str, parse_float=str), ["1", "1.5"])
        self.assertEqual(parsed(b'{"a": 1}', object_hook=lambda pairs: list(pairs)), ["a"])

    def test_what_is_no_json(self):
        for content in (b"", b"{", b"[1,]", b"nul", b'{"a": 1} x', b"'a'", b"01", b"\xff"):
            with self.subTest(content), self.assertRaises(ValueError):
                parsed(content)
        with self.assertRaises(json.JSONDecodeError) as caught:
            parsed(b'{"a":\n oops}')
        self.assertEqual((caught.exception.lineno, caught.exception.colno), (2, 2))

    def test_deep_nesting_is_an_error_and_no_crash(self):
        with self.assertRaises((RecursionError, ValueError)):
            parsed(b"[" * 100_000 + b"]" * 100_000)

    def test_a_response_without_content(self):
        with self.assertRaises(json.JSONDecodeError):
            httpx.Response(204).json()


if __name__ == "__main__":
    unittest.main()
