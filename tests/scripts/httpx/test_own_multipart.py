"""Multipart bodies where Tauraro is stricter than httpx."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


class Injection(unittest.TestCase):
    def refuse(self, **kwargs):
        with self.assertRaises(httpx.LocalProtocolError):
            httpx.post(server("HTTP") + "/echo", **kwargs)

    def test_header_fields_of_a_part_cannot_inject_others(self):
        self.refuse(files={"f": ("a", b"", "text/x\r\nX: 1")})
        self.refuse(files={"f": ("a", b"", "text/x", {"A": "1\r\nX: 1"})})
        self.refuse(files={"f": ("a", b"", "text/x", {"A\r\nX": "1"})})


class Headers(unittest.TestCase):
    def test_the_scripts_own_header_fields_are_left_as_they_are(self):
        headers = {"X-A": "1"}
        httpx.post(server("HTTP") + "/echo", files={"f": ("a.txt", b"", None, headers)})
        self.assertEqual(headers, {"X-A": "1"})


if __name__ == "__main__":
    unittest.main()
