"""`websockets.datastructures.Headers`."""

import unittest

from websockets.datastructures import Headers, MultipleValuesError


class Repeated(unittest.TestCase):
    def setUp(self):
        self.headers = Headers([("Set-Cookie", "a=1"), ("Host", "h"), ("set-cookie", "b=2")])

    def test_all_values_are_kept(self):
        self.assertEqual(self.headers.get_all("SET-COOKIE"), ["a=1", "b=2"])
        with self.assertRaises(MultipleValuesError):
            self.headers["Set-Cookie"]

    def test_clear_removes_them_all(self):
        self.headers.clear()
        self.assertEqual((len(self.headers), list(self.headers.raw_items())), (0, []))


if __name__ == "__main__":
    unittest.main()
