"""Limits: how much is read ahead and written ahead, how large a message may be, and attributes that
tell how a connection is."""

import asyncio
import socket
import threading
import unittest
import uuid

import websockets


async def serving(case, handler, **options):
    """A server for a test; gives its URL."""
    server = await websockets.serve(handler, "127.0.0.1", 0, **options)

    async def end():
        server.close()
        await server.wait_closed()

    case.addAsyncCleanup(end)
    return f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def settled(value):
    """Waits until value() stays the same for a moment."""
    last, same = value(), 0
    while same < 20:
        await asyncio.sleep(0.01)
        now = value()
        last, same = now, same + 1 if now == last else 0
    return last


class Fairness(unittest.IsolatedAsyncioTestCase):
    async def test_a_peer_that_never_pauses_leaves_other_tasks_their_turns(self):
        count = 50_000
        ticks, since_tick, longest = 0, 0, 0
        done = asyncio.Event()

        async def handler(websocket):
            nonlocal since_tick, longest
            for _ in range(count):
                await websocket.recv()
                since_tick += 1
                longest = max(longest, since_tick)
            done.set()

        async def tick():
            nonlocal ticks, since_tick
            while not done.is_set():
                ticks, since_tick = ticks + 1, 0
                await asyncio.sleep(0)

        def flood(port):
            with socket.create_connection(("127.0.0.1", port)) as raw:
                raw.sendall(
                    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                    b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                    b"Sec-WebSocket-Version: 13\r\n\r\n"
                )
                # A frame with the text "x", masked with zeros.
                raw.sendall(b"\x81\x81\0\0\0\0x" * count)
                while raw.recv(1024):
                    pass

        url = await serving(self, handler, compression=None)
        peer = threading.Thread(target=flood, args=(int(url.rpartition(":")[2]),))
        peer.start()
        await asyncio.wait_for(tick(), 60)
        await asyncio.to_thread(peer.join)
        # What one read gives is taken without a pause.
        self.assertLess(longest, 5_000)


class Limits(unittest.IsolatedAsyncioTestCase):
    async def test_a_sender_waits_for_a_peer_that_does_not_receive(self):
        sent = 0
        received = asyncio.Event()

        async def handler(websocket):
            nonlocal sent
            for _ in range(400):
                await websocket.send(b"x" * 65536)
                sent += 1
            received.set()

        url = await serving(self, handler, compression=None)
        async with websockets.connect(url, compression=None, max_queue=2) as websocket:
            # 400 of them are more than sockets take.
            self.assertLess(await settled(lambda: sent), 400)
            count = 0
            async for message in websocket:
                count += 1
            self.assertEqual(count, 400)
        self.assertTrue(received.is_set())

    async def test_a_full_queue_does_not_hold_up_what_the_script_sends(self):
        async def handler(websocket):
            for number in range(100):
                await websocket.send(str(number))
            await websocket.send(await websocket.recv())

        url = await serving(self, handler)
        async with websockets.connect(url, max_queue=(4, 1)) as websocket:
            await websocket.send("done")
            messages = [message async for message in websocket]
        self.assertEqual(messages, [*map(str, range(100)), "done"])

    async def test_without_limits_all_is_taken(self):
        async def handler(websocket):
            async for message in websocket:
                await websocket.send(message)

        none = {"max_size": None, "max_queue": None}
        url = await serving(self, handler, **none)
        async with websockets.connect(url, write_limit=(1 << 20, 1 << 10), **none) as websocket:
            message = b"x" * (3 << 20)
            await websocket.send(message)
            self.assertEqual(await websocket.recv(), message)

    async def test_a_message_over_max_size_ends_the_connection_with_1009(self):
        ended = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            try:
                await websocket.recv()
            except websockets.ConnectionClosed as error:
                ended.set_result(error)

        for options in ({}, {"compression": None}):
            ended = asyncio.get_running_loop().create_future()
            url = await serving(self, handler, max_size=1000, **options)
            async with websockets.connect(url) as websocket:
                await websocket.send("x" * 1001)
                with self.assertRaises(websockets.ConnectionClosedError) as caught:
                    await websocket.recv()
            self.assertEqual(caught.exception.rcvd.code, 1009)
            self.assertEqual((await ended).sent.code, 1009)

    async def test_fragments_may_have_a_limit_of_their_own(self):
        async def handler(websocket):
            async for message in websocket:
                await websocket.send(str(len(message)))

        url = await serving(self, handler, max_size=(1000, 100), compression=None)
        async with websockets.connect(url, compression=None) as websocket:
            await websocket.send(["x" * 100] * 10)
            self.assertEqual(await websocket.recv(), "1000")
            await websocket.send("x" * 101)
            with self.assertRaises(websockets.ConnectionClosedError) as caught:
                await websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 1009)


class Attributes(unittest.IsolatedAsyncioTestCase):
    async def test_of_an_open_and_of_a_closed_connection(self):
        seen = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            seen.set_result(websocket)
            await websocket.wait_closed()

        url = await serving(self, handler, subprotocols=["chat"])
        client = await websockets.connect(f"{url}/path?query", subprotocols=["chat", "other"])
        server = await seen
        self.assertEqual(client.local_address, server.remote_address)
        self.assertEqual(client.remote_address, server.local_address)
        for websocket in (client, server):
            self.assertIsInstance(websocket.id, uuid.UUID)
            self.assertIs(websocket.id, websocket.id)
            self.assertEqual(websocket.request.path, "/path?query")
            self.assertEqual(websocket.response.status_code, 101)
            self.assertEqual(websocket.subprotocol, "chat")
            self.assertIs(websocket.state, websockets.State.OPEN)
            self.assertEqual((websocket.close_code, websocket.close_reason), (None, None))
        self.assertNotEqual(client.id, server.id)
        await client.close(4000, "enough")
        await server.wait_closed()
        for websocket in (client, server):
            self.assertIs(websocket.state, websockets.State.CLOSED)
            self.assertEqual((websocket.close_code, websocket.close_reason), (4000, "enough"))

    async def test_who_closed_first(self):
        ended = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            try:
                await websocket.recv()
            except websockets.ConnectionClosed as error:
                ended.set_result(error)

        url = await serving(self, handler)
        websocket = await websockets.connect(url)
        await websocket.close(1000, "bye")
        with self.assertRaises(websockets.ConnectionClosedOK) as caught:
            await websocket.recv()
        self.assertFalse(caught.exception.rcvd_then_sent)
        self.assertEqual(str(caught.exception), "sent 1000 (OK) bye; then received 1000 (OK) bye")
        self.assertTrue((await ended).rcvd_then_sent)
        self.assertEqual(str(await ended), "received 1000 (OK) bye; then sent 1000 (OK) bye")


if __name__ == "__main__":
    unittest.main()
