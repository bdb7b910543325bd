"""Clients that get no connection: the right answer, a record, and nobody else harmed."""

import asyncio
import logging
import os
import socket
import struct
import sys
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from serving import GOOD, PLAIN, answer_to, echo, logged, request, texts, until_logged, works
from websockets.asyncio.server import serve


class Refusals(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.records = self.enterContext(logged(logging.DEBUG))
        self.server = await self.enterAsyncContext(serve(echo, "127.0.0.1", 0, **PLAIN))

    async def refused(self, data, status, text):
        answer = await answer_to(self.server, data)
        head, _, body = answer.partition("\r\n\r\n")
        self.assertEqual(head.splitlines()[0], f"HTTP/1.1 {status}")
        self.assertIn(text, body)
        self.assertIn("\r\nConnection: close", head)
        self.assertIn(f"\r\nContent-Length: {len(body)}", head)
        self.assertIn("\r\nContent-Type: text/plain; charset=utf-8", head)
        self.assertIn("\r\nDate: ", head)
        await until_logged(self.records, f"connection rejected ({status})")
        await works(self, self.server)
        return head

    async def test_a_request_without_upgrade_learns_what_is_spoken_here(self):
        head = await self.refused(
            request(Upgrade=None), "426 Upgrade Required", "You need a WebSocket client."
        )
        self.assertIn("\r\nUpgrade: websocket", head)
        self.assertIn("! invalid upgrade", texts(self.records))

    async def test_a_wrong_upgrade(self):
        text = "invalid Upgrade header: h2c"
        await self.refused(request(Upgrade="h2c"), "426 Upgrade Required", text)

    async def test_a_connection_field_without_upgrade(self):
        text = "invalid Connection header: keep-alive"
        await self.refused(request(Connection="keep-alive"), "426 Upgrade Required", text)

    async def test_other_methods(self):
        for method in "POST", "HEAD", "OPTIONS":
            with self.subTest(method):
                head = await self.refused(
                    request(method=method),
                    "405 Method Not Allowed",
                    f"unsupported HTTP method: {method}",
                )
                self.assertIn("\r\nAllow: GET", head)

    async def test_an_old_version_of_http(self):
        text = "HTTP/1.0"
        old = request(version="HTTP/1.0")
        await self.refused(old, "505 HTTP Version Not Supported", text)

    async def test_another_version_of_websocket(self):
        head = await self.refused(
            request(Sec_WebSocket_Version="8"),
            "426 Upgrade Required",
            "invalid Sec-WebSocket-Version header: 8",
        )
        self.assertIn("\r\nSec-WebSocket-Version: 13", head)

    async def test_bad_keys(self):
        for key, text in [
            (None, "missing Sec-WebSocket-Key header"),
            ("!" * 24, "invalid Sec-WebSocket-Key header: !!!"),
            ("c2hvcnQ=", "invalid Sec-WebSocket-Key header: c2hvcnQ="),
        ]:
            with self.subTest(key):
                await self.refused(request(Sec_WebSocket_Key=key), "400 Bad Request", text)

    async def test_fields_that_come_twice(self):
        for name in "Sec-WebSocket-Key", "Sec-WebSocket-Version":
            with self.subTest(name):
                twice = request().replace(b"\r\n\r\n", f"\r\n{name}: {GOOD[name]}\r\n\r\n".encode())
                text = f"invalid {name} header: multiple values"
                await self.refused(twice, "400 Bad Request", text)

    async def test_a_body(self):
        answer = await answer_to(self.server, request(method="POST", Content_Length="5") + b"hello")
        self.assertTrue(answer.startswith("HTTP/1.1 400 "), answer)
        await works(self, self.server)

    async def test_headers_beyond_all_limits(self):
        for data, status in [
            (b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\n\r\n", "414 URI Too Long"),
            (request(X="y" * 10_000), "431 Request Header Fields Too Large"),
            (
                request().replace(b"\r\n\r\n", b"\r\nA: b" * 200 + b"\r\n\r\n"),
                "431 Request Header Fields Too Large",
            ),
        ]:
            with self.subTest(status):
                answer = await answer_to(self.server, data)
                self.assertTrue(answer.startswith(f"HTTP/1.1 {status}\r\n"), answer)
                await works(self, self.server)

    async def test_what_is_not_http_gets_no_answer(self):
        for data in [
            b"HELO relay.invalid\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"\x00" * 100 + b"\r\n\r\n",
            b"GET / HTTP/3.0\r\n\r\n",
        ]:
            with self.subTest(data):
                self.assertEqual(await answer_to(self.server, data), "")
                await until_logged(self.records, "! no valid HTTP request")
                await works(self, self.server)

    async def test_a_client_that_leaves_before_or_amid_its_request(self):
        port = self.server.sockets[0].getsockname()[1]
        for data in b"", b"GET / HT", request()[:-2]:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(data)
            writer.close()
            await writer.wait_closed()
        await works(self, self.server)

    async def test_a_client_that_resets_its_connection(self):
        port = self.server.sockets[0].getsockname()[1]
        for data in b"GET / HT", request():
            client = socket.create_connection(("127.0.0.1", port))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(data)
            client.close()
        await works(self, self.server)


class Timeouts(unittest.IsolatedAsyncioTestCase):
    async def test_a_silent_client_is_dropped_after_open_timeout(self):
        with logged(logging.DEBUG) as records:
            async with serve(echo, "127.0.0.1", 0, open_timeout=0.05, **PLAIN) as server:
                for data in b"", request()[:40]:
                    self.assertEqual(await answer_to(server, data), "")
                await until_logged(records, "! timed out during opening handshake")
                await works(self, server)

    async def test_a_client_that_trickles_its_request_is_dropped_after_open_timeout(self):
        async with serve(echo, "127.0.0.1", 0, open_timeout=0.2, **PLAIN) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)

            async def trickle():
                for byte in request():
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0.02)

            trickling = asyncio.create_task(trickle())
            self.assertEqual(await reader.read(), b"")
            trickling.cancel()
            writer.close()
            await works(self, server)

    async def test_a_callback_that_takes_too_long_is_ended(self):
        ended = asyncio.get_running_loop().create_future()

        async def process_request(connection, request):
            if request.headers.get("User-Agent") is None:
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.set_result(None)

        options = {"open_timeout": 0.05, "process_request": process_request, **PLAIN}
        async with serve(echo, "127.0.0.1", 0, **options) as server:
            self.assertEqual(await answer_to(server, request()), "")
            await ended
            await works(self, server)

    async def test_none_waits_for_ever(self):
        async with serve(echo, "127.0.0.1", 0, open_timeout=None, **PLAIN) as server:
            await works(self, server)


if __name__ == "__main__":
    unittest.main()
