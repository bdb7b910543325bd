"""What `connect` does better than the package: how a loop is left, what an exception tells."""

import os
import ssl
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server
from websockets.asyncio.client import connect


class Loop(unittest.IsolatedAsyncioTestCase):
    async def test_leaving_it_is_no_error_for_the_server(self):
        loop = connect(server("WS") + "/echo").__aiter__()
        websocket = await anext(loop)
        await loop.aclose()
        self.assertEqual(websocket.close_code, 1000)


class Exceptions(unittest.IsolatedAsyncioTestCase):
    async def test_they_name_the_uri_without_its_credentials(self):
        address = server("HTTP").removeprefix("http://")
        with self.assertRaises(websockets.InvalidStatus) as caught:
            await connect(f"ws://me:secret@{address}/status/404")
        self.assertEqual(caught.exception.uri, f"ws://{address}/status/404")
        self.assertNotIn("secret", str(caught.exception))

    async def test_a_refused_certificate_is_explained(self):
        for name, why in (
            ("HTTPS_EXPIRED", "expired on"),
            ("HTTPS_WRONG_HOST", "not for localhost"),
            ("HTTPS_UNKNOWN_CA", "unknown certificate authority"),
        ):
            with self.subTest(name):
                with self.assertRaises(ssl.SSLCertVerificationError) as caught:
                    await connect(server(name).replace("https", "wss"))
                self.assertIn(why, str(caught.exception))

    async def test_an_http_location_is_followed(self):
        # What is at its end is no WebSocket server: its answer is what is told.
        with self.assertRaises(websockets.InvalidStatus) as caught:
            await connect(server("HTTP").replace("http", "ws") + "/redirect")
        self.assertEqual(caught.exception.response.status_code, 200)


if __name__ == "__main__":
    unittest.main()
