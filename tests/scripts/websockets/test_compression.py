"""permessage-deflate between our own ends: what is agreed on, and that messages survive it."""

import asyncio
import json
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets

EXTENSIONS = "Sec-WebSocket-Extensions"
MESSAGES = ["", "a", "žluťoučký " * 5000, b"", b"\x00\xff" * 50_000, json.dumps([*range(500)])]


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


class Compression(unittest.IsolatedAsyncioTestCase):
    async def talk(self, server_options, client_options):
        """The offer, the answer, and the echoes of all messages."""
        async with websockets.serve(echo, "localhost", 0, **server_options) as server:
            port = server.sockets[0].getsockname()[1]
            async with websockets.connect(f"ws://localhost:{port}", **client_options) as client:
                echoes = []
                for _ in range(2):
                    for message in MESSAGES:
                        await client.send(message)
                        echoes.append(await client.recv())
                self.assertEqual(echoes, MESSAGES * 2)
                await client.send(["frag", "", "ments"])
                self.assertEqual(await client.recv(), "fragments")
                headers = client.request.headers, client.response.headers
                return tuple(fields.get(EXTENSIONS) for fields in headers)

    async def test_it_is_on_by_default(self):
        offer, answer = await self.talk({}, {})
        self.assertEqual(offer, "permessage-deflate; client_max_window_bits")
        self.assertEqual(
            answer, "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"
        )

    async def test_either_end_may_turn_it_off(self):
        offer, answer = await self.talk({}, {"compression": None})
        self.assertEqual((offer, answer), (None, None))
        offer, answer = await self.talk({"compression": None}, {})
        self.assertEqual((offer, answer), ("permessage-deflate; client_max_window_bits", None))

    async def test_another_compression_is_refused(self):
        with self.assertRaises(ValueError) as raised:
            await websockets.connect("ws://localhost", compression="gzip")
        self.assertEqual(str(raised.exception), "unsupported compression: gzip")

    async def test_a_compressed_message_may_not_be_larger_than_max_size(self):
        async with websockets.serve(echo, "localhost", 0, max_size=1000) as server:
            port = server.sockets[0].getsockname()[1]
            async with websockets.connect(f"ws://localhost:{port}") as client:
                await client.send("x" * 1000)
                self.assertEqual(await client.recv(), "x" * 1000)
                await client.send("x" * 1001)
                with self.assertRaises(websockets.ConnectionClosedError) as closed:
                    await client.recv()
        self.assertEqual(closed.exception.rcvd.code, 1009)
        self.assertEqual(closed.exception.rcvd.reason, "frame exceeds limit of 1000 bytes")

    async def test_many_connections_are_compressed_side_by_side(self):
        async with websockets.serve(echo, "localhost", 0) as server:
            port = server.sockets[0].getsockname()[1]

            async def one(number):
                async with websockets.connect(f"ws://localhost:{port}") as client:
                    for i in range(20):
                        message = f"{number} says {i}, " * 20
                        await client.send(message)
                        self.assertEqual(await client.recv(), message)

            await asyncio.gather(*[one(number) for number in range(30)])


if __name__ == "__main__":
    unittest.main()
