"""wss: the same trust as for HTTPS."""

import os
import ssl
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

    async def test_a_refused_certificate_is_the_exception_of_ssl(self):
        with self.assertRaises(ssl.SSLCertVerificationError) as caught:
            await websockets.connect(server("HTTPS_UNKNOWN_CA").replace("https", "wss"))
        self.assertIn("CERTIFICATE_VERIFY_FAILED", str(caught.exception))

    async def test_the_close_of_the_server_arrives(self):
        async with websockets.connect(server("WSS") + "/close/4000/bye") as websocket:
            with self.assertRaises(websockets.ConnectionClosedError) as caught:
                await websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 4000)


class Contexts(unittest.IsolatedAsyncioTestCase):
    """`ssl=` and `server_hostname=`."""

    async def echoes(self, uri, **kwargs):
        async with websockets.connect(uri, **kwargs) as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")

    async def test_true_is_the_default(self):
        await self.echoes(server("WSS") + "/echo", ssl=True)

    async def test_a_context_decides_whom_to_trust(self):
        own = ssl.create_default_context(cafile=server("CA"))
        await self.echoes(server("WSS") + "/echo", ssl=own)
        other = ssl.create_default_context(cafile=server("OTHER_CA"))
        with self.assertRaises(ssl.SSLError):
            await websockets.connect(server("WSS"), ssl=other)

    async def test_a_context_that_verifies_nothing(self):
        context = ssl.create_default_context(cafile=server("OTHER_CA"))
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        await self.echoes(server("WSS") + "/echo", ssl=context)

    async def test_another_name_to_prove(self):
        await self.echoes(server("WSS") + "/echo", server_hostname="127.0.0.1")
        with self.assertRaises(ssl.SSLCertVerificationError) as caught:
            await websockets.connect(server("WSS"), server_hostname="other.test")
        self.assertIn("not for other.test", str(caught.exception))

    async def test_the_uris_name_is_proved_whatever_the_host(self):
        port = int(server("WSS").rsplit(":", 1)[1])
        await self.echoes("wss://localhost/echo", host="127.0.0.1", port=port)
        with self.assertRaises(ssl.SSLCertVerificationError):
            await websockets.connect("wss://other.test/", host="127.0.0.1", port=port)

    async def test_what_is_no_context(self):
        for value in ("context", 1, False):
            with self.subTest(value), self.assertRaises(TypeError):
                await websockets.connect(server("WSS"), ssl=value)
        with self.assertRaises(ValueError) as caught:
            await websockets.connect(server("WSS"), ssl=None)
        self.assertEqual(str(caught.exception), "ssl=None is incompatible with a wss:// URI")

    async def test_one_context_for_many_connections(self):
        context = ssl.create_default_context(cafile=server("CA"))
        for _ in range(3):
            await self.echoes(server("WSS") + "/echo", ssl=context)


if __name__ == "__main__":
    unittest.main()
