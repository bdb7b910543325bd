"""The names that Tauraro adds to httpx: Session, TimeoutError, and a dict as `timeout=`."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


class Names(unittest.TestCase):
    def test_session_is_client(self):
        self.assertIs(httpx.Session, httpx.Client)

    def test_timeout_error_is_timeout_exception(self):
        self.assertIs(httpx.TimeoutError, httpx.TimeoutException)

    def test_a_session_as_in_the_guide(self):
        session = httpx.Session()
        session.headers["Authorization"] = "Bearer token123"
        response = session.post(server("HTTP") + "/echo", json={"key": "value"})
        self.assertEqual(response.json()["body"], '{"key":"value"}')
        self.assertEqual(dict(response.json()["headers"])["authorization"], "Bearer token123")
        session.close()

    def test_timeout_error_catches_a_timeout(self):
        with self.assertRaises(httpx.TimeoutError):
            httpx.get(server("HTTP") + "/never", timeout=0.1)


class DictTimeouts(unittest.TestCase):
    def test_a_read_timeout(self):
        with self.assertRaises(httpx.ReadTimeout):
            httpx.get(server("HTTP") + "/never", timeout={"connect": 30.0, "read": 0.1})

    def test_the_rest_keep_their_defaults(self):
        # The default for reading is 5 s: long enough for this.
        response = httpx.get(server("HTTP") + "/delay/1500", timeout={"connect": 1})
        self.assertEqual(response.text, "waited")

    def test_none_in_a_dict_waits(self):
        with httpx.Client(timeout={"read": None, "connect": 30}) as client:
            self.assertEqual(client.get(server("HTTP") + "/delay/200").text, "waited")

    def test_an_unknown_key_is_refused_by_name(self):
        with self.assertRaises((TypeError, ValueError)) as caught:
            httpx.get(server("HTTP"), timeout={"reed": 1})
        self.assertIn("reed", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
