"""DigestAuth where it does more than httpx's."""

import pickle
import re
import threading
import unittest

import httpx


class Request:
    method = "GET"

    def __init__(self):
        self.url = httpx.URL("http://example.org/")
        self.headers = {}


class Response:
    status_code = 401
    cookies = None

    def __init__(self, *challenges):
        self.headers = self
        self._challenges = challenges

    def get_list(self, name):
        return list(self._challenges)


def authorize(auth, *challenges):
    flow = auth.auth_flow(Request())
    next(flow)
    return flow.send(Response(*challenges)).headers["Authorization"]


class Digest(unittest.TestCase):
    def test_threads_never_use_a_count_twice(self):
        auth = httpx.DigestAuth("user", "pass")
        authorize(auth, 'Digest realm="r", nonce="n", qop="auth"')
        counts = []

        def run():
            for _ in range(50):
                header = next(auth.auth_flow(Request())).headers["Authorization"]
                counts.append(re.search("nc=([0-9a-f]+)", header)[1])

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(counts)), 200)

    def test_a_challenge_after_another_in_one_field_is_found(self):
        header = authorize(
            httpx.DigestAuth("user", "pass"), 'Basic realm="b", Digest realm="d", nonce="n"'
        )
        self.assertIn('realm="d"', header)

    def test_an_unknown_algorithm_is_passed_over(self):
        unknown = 'Digest realm="d", nonce="n", algorithm=SHA-512-256'
        auth = httpx.DigestAuth("user", "pass")
        with self.assertRaises(httpx.ProtocolError) as raised:
            authorize(auth, unknown)
        self.assertIn("SHA-512-256", str(raised.exception))
        known = 'Digest realm="d", nonce="n", algorithm=SHA-256'
        self.assertIn("algorithm=SHA-256", authorize(auth, unknown, known))

    def test_a_challenge_that_nothing_answers_is_forgotten(self):
        auth = httpx.DigestAuth("user", "pass")
        with self.assertRaises(NotImplementedError):
            authorize(auth, 'Digest realm="r", nonce="n", qop="auth-int"')
        self.assertEqual(next(auth.auth_flow(Request())).headers, {})

    def test_pickling_keeps_the_credentials_and_attributes(self):
        auth = httpx.DigestAuth("user", "pass")
        auth.note = "mine"
        other = pickle.loads(pickle.dumps(auth))
        self.assertEqual(other.note, "mine")
        self.assertIn('username="user"', authorize(other, 'Digest realm="r", nonce="n"'))

    def test_quotes_are_escaped(self):
        header = authorize(httpx.DigestAuth('a"b', "pass"), r'Digest realm="c\\d", nonce="n"')
        self.assertIn(r'username="a\"b", realm="c\\d"', header)


if __name__ == "__main__":
    unittest.main()
