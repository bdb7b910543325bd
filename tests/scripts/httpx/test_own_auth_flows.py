"""Authentication beyond httpx: `FunctionAuth` by name, and Digest for a body that comes once."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response

CHALLENGE = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'


class Own(unittest.IsolatedAsyncioTestCase):
    def test_function_auth(self):
        def sign(request):
            request.headers["X-Signature"] = "own"
            return request

        def echo(request):
            return httpx.Response(200, text=request.headers["x-signature"])

        client = httpx.Client(transport=httpx.MockTransport(echo))
        self.assertEqual(client.get("http://h/", auth=httpx.FunctionAuth(sign)).text, "own")

    async def test_a_generator_is_held_for_the_second_request_of_digest(self):
        bodies = []

        def serve(connection):
            while head := connection.read_head():
                bodies.append(connection.read_body(head))
                known = b"digest" in head.lower()
                connection.send(response(b"in") if known else refusal)

        refusal = response(b"out", "401 Unauthorized", CHALLENGE)
        server = RawServer(serve)
        self.addCleanup(server.close)

        async def content():
            yield b"body"

        async with httpx.AsyncClient(auth=httpx.DigestAuth("user", "password")) as client:
            answer = await client.post(server.url, content=content())
        self.assertEqual(answer.text, "in")
        self.assertEqual(len(bodies), 2)
        self.assertIn(b"body", bodies[0])
        self.assertEqual(bodies[0], bodies[1])


if __name__ == "__main__":
    unittest.main()
