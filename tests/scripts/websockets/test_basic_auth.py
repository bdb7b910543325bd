"""`basic_auth`: who may connect."""

import base64
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import websockets
from serving import PLAIN, url_of
from websockets.asyncio.server import basic_auth, serve


def basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


class BasicAuth(unittest.IsolatedAsyncioTestCase):
    async def username(self, process_request, headers=None, userinfo=""):
        async def handler(websocket):
            await websocket.send(websocket.username)

        async with serve(
            handler, "127.0.0.1", 0, process_request=process_request, **PLAIN
        ) as server:
            url = url_of(server).replace("ws://", "ws://" + userinfo)
            async with websockets.connect(url, additional_headers=headers) as websocket:
                return await websocket.recv()

    async def refusal(self, process_request, headers=None):
        with self.assertRaises(websockets.exceptions.InvalidStatus) as caught:
            await self.username(process_request, headers)
        response = caught.exception.response
        self.assertEqual(response.status_code, 401)
        challenge = response.headers["WWW-Authenticate"]
        self.assertEqual(challenge, 'Basic realm="here", charset="UTF-8"')
        return response.body.decode()

    async def test_a_pair_of_credentials(self):
        auth = basic_auth("here", ("hello", "iloveyou"))
        self.assertEqual(await self.username(auth, basic("hello:iloveyou")), "hello")
        self.assertEqual(await self.username(auth, userinfo="hello:iloveyou@"), "hello")
        self.assertEqual(await self.refusal(auth, basic("hello:hello")), "Invalid credentials\n")
        self.assertEqual(await self.refusal(auth, basic("other:iloveyou")), "Invalid credentials\n")
        self.assertEqual(await self.refusal(auth), "Missing credentials\n")

    async def test_a_list_of_credentials(self):
        auth = basic_auth(credentials=[("a", "1"), ("b", "2")])
        self.assertEqual(await self.username(auth, basic("b:2")), "b")

    async def test_other_headers_are_unsupported(self):
        auth = basic_auth("here", ("hello", "iloveyou"))
        for value in [
            "Bearer token",
            "Basic",
            "Basic !!!",
            "Basic " + base64.b64encode(b"nocolon").decode(),
            "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        ]:
            with self.subTest(value):
                refusal = await self.refusal(auth, {"Authorization": value})
                self.assertEqual(refusal, "Unsupported credentials\n")

    async def test_the_scheme_is_known_in_any_case(self):
        auth = basic_auth("here", ("hello", "iloveyou"))
        headers = basic("hello:iloveyou")
        headers["Authorization"] = headers["Authorization"].replace("Basic", "BASIC")
        self.assertEqual(await self.username(auth, headers), "hello")

    async def test_a_password_beyond_ascii_and_with_colons(self):
        auth = basic_auth("here", ("zoë", "p:ä:ss"))
        self.assertEqual(await self.username(auth, basic("zoë:p:ä:ss")), "zoë")

    async def test_a_function_may_decide(self):
        auth = basic_auth("here", check_credentials=lambda name, password: name == password)
        self.assertEqual(await self.username(auth, basic("same:same")), "same")
        self.assertEqual(await self.refusal(auth, basic("not:same")), "Invalid credentials\n")

    async def test_a_coroutine_function_may_decide(self):
        async def check(name, password):
            return name == password

        auth = basic_auth("here", check_credentials=check)
        self.assertEqual(await self.username(auth, basic("same:same")), "same")
        self.assertEqual(await self.refusal(auth, basic("not:same")), "Invalid credentials\n")

    def test_one_of_both_is_needed(self):
        for arguments in {}, {"credentials": ("a", "b"), "check_credentials": print}:
            with self.assertRaisesRegex(
                ValueError, "provide either credentials or check_credentials"
            ):
                basic_auth(**arguments)

    def test_credentials_are_pairs(self):
        for credentials in 42, [42], ("a", 1), [("a", "b", "c")]:
            with self.assertRaisesRegex(TypeError, "invalid credentials argument: "):
                basic_auth(credentials=credentials)


if __name__ == "__main__":
    unittest.main()
