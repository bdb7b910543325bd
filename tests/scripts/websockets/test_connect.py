"""`connect`: awaited or as a context manager, and what the server sees of it."""

import asyncio
import base64
import json
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server, stats, reset_stats, async_wait_until


class Connect(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        reset_stats("WS")
        self.url = server("WS")

    async def test_awaited(self):
        websocket = await websockets.connect(self.url + "/echo")
        await websocket.send("Hello!")
        self.assertEqual(await websocket.recv(), "Hello!")
        await websocket.close()
        await async_wait_until(lambda: stats("WS")["open_sockets"] == 0)

    async def test_as_a_context_manager(self):
        async with websockets.connect(self.url + "/echo") as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")
        await async_wait_until(lambda: stats("WS")["open_sockets"] == 0)
        self.assertEqual(stats("WS")["closed_early"], 0)

    async def test_an_exception_in_the_body_closes_the_connection(self):
        with self.assertRaises(KeyError):
            async with websockets.connect(self.url + "/echo"):
                raise KeyError("mine")
        await async_wait_until(lambda: stats("WS")["open_sockets"] == 0)
        self.assertEqual(stats("WS")["closed_early"], 0)

    async def test_the_handshake_is_that_of_rfc_6455(self):
        async with websockets.connect(self.url + "/headers") as websocket:
            headers = json.loads(await websocket.recv())
        self.assertEqual(headers["host"], self.url.removeprefix("ws://"))
        self.assertEqual(headers["upgrade"].lower(), "websocket")
        self.assertEqual(headers["connection"].lower(), "upgrade")
        self.assertEqual(headers["sec-websocket-version"], "13")
        self.assertEqual(len(base64.b64decode(headers["sec-websocket-key"])), 16)

    async def test_an_ip_address_works_like_a_name(self):
        url = self.url.replace("localhost", "127.0.0.1")
        async with websockets.connect(url + "/echo") as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")

    async def test_a_url_without_a_path(self):
        async with websockets.connect(self.url) as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")

    async def test_many_at_once(self):
        async def echo(n):
            async with websockets.connect(self.url + "/echo") as websocket:
                await websocket.send(str(n))
                return await websocket.recv()

        answers = await asyncio.gather(*map(echo, range(50)))
        self.assertEqual(answers, [str(n) for n in range(50)])


class SeveralLoops(unittest.TestCase):
    def test_one_after_the_other(self):
        async def echo():
            async with websockets.connect(server("WS") + "/echo") as websocket:
                await websocket.send("Hello!")
                return await websocket.recv()

        for _ in range(3):
            self.assertEqual(asyncio.run(echo()), "Hello!")


if __name__ == "__main__":
    unittest.main()
