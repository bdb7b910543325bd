"""Servers that answer the opening handshake badly: the exception, and the end of the socket."""

import asyncio
import base64
import hashlib
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import HANG_GUARD
from websockets.asyncio.client import connect

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_of(head):
    line = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
    key = line.split(b":", 1)[1].strip()
    return base64.b64encode(hashlib.sha1(key + GUID).digest())


class Answers(unittest.IsolatedAsyncioTestCase):
    async def failure(self, answer, **kwargs):
        """What connect() raises when the server sends `answer`, in which ACCEPT is the right key.

        The socket has to be closed by then, and another connection has to go on all the while.
        """
        ended = asyncio.get_running_loop().create_future()

        async def serve(reader, writer):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                if callable(answer):
                    await answer(writer)
                else:
                    writer.write(answer.replace(b"ACCEPT", accept_of(head)))
                while await reader.read(65536):
                    pass
            except ConnectionError:
                pass
            finally:
                ended.set_result(None)
                writer.close()

        async def echo(websocket):
            async for message in websocket:
                await websocket.send(message)

        async with (
            websockets.serve(echo, "127.0.0.1", 0) as good,
            connect(f"ws://127.0.0.1:{good.sockets[0].getsockname()[1]}") as other,
            await asyncio.start_server(serve, "127.0.0.1", 0) as bad,
        ):
            uri = f"ws://127.0.0.1:{bad.sockets[0].getsockname()[1]}"
            with self.assertRaises(Exception) as caught:
                await connect(uri, **kwargs)
            await asyncio.wait_for(ended, HANG_GUARD)
            await other.send("unharmed")
            self.assertEqual(await other.recv(), "unharmed")
        return caught.exception

    async def assert_invalid(self, answer, cls, text, **kwargs):
        error = await self.failure(answer, **kwargs)
        self.assertIs(type(error), cls)
        self.assertIn(text, str(error))
        return error

    def switching(self, *fields):
        lines = [b"HTTP/1.1 101 Switching Protocols", *fields]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    UPGRADE = (b"Upgrade: websocket", b"Connection: Upgrade")
    ACCEPT = b"Sec-WebSocket-Accept: ACCEPT"

    async def test_a_wrong_key(self):
        answer = self.switching(*self.UPGRADE, b"Sec-WebSocket-Accept: nonsense")
        text = "invalid Sec-WebSocket-Accept header: nonsense"
        await self.assert_invalid(answer, websockets.InvalidHeaderValue, text)

    async def test_no_key_and_two_keys(self):
        text = "missing Sec-WebSocket-Accept header"
        await self.assert_invalid(self.switching(*self.UPGRADE), websockets.InvalidHeader, text)
        answer = self.switching(*self.UPGRADE, self.ACCEPT, self.ACCEPT)
        text = "invalid Sec-WebSocket-Accept header: multiple values"
        await self.assert_invalid(answer, websockets.InvalidHeader, text)

    async def test_no_upgrade(self):
        for fields, text in (
            ((b"Upgrade: websocket",), "missing Connection header"),
            ((b"Connection: Upgrade",), "missing Upgrade header"),
            ((b"Connection: close", b"Upgrade: websocket"), "invalid Connection header: close"),
            ((b"Connection: Upgrade", b"Upgrade: h2c"), "invalid Upgrade header: h2c"),
        ):
            with self.subTest(text):
                answer = self.switching(*fields, self.ACCEPT)
                await self.assert_invalid(answer, websockets.InvalidUpgrade, text)

    async def test_a_subprotocol_that_was_not_offered(self):
        answer = self.switching(*self.UPGRADE, self.ACCEPT, b"Sec-WebSocket-Protocol: other")
        for kwargs, text in (
            ({}, "no subprotocols supported"),
            ({"subprotocols": ["chat"]}, "unsupported subprotocol: other"),
        ):
            await self.assert_invalid(answer, websockets.NegotiationError, text, **kwargs)

    async def test_two_subprotocols(self):
        answer = self.switching(*self.UPGRADE, self.ACCEPT, b"Sec-WebSocket-Protocol: a, b")
        text = "invalid Sec-WebSocket-Protocol header: multiple values: a, b"
        await self.assert_invalid(
            answer, websockets.InvalidHeader, text, subprotocols=["a", "b"]
        )

    async def test_an_extension_that_was_not_offered(self):
        answer = self.switching(*self.UPGRADE, self.ACCEPT, b"Sec-WebSocket-Extensions: x-own")
        error = await self.failure(answer, compression=None)
        self.assertIs(type(error), websockets.NegotiationError)

    async def test_a_refusal_with_a_body(self):
        answer = b"HTTP/1.1 403 Forbidden\r\nX-Why: you\r\nContent-Length: 3\r\n\r\nno!"
        error = await self.assert_invalid(
            answer, websockets.InvalidStatus, "server rejected WebSocket connection: HTTP 403"
        )
        response = error.response
        self.assertEqual((response.status_code, response.reason_phrase), (403, "Forbidden"))
        self.assertEqual((response.headers["x-why"], response.body), ("you", b"no!"))

    async def test_a_refusal_with_too_large_a_body(self):
        answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 1048577\r\n\r\n" + b"x" * 1048577
        error = await self.failure(answer)
        self.assertIs(type(error), websockets.InvalidMessage)
        self.assertIsInstance(error.__cause__, websockets.SecurityError)

    async def test_what_is_no_http(self):
        for answer in (b"SSH-2.0-OpenSSH_9.0\r\n\r\n", b"\0\1\2\3\r\n\r\n", b"HTTP/1.0 101 Old\r\n\r\n"):
            with self.subTest(answer):
                error = await self.failure(answer)
                self.assertIs(type(error), websockets.InvalidMessage)
                self.assertIn("did not receive a valid HTTP response", str(error))
                self.assertIsInstance(error.__cause__, ValueError)

    async def test_the_end_before_the_answer_is_whole(self):
        for answer in (b"", b"HTTP/1.1 101 Switching", b"HTTP/1.1 101 Switching\r\nUpgrade: web"):

            async def hang_up(writer):
                writer.write(answer)
                writer.write_eof()

            with self.subTest(answer):
                error = await self.failure(hang_up)
                self.assertIs(type(error), websockets.InvalidMessage)
                self.assertIsInstance(error.__cause__, EOFError)

    async def test_a_reset_is_taken_for_the_end(self):
        async def reset(writer):
            writer.transport.abort()

        error = await self.failure(reset)
        self.assertIs(type(error), websockets.InvalidMessage)
        self.assertIsInstance(error.__cause__, EOFError)

    async def test_a_status_line_without_end(self):
        error = await self.failure(b"HTTP/1.1 101 " + b"x" * 100_000)
        self.assertIsInstance(error, websockets.SecurityError)

    async def test_header_fields_without_end(self):
        head = b"HTTP/1.1 101 Switching Protocols\r\n"
        for fields in (b"X: y\r\n" * 200, b"X: " + b"y" * 9000 + b"\r\n", b"X: " + b"y" * 100_000):
            with self.subTest(len(fields)):
                error = await self.failure(head + fields + b"\r\n")
                self.assertIs(type(error), websockets.InvalidMessage)
                self.assertIsInstance(error.__cause__, websockets.SecurityError)

    async def test_a_server_that_trickles(self):
        async def trickle(writer):
            for byte in self.switching(*self.UPGRADE):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.02)

        error = await self.failure(trickle, open_timeout=0.1)
        self.assertIs(type(error), TimeoutError)
        self.assertIn("timed out during opening handshake", str(error))

    async def test_a_server_that_redirects_for_ever_is_bounded_in_time_too(self):
        async def slow(writer):
            await asyncio.sleep(0.02)
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: ")

        error = await self.failure(slow, open_timeout=0.1)
        self.assertIs(type(error), TimeoutError)


if __name__ == "__main__":
    unittest.main()
