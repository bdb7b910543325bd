"""Pings and pongs, asked for and by themselves, and what they say of the connection."""

import asyncio
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import async_wait_until

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


class Pings(unittest.IsolatedAsyncioTestCase):
    async def connected(self, handler=echo, **options):
        server = await websockets.serve(handler, "127.0.0.1", 0)
        self.addAsyncCleanup(self.end, server)
        port = server.sockets[0].getsockname()[1]
        websocket = await websockets.connect(f"ws://127.0.0.1:{port}", **options)
        self.addAsyncCleanup(websocket.close)
        return websocket

    async def end(self, server):
        server.close()
        await server.wait_closed()

    async def test_a_ping_gives_the_latency_in_seconds(self):
        websocket = await self.connected()
        pong = await websocket.ping()
        latency = await pong
        self.assertIsInstance(latency, float)
        self.assertGreater(latency, 0)
        self.assertEqual(websocket.latency, latency)

    async def test_before_the_first_pong_the_latency_is_zero(self):
        websocket = await self.connected()
        self.assertEqual(websocket.latency, 0)

    async def test_an_answer_confirms_the_earlier_pings_too(self):
        websocket = await self.connected()
        pongs = [await websocket.ping(payload) for payload in ("first", b"second", b"third")]
        for pong in pongs:
            self.assertGreater(await pong, 0)

    async def test_a_payload_that_is_on_its_way_is_refused(self):
        silent = asyncio.Event()
        websocket = await self.connected(lambda websocket: silent.wait())
        self.addCleanup(silent.set)
        pong = await websocket.ping(b"same")
        if not pong.done():
            with self.assertRaises(websockets.ConcurrencyError):
                await websocket.ping(b"same")
        await pong
        await (await websocket.ping(b"same"))

    async def test_a_payload_is_at_most_125_bytes(self):
        websocket = await self.connected()
        await (await websocket.ping(b"x" * 125))
        with self.assertRaises(websockets.ProtocolError):
            await websocket.ping(b"x" * 126)
        with self.assertRaises(websockets.ProtocolError):
            await websocket.pong(b"x" * 126)

    async def test_an_unasked_pong_is_ignored(self):
        websocket = await self.connected()
        await websocket.pong(b"nobody asked")
        await websocket.pong("text")
        await websocket.pong()
        await websocket.send("still open")
        self.assertEqual(await websocket.recv(), "still open")

    async def test_a_ping_that_stays_unanswered_ends_with_the_connection(self):
        async with asyncio.timeout(30):
            server = await RawServer.start()
            websocket = await websockets.connect(server.url, ping_interval=None, close_timeout=0.1)
            pong = await websocket.ping()
            server.writer.close()
            with self.assertRaises(websockets.ConnectionClosedError) as caught:
                await pong
            self.assertIs(caught.exception.rcvd, None)
            await server.close()

    async def test_what_is_no_payload(self):
        websocket = await self.connected()
        for payload in (1, ["list"]):
            with self.assertRaises(TypeError):
                await websocket.ping(payload)


class Keepalive(unittest.IsolatedAsyncioTestCase):
    async def test_pings_by_itself_and_knows_the_latency(self):
        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with websockets.connect(f"ws://127.0.0.1:{port}", ping_interval=0.01) as websocket:
                await async_wait_until(lambda: websocket.latency > 0)

    async def test_the_server_pings_too(self):
        latencies = []

        async def handler(websocket):
            await async_wait_until(lambda: websocket.latency > 0)
            latencies.append(websocket.latency)

        async with websockets.serve(handler, "127.0.0.1", 0, ping_interval=0.01) as server:
            port = server.sockets[0].getsockname()[1]
            async with websockets.connect(f"ws://127.0.0.1:{port}", ping_interval=None) as websocket:
                await websocket.wait_closed()
        self.assertEqual(len(latencies), 1)

    async def test_a_peer_that_does_not_answer_is_given_up(self):
        server = await RawServer.start()
        options = {"ping_interval": 0.01, "ping_timeout": 0.01, "close_timeout": 0.01}
        websocket = await websockets.connect(server.url, **options)
        with self.assertRaises(websockets.ConnectionClosedError) as caught:
            await asyncio.wait_for(websocket.recv(), 30)
        error = caught.exception
        self.assertIs(error.rcvd, None)
        self.assertEqual((error.sent.code, error.sent.reason), (1011, "keepalive ping timeout"))
        self.assertEqual(
            str(error), "sent 1011 (internal error) keepalive ping timeout; no close frame received"
        )
        self.assertEqual((websocket.close_code, websocket.close_reason), (1006, ""))
        await server.close()

    async def test_without_a_timeout_a_silent_peer_is_waited_for(self):
        server = await RawServer.start()
        options = {"ping_interval": 0.001, "ping_timeout": None, "close_timeout": 0.01}
        websocket = await websockets.connect(server.url, **options)
        # Several pings, of which the peer has answered none.
        await server.reader.readexactly(10 * 10)
        self.assertIs(websocket.state, websockets.State.OPEN)
        await websocket.close()
        await server.close()


class RawServer:
    """Shakes hands with one client and is silent from then on."""

    @classmethod
    async def start(cls):
        self = cls()
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def accept(self, reader, writer):
        self.reader, self.writer = reader, writer
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        key = {name.lower(): value for name, value in fields.items()}["sec-websocket-key"]
        writer.write(UPGRADED % websockets.utils.accept_key(key).encode())

    async def close(self):
        self.writer.close()
        self.server.close()


if __name__ == "__main__":
    unittest.main()
