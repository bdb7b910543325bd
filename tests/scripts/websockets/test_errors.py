"""A server that is not there, that speaks no WebSocket, or that breaks off."""

import os
import socket
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server


class Connect(unittest.IsolatedAsyncioTestCase):
    async def test_a_refused_connection(self):
        with self.assertRaises(OSError):
            await websockets.connect(server("REFUSED").replace("http", "ws"))

    async def test_an_unknown_host(self):
        with self.assertRaises(socket.gaierror) as caught:
            await websockets.connect("ws://unknown.invalid/")
        self.assertIn("'unknown.invalid'", str(caught.exception))
        self.assertIn("ws://unknown.invalid/", str(caught.exception))

    async def test_a_url_of_another_kind(self):
        for url in ("http://localhost/", "localhost", ""):
            with self.subTest(url), self.assertRaises(websockets.exceptions.InvalidURI):
                await websockets.connect(url)

    async def test_a_host_that_is_neither_a_name_nor_an_address(self):
        with self.assertRaises(websockets.InvalidURI) as caught:
            await websockets.connect("ws://me:secret@1.2.3.999/")
        self.assertIn("1.2.3.999", str(caught.exception))
        self.assertNotIn("secret", str(caught.exception))

    async def test_no_password_is_shown_wherever_it_has_its_odd_characters(self):
        for secret in ("s3cret", "s3#cret", "s3/cret", "s3?cret", "s3@cret", "s3:cret"):
            for uri in (f"http://me:{secret}@host/", f"ws://me:{secret}@host:port/"):
                with self.subTest(uri):
                    with self.assertRaises(websockets.InvalidURI) as caught:
                        await websockets.connect(uri)
                    self.assertNotIn("cret", str(caught.exception))
                    self.assertNotIn("s3", str(caught.exception))

    async def test_a_token_in_place_of_a_user_is_not_shown(self):
        with self.assertRaises(websockets.InvalidURI) as caught:
            await websockets.connect("ws://TOKEN@host/")
        self.assertNotIn("TOKEN", str(caught.exception))
        self.assertIn("@host/", str(caught.exception))

    async def test_a_subprotocol_that_is_no_token_is_a_value_error(self):
        async def handler(websocket):
            pass

        for name in ("a b", "", "a,b", "a\r\nX: y", "é"):
            with self.subTest(name):
                with self.assertRaisesRegex(ValueError, "invalid subprotocol"):
                    await websockets.connect("ws://localhost/", subprotocols=[name])
                with self.assertRaisesRegex(ValueError, "invalid subprotocol"):
                    await websockets.serve(handler, "127.0.0.1", 0, subprotocols=[name])

    async def test_a_server_that_answers_with_a_page(self):
        for path in ("/", "/status/404", "/status/500", "/redirect"):
            with self.subTest(path):
                with self.assertRaises(Exception) as caught:
                    url = server("HTTP").replace("http", "ws") + path
                    await websockets.connect(url, open_timeout=30)
                self.assertIsInstance(caught.exception, websockets.exceptions.InvalidHandshake)

    async def test_a_server_that_breaks_http(self):
        for path in ("/no-response", "/half-header", "/bad-status-line", "/garbage"):
            with self.subTest(path):
                with self.assertRaises(websockets.exceptions.InvalidHandshake):
                    await websockets.connect(server("BAD").replace("http", "ws") + path)

    async def test_a_server_that_never_answers(self):
        url = server("BAD").replace("http", "ws") + "/never"
        with self.assertRaises(TimeoutError):
            await websockets.connect(url, open_timeout=0.2)

    async def test_the_context_manager_raises_them_too(self):
        with self.assertRaises(OSError):
            async with websockets.connect(server("REFUSED").replace("http", "ws")):
                self.fail("nobody listens there")


if __name__ == "__main__":
    unittest.main()
