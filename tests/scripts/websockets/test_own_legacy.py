"""The legacy server protocol, as uvicorn uses it."""

import asyncio
import unittest
import warnings

import websockets
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidUpgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from websockets.legacy import handshake
    from websockets.legacy.server import WebSocketServerProtocol


class Registry:
    """What a protocol calls its server."""

    def __init__(self):
        self.connections = set()

    def register(self, connection):
        self.connections.add(connection)

    def unregister(self, connection):
        self.connections.discard(connection)


class Serving(unittest.IsolatedAsyncioTestCase):
    async def serve(self, handler, kind=WebSocketServerProtocol, **options):
        self.registry = Registry()
        make = lambda: kind(handler, self.registry, **options)
        server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        self.addCleanup(server.close)
        return f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/path"

    async def test_messages(self):
        async def handler(websocket, path):
            await websocket.send(path)
            async for message in websocket:
                await websocket.send(message)

        async with websockets.connect(await self.serve(handler)) as client:
            self.assertEqual(await client.recv(), "/path")
            for message in ("text", b"bytes", "", "x" * 100_000):
                await client.send(message)
                self.assertEqual(await client.recv(), message)

    async def test_more_messages_than_the_queue_holds(self):
        received = asyncio.get_running_loop().create_future()

        async def handler(websocket, path):
            received.set_result([await websocket.recv() for _ in range(100)])

        async with websockets.connect(await self.serve(handler, max_queue=2)) as client:
            for number in range(100):
                await client.send(str(number))
            self.assertEqual(await received, [str(number) for number in range(100)])

    async def test_a_handler_that_returns_closes_the_connection(self):
        async def handler(websocket, path):
            pass

        async with websockets.connect(await self.serve(handler)) as client:
            await client.wait_closed()
            self.assertEqual(client.close_code, 1000)

    async def test_a_handler_that_raises(self):
        async def handler(websocket, path):
            raise ZeroDivisionError

        with self.assertLogs("websockets.server", "ERROR"):
            async with websockets.connect(await self.serve(handler)) as client:
                with self.assertRaises(ConnectionClosedError) as caught:
                    await client.recv()
        self.assertEqual(caught.exception.rcvd.code, 1011)

    async def test_pings(self):
        async def handler(websocket, path):
            await (await websocket.ping())
            await websocket.send("answered")
            await websocket.wait_closed()

        async with websockets.connect(await self.serve(handler)) as client:
            self.assertEqual(await client.recv(), "answered")

    async def test_recv_after_the_end(self):
        ended = asyncio.get_running_loop().create_future()

        async def handler(websocket, path):
            try:
                await websocket.recv()
            except websockets.ConnectionClosed as exception:
                ended.set_result((exception.rcvd.code, websocket.close_code, websocket.closed))

        async with websockets.connect(await self.serve(handler)) as client:
            await client.close(4000)
        self.assertEqual(await ended, (4000, 4000, True))

    async def test_hooks(self):
        class Own(WebSocketServerProtocol):
            async def process_request(self, path, request_headers):
                if "X-Refuse" in request_headers:
                    return 403, [("X-Why", "because")], b"no\n"

            def process_subprotocol(self, headers, available_subprotocols):
                return "own"

        async def handler(websocket, path):
            await websocket.wait_closed()

        uri = await self.serve(handler, Own, extra_headers=[("X-Extra", "1")])
        async with websockets.connect(uri, subprotocols=["own"]) as client:
            self.assertEqual((client.subprotocol, client.response.headers["X-Extra"]), ("own", "1"))
        with self.assertRaises(websockets.InvalidStatus) as caught:
            await websockets.connect(uri, additional_headers={"X-Refuse": "please"})
        response = caught.exception.response
        self.assertEqual((response.status_code, response.headers["X-Why"]), (403, "because"))
        self.assertEqual(self.registry.connections, set())


class Handshake(unittest.TestCase):
    def test_both_sides_agree(self):
        request, response = Headers(), Headers()
        key = handshake.build_request(request)
        self.assertEqual(handshake.check_request(request), key)
        handshake.build_response(response, key)
        handshake.check_response(response, key)

    def test_what_is_refused(self):
        with self.assertRaises(InvalidUpgrade):
            handshake.check_request(Headers())


if __name__ == "__main__":
    unittest.main()
