"""The end of a connection, from either side: exceptions, codes, reasons."""

import asyncio
import os
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server


class ClosedByTheServer(unittest.IsolatedAsyncioTestCase):
    async def closed(self, path):
        async with websockets.connect(server("WS") + path) as websocket:
            with self.assertRaises(websockets.ConnectionClosed) as caught:
                await websocket.recv()
            # It stays closed, for sending as well.
            with self.assertRaises(type(caught.exception)):
                await websocket.send("too late")
            with self.assertRaises(type(caught.exception)):
                await websocket.recv()
        return caught.exception

    async def test_1000_and_1001_are_ok(self):
        for code in (1000, 1001):
            with self.subTest(code):
                error = await self.closed(f"/close/{code}/done")
                self.assertIs(type(error), websockets.ConnectionClosedOK)
                self.assertEqual((error.rcvd.code, error.rcvd.reason), (code, "done"))

    async def test_any_other_code_is_an_error(self):
        for code in (1002, 1008, 1011, 3000, 4999):
            with self.subTest(code):
                error = await self.closed(f"/close/{code}/no%20way")
                self.assertIs(type(error), websockets.ConnectionClosedError)
                self.assertEqual((error.rcvd.code, error.rcvd.reason), (code, "no way"))
                self.assertIn(str(code), str(error))
                self.assertIn("no way", str(error))

    async def test_a_lost_connection_is_an_error_without_a_close_frame(self):
        error = await self.closed("/drop")
        self.assertIs(type(error), websockets.ConnectionClosedError)
        self.assertIsNone(error.rcvd)

    async def test_async_for_ends_quietly_when_the_close_is_ok(self):
        async with websockets.connect(server("WS") + "/close/1000/done") as websocket:
            self.assertEqual([message async for message in websocket], [])

    async def test_async_for_raises_when_it_is_an_error(self):
        for path in ("/close/1011/broken", "/drop"):
            with self.subTest(path):
                async with websockets.connect(server("WS") + path) as websocket:
                    with self.assertRaises(websockets.ConnectionClosedError):
                        async for _ in websocket:
                            pass

    async def test_messages_before_the_close_are_received(self):
        async with websockets.connect(server("WS") + "/push/3") as websocket:
            self.assertEqual([await websocket.recv() for _ in range(3)], ["0", "1", "2"])
            with self.assertRaises(websockets.ConnectionClosedOK):
                await websocket.recv()


class ClosedByTheClient(unittest.IsolatedAsyncioTestCase):
    async def test_recv_and_send_after_a_close(self):
        websocket = await websockets.connect(server("WS") + "/echo")
        await websocket.close()
        with self.assertRaises(websockets.ConnectionClosedOK):
            await websocket.recv()
        with self.assertRaises(websockets.ConnectionClosedOK):
            await websocket.send("too late")

    async def test_closing_twice_is_no_error(self):
        websocket = await websockets.connect(server("WS") + "/echo")
        await websocket.close()
        await websocket.close()

    async def test_closing_wakes_a_recv(self):
        websocket = await websockets.connect(server("WS") + "/silent")
        receiving = asyncio.create_task(websocket.recv())
        await asyncio.sleep(0)
        await websocket.close()
        with self.assertRaises(websockets.ConnectionClosedOK):
            await receiving

    async def test_the_server_learns_code_and_reason(self):
        seen = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            try:
                await websocket.recv()
            except websockets.ConnectionClosed as error:
                seen.set_result((type(error), error.rcvd.code, error.rcvd.reason))

        async with websockets.serve(handler, "127.0.0.1", 0) as serving:
            port = serving.sockets[0].getsockname()[1]
            websocket = await websockets.connect(f"ws://127.0.0.1:{port}")
            await websocket.close(4001, "bored")
            expected = (websockets.ConnectionClosedError, 4001, "bored")
            self.assertEqual(await seen, expected)


class Refused(unittest.IsolatedAsyncioTestCase):
    async def test_a_code_that_may_not_be_sent_is_a_protocol_error(self):
        async with websockets.connect(server("WS") + "/echo") as websocket:
            for code in (-1, 0, 999, 1005, 5000, 70000, 10**30):
                with self.subTest(code):
                    with self.assertRaises(websockets.ProtocolError) as caught:
                        await websocket.close(code)
                    self.assertEqual(str(caught.exception), "invalid status code")
            await websocket.send("unharmed")
            self.assertEqual(await websocket.recv(), "unharmed")

    async def test_a_code_that_is_no_int_is_a_type_error(self):
        async with websockets.connect(server("WS") + "/echo") as websocket:
            with self.assertRaises(TypeError):
                await websocket.close("1000")


class Dropped(unittest.IsolatedAsyncioTestCase):
    """A connection that nobody refers to any more leaves with a close frame."""

    async def code_seen(self, drop):
        seen = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            try:
                await websocket.recv()
            except websockets.ConnectionClosed as error:
                seen.set_result(error.rcvd and error.rcvd.code)

        async with websockets.serve(handler, "127.0.0.1", 0) as serving:
            port = serving.sockets[0].getsockname()[1]
            box = [await websockets.connect(f"ws://127.0.0.1:{port}")]
            # A round trip: the connection is up and running on both sides.
            await (await box[0].ping())
            drop(box)
            return await seen

    async def test_between_two_awaits(self):
        self.assertEqual(await self.code_seen(list.clear), 1001)

    async def test_in_a_callback_of_the_loop(self):
        loop = asyncio.get_running_loop()
        self.assertEqual(await self.code_seen(lambda box: loop.call_soon(box.clear)), 1001)

    async def test_in_another_thread(self):
        def drop(box):
            threading.Thread(target=box.clear).start()

        self.assertEqual(await self.code_seen(drop), 1001)


class Causes(unittest.IsolatedAsyncioTestCase):
    """What a peer did wrong is the cause of the exception, in the classes of the package."""

    async def cause_of(self, frame, **options):
        ended = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            try:
                await websocket.recv()
            except websockets.ConnectionClosedError as error:
                ended.set_result(error)

        async with websockets.serve(handler, "127.0.0.1", 0, **options) as serving:
            port = serving.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            await reader.readuntil(b"\r\n\r\n")
            writer.write(frame)
            # The server closes its direction, and waits for this end to do the same.
            await reader.read()
            writer.close()
            await writer.wait_closed()
            error = await ended
        return error.sent.code, error.__cause__

    async def test_a_message_over_the_limit(self):
        frame = b"\x82\x85\0\0\0\0" + b"large"
        code, cause = await self.cause_of(frame, max_size=4)
        self.assertEqual(code, 1009)
        self.assertIs(type(cause), websockets.PayloadTooBig)
        self.assertIn("limit of 4 bytes", str(cause))

    async def test_text_that_is_not_utf_8(self):
        code, cause = await self.cause_of(b"\x81\x83\0\0\0\0ab\xff")
        self.assertEqual(code, 1007)
        self.assertIs(type(cause), UnicodeDecodeError)
        self.assertEqual((cause.encoding, cause.start), ("utf-8", 2))
        self.assertEqual(cause.reason, "invalid start byte")
        self.assertIn("invalid start byte", str(cause))

    async def test_a_broken_frame(self):
        code, cause = await self.cause_of(b"\x83\x80\0\0\0\0")
        self.assertEqual(code, 1002)
        self.assertIs(type(cause), websockets.ProtocolError)


class Tree(unittest.TestCase):
    def test_the_bases_are_those_of_the_package(self):
        base = websockets.WebSocketException
        self.assertEqual(websockets.PayloadTooBig.__bases__, (base,))
        self.assertEqual(websockets.InvalidState.__bases__, (base, AssertionError))
        self.assertEqual(websockets.ProtocolError.__bases__, (base,))
        self.assertEqual(websockets.ConcurrencyError.__bases__, (base, RuntimeError))

    def test_the_exceptions(self):
        for name in ("ConnectionClosedOK", "ConnectionClosedError"):
            self.assertTrue(issubclass(getattr(websockets, name), websockets.ConnectionClosed))
        self.assertTrue(issubclass(websockets.ConnectionClosed, Exception))

    def test_they_are_in_the_submodule_too(self):
        for name in ("ConnectionClosed", "ConnectionClosedOK", "ConnectionClosedError"):
            self.assertIs(getattr(websockets.exceptions, name), getattr(websockets, name))


if __name__ == "__main__":
    unittest.main()
