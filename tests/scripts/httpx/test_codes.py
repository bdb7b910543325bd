"""codes: an IntEnum of status codes."""

import enum
import pickle
import unittest

import httpx


class Codes(unittest.TestCase):
    def test_members(self):
        self.assertEqual(httpx.codes.NOT_FOUND, 404)
        self.assertIs(httpx.codes(404), httpx.codes.NOT_FOUND)
        self.assertIs(httpx.codes["NOT_FOUND"], httpx.codes.NOT_FOUND)
        self.assertIsInstance(httpx.codes.OK, enum.IntEnum)
        self.assertEqual(str(httpx.codes.NOT_FOUND), "404")
        self.assertEqual(f"{httpx.codes.NOT_FOUND}", "404")
        self.assertEqual(repr(httpx.codes.NOT_FOUND), "<codes.NOT_FOUND: 404>")
        self.assertIn(httpx.codes.OK, {200})
        self.assertTrue(httpx.codes.OK < 300)
        self.assertEqual(len(httpx.codes), 62)
        with self.assertRaises(ValueError):
            httpx.codes(600)

    def test_names(self):
        for name, value in {
            "IM_A_TEAPOT": 418,
            "NON_AUTHORITATIVE_INFORMATION": 203,
            "REQUEST_URI_TOO_LONG": 414,
            "MULTI_STATUS": 207,
            "HTTP_VERSION_NOT_SUPPORTED": 505,
        }.items():
            self.assertEqual(httpx.codes[name].value, value)

    def test_lower_case_names_are_numbers(self):
        self.assertEqual(httpx.codes.not_found, 404)
        self.assertIs(type(httpx.codes.not_found), int)

    def test_phrases(self):
        self.assertEqual(httpx.codes.IM_A_TEAPOT.phrase, "I'm a teapot")
        self.assertEqual(httpx.codes.get_reason_phrase(404), "Not Found")
        self.assertEqual(httpx.codes.get_reason_phrase(499), "")

    def test_predicates(self):
        for predicate, codes in {
            "is_informational": {100, 199},
            "is_success": {200, 299},
            "is_redirect": {300, 399},
            "is_client_error": {400, 499},
            "is_server_error": {500, 599},
            "is_error": {400, 499, 500, 599},
        }.items():
            seen = set(filter(getattr(httpx.codes, predicate), (99, 100, 199, 200, 299, 300, 399, 400, 499, 500, 599, 600)))
            self.assertEqual(seen, codes, predicate)

    def test_pickling(self):
        self.assertIs(pickle.loads(pickle.dumps(httpx.codes.OK)), httpx.codes.OK)


if __name__ == "__main__":
    unittest.main()
