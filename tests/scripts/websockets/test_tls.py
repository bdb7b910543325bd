"""wss: the same trust as for HTTPS."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server


class Tls(unittest.IsolatedAsyncioTestCase):
    async def test_a_certificate_of_the_trusted_authority_is_accepted(self):
        async with websockets.connect(server("WSS") + "/echo") as websocket:
            for message in ("Hello!", b"bytes", "x" * 500_000):
                await websocket.send(message)
                self.assertEqual(await websocket.recv(), message)

    async def test_bad_certificates_are_refused(self):
        for name in ("HTTPS_EXPIRED", "HTTPS_WRONG_HOST", "HTTPS_UNKNOWN_CA"):
            with self.subTest(name), self.assertRaises(OSError):
                await websockets.connect(server(name).replace("https", "wss"))

    async def test_tls_to_a_server_that_speaks_none(self):
        with self.assertRaises(OSError):
            await websockets.connect(server("WS").replace("ws://", "wss://"))

    async def test_the_close_of_the_server_arrives(self):
        async with websockets.connect(server("WSS") + "/close/4000/bye") as websocket:
            with self.assertRaises(websockets.ConnectionClosedError) as caught:
                await websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 4000)


if __name__ == "__main__":
    unittest.main()
