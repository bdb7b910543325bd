"""DigestAuth in a client: what is sent again, and when it ends."""

import asyncio
import unittest

import httpx

URL = "http://example.org/"


class Guard:
    """Asks for credentials so many times, with a fresh nonce each time."""

    def __init__(self, refusals):
        self.refusals = refusals
        self.seen = []

    def __call__(self, request):
        self.seen.append(request.headers.get("Authorization"))
        if len(self.seen) > self.refusals:
            return httpx.Response(200)
        challenge = f'Digest realm="here", nonce="n{len(self.seen)}", qop="auth"'
        return httpx.Response(401, headers={"WWW-Authenticate": challenge})


class Digest(unittest.TestCase):
    def get(self, guard, auth, times=1):
        with httpx.Client(transport=httpx.MockTransport(guard), auth=auth) as client:
            return [client.get(URL) for _ in range(times)]

    def test_a_challenge_is_answered_once(self):
        guard = Guard(refusals=1)
        (response,) = self.get(guard, httpx.DigestAuth("user", "secret"))
        self.assertEqual(response.status_code, 200)
        self.assertEqual([it.status_code for it in response.history], [401])
        self.assertIsNone(guard.seen[0])
        self.assertIn('nonce="n1"', guard.seen[1])

    def test_refused_credentials_are_not_sent_for_ever(self):
        guard = Guard(refusals=100)
        (response,) = self.get(guard, httpx.DigestAuth("user", "wrong"))
        self.assertEqual(response.status_code, 401)
        self.assertEqual(len(response.history), 1)
        self.assertEqual(len(guard.seen), 2)

    def test_a_challenge_to_the_nonce_of_before_is_answered_once(self):
        guard = Guard(refusals=100)
        first, second = self.get(guard, httpx.DigestAuth("user", "wrong"), times=2)
        self.assertEqual((first.status_code, second.status_code), (401, 401))
        self.assertEqual([len(it.history) for it in (first, second)], [1, 1])
        nonces = [None, "n1", "n1", "n3"]
        for value, nonce in zip(guard.seen, nonces, strict=True):
            self.assertTrue(value is nonce or f'nonce="{nonce}"' in value, (value, nonce))

    def test_an_async_client_does_the_same(self):
        async def main():
            guard = Guard(refusals=100)
            transport = httpx.MockTransport(guard)
            async with httpx.AsyncClient(transport=transport) as client:
                response = await client.get(URL, auth=httpx.DigestAuth("user", "wrong"))
            return guard, response

        guard, response = asyncio.run(main())
        self.assertEqual((response.status_code, len(response.history)), (401, 1))
        self.assertEqual(len(guard.seen), 2)

    def test_a_streamed_body_goes_along_each_time(self):
        bodies = []
        guard = Guard(refusals=1)

        def handler(request):
            bodies.append(request.read())
            return guard(request)

        transport = httpx.MockTransport(handler)
        with httpx.Client(transport=transport, auth=httpx.DigestAuth("user", "secret")) as client:
            response = client.post(URL, content=(part for part in [b"one", b"two"]))
        self.assertEqual(bodies, [b"onetwo", b"onetwo"])
        self.assertEqual(response.request.content, b"onetwo")

    def test_a_generator_that_no_one_has_read_cannot_be_sent_twice(self):
        challenge = 'Digest realm="here", nonce="n", qop="auth"'

        class Transport(httpx.BaseTransport):
            def handle_request(self, request):
                for _ in request.stream:
                    pass
                return httpx.Response(401, headers={"WWW-Authenticate": challenge})

        auth = httpx.DigestAuth("user", "secret")
        with httpx.Client(transport=Transport(), auth=auth) as client:
            with self.assertRaises(httpx.StreamConsumed):
                client.post(URL, content=(part for part in [b"one", b"two"]))

    def test_hooks_see_a_streamed_body(self):
        bodies = []
        hooks = {"request": [lambda request: bodies.append(request.read())]}
        transport = httpx.MockTransport(lambda request: httpx.Response(200))
        auth = httpx.DigestAuth("user", "secret")
        with httpx.Client(transport=transport, auth=auth, event_hooks=hooks) as client:
            client.post(URL, content=(part for part in [b"one", b"two"]))
        self.assertEqual(bodies, [b"onetwo"])


if __name__ == "__main__":
    unittest.main()
