"""`broadcast`: one message to many connections."""

import asyncio
import inspect
import logging
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import websockets
from serving import PLAIN, idle, logged, texts, url_of
from websockets.asyncio.server import broadcast, serve


class Broadcast(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = await self.enterAsyncContext(serve(idle, "127.0.0.1", 0, **PLAIN))

    async def clients(self, count, **options):
        return [
            await self.enterAsyncContext(websockets.connect(url_of(self.server), **options))
            for _ in range(count)
        ]

    async def received(self, clients):
        return {await client.recv() for client in clients}

    async def test_everybody_gets_text_and_bytes(self):
        clients = await self.clients(3)
        broadcast(self.server.connections, "Hello!")
        self.assertEqual(await self.received(clients), {"Hello!"})
        for data in b"Hello!", bytearray(b"Hello!"), memoryview(b"Hello!"):
            broadcast(self.server.connections, data)
            self.assertEqual(await self.received(clients), {b"Hello!"})

    async def test_text_may_be_told_apart_by_hand(self):
        clients = await self.clients(1)
        broadcast(self.server.connections, b"Hello!", text=True)
        broadcast(self.server.connections, "Hello!", text=False)
        self.assertEqual(await clients[0].recv(), "Hello!")
        self.assertEqual(await clients[0].recv(), b"Hello!")

    async def test_more_connections_than_are_written_to_at_once(self):
        clients = await self.clients(300)
        message = "x" * 20_000
        broadcast(self.server.connections, message)
        broadcast(list(self.server.connections), "second")
        for client in clients:
            self.assertEqual(await client.recv(), message)
            self.assertEqual(await client.recv(), "second")

    async def test_any_iterable_will_do_and_clients_may_broadcast(self):
        clients = await self.clients(2)
        broadcast((client for client in clients), "Hello!")
        for connection in self.server.connections:
            # `idle` takes no messages.
            self.assertEqual(await connection.recv(), "Hello!")

    async def test_connections_that_are_closed_are_passed_over(self):
        first, second = await self.clients(2)
        connections = self.server.connections
        await first.close()
        broadcast(connections, "Hello!", raise_exceptions=True)
        self.assertEqual(await second.recv(), "Hello!")

    async def test_nobody_is_fine_too(self):
        broadcast([], "Hello!")

    async def test_other_messages_are_refused(self):
        for message in 42, None, ["Hello!"], {"a": 1}:
            with self.assertRaisesRegex(TypeError, "data must be str or bytes"):
                broadcast([], message)

    async def test_other_objects_are_no_connections(self):
        with self.assertRaisesRegex(TypeError, "broadcast needs connections, not str"):
            broadcast(["connection"], "Hello!")

    async def fill(self, client):
        """Broadcasts until a client that does not read is skipped."""
        with logged(logging.WARNING) as records:
            for _ in range(1000):
                broadcast(self.server.connections, b"x" * 100_000)
                if records:
                    return records
                await asyncio.sleep(0)
        self.fail("it was never skipped")

    async def test_who_does_not_read_is_skipped_with_a_warning(self):
        [slow] = await self.clients(1, max_queue=1)
        records = await self.fill(slow)
        self.assertEqual(
            texts(records), ["skipped broadcast: more than write_limit bytes wait to be written"]
        )
        self.assertIn(records[0].websocket.state.name, ("OPEN",))

    async def test_exceptions_are_raised_as_a_group_if_wanted(self):
        [slow] = await self.clients(1, max_queue=1)
        await self.fill(slow)
        [fast] = await self.clients(1)
        with self.assertRaises(ExceptionGroup) as caught:
            broadcast(self.server.connections, "Hello!", raise_exceptions=True)
        [error] = caught.exception.exceptions
        self.assertEqual(str(caught.exception), "skipped broadcast (1 sub-exception)")
        self.assertIsInstance(error, RuntimeError)
        self.assertEqual(str(error), "failed to write message")
        self.assertEqual(await fast.recv(), "Hello!")

    def test_its_signature(self):
        self.assertEqual(
            str(inspect.signature(broadcast)),
            "(connections, message, *, text=None, raise_exceptions=False)",
        )
        self.assertIn("many connections", broadcast.__doc__)


if __name__ == "__main__":
    unittest.main()
