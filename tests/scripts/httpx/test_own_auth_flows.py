"""Authentication beyond httpx: `FunctionAuth` by name."""

import unittest

import httpx


class Own(unittest.TestCase):
    def test_function_auth(self):
        def sign(request):
            request.headers["X-Signature"] = "own"
            return request

        def echo(request):
            return httpx.Response(200, text=request.headers["x-signature"])

        client = httpx.Client(transport=httpx.MockTransport(echo))
        self.assertEqual(client.get("http://h/", auth=httpx.FunctionAuth(sign)).text, "own")


if __name__ == "__main__":
    unittest.main()
