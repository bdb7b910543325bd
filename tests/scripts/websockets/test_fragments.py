"""Messages in fragments, both ways, and what a task may do meanwhile."""

import asyncio
import inspect
import os
import sys
import unittest
from unittest import mock

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets


class Pair(unittest.IsolatedAsyncioTestCase):
    """A client and the server's end of its connection, `here` and `there`."""

    options = {}

    async def asyncSetUp(self):
        connected = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            connected.set_result(websocket)
            await websocket.wait_closed()

        self.server = await websockets.serve(handler, "localhost", 0, **self.options)
        port = self.server.sockets[0].getsockname()[1]
        self.here = await websockets.connect(f"ws://localhost:{port}", **self.options)
        self.there = await connected

    async def asyncTearDown(self):
        await self.here.close()
        self.server.close()
        await self.server.wait_closed()


async def items(*values):
    for value in values:
        await asyncio.sleep(0)
        yield value


class Sending(Pair):
    async def test_an_iterable_is_sent_in_fragments(self):
        for message in (["a", "ž", "c"], (b"a", bytearray(b"b"), memoryview(b"c"))):
            with self.subTest(message):
                await self.here.send(message)
                received = [fragment async for fragment in self.there.recv_streaming()]
                expected = [m if isinstance(m, str) else bytes(m) for m in message]
                self.assertEqual(received, expected + [expected[0][:0]])

    async def test_so_is_an_asynchronous_iterable(self):
        await self.here.send(items("a", "b"))
        self.assertEqual(await self.there.recv(), "ab")
        await self.here.send(items(b"a", b"b"))
        self.assertEqual(await self.there.recv(), b"ab")

    async def test_an_empty_iterable_sends_nothing(self):
        await self.here.send([])
        await self.here.send(items())
        await self.here.send("next")
        self.assertEqual(await self.there.recv(), "next")

    async def test_text_chooses_the_kind_of_frame(self):
        for message, text, expected in (
            ("text", False, b"text"),
            (b"bytes", True, "bytes"),
            (["te", "xt"], False, b"text"),
            ([b"by", b"tes"], True, "bytes"),
            (items("te", "xt"), False, b"text"),
            (items(b"by", b"tes"), True, "bytes"),
        ):
            await self.here.send(message, text=text)
            self.assertEqual(await self.there.recv(), expected)

    async def test_what_is_no_message_is_refused_and_harms_nothing(self):
        for message, text in (
            ({"a": 1}, "data is a dict-like object"),
            (1, "data must be str, bytes, iterable, or async iterable"),
            (None, "data must be str, bytes, iterable, or async iterable"),
        ):
            with self.assertRaises(TypeError) as raised:
                await self.here.send(message)
            self.assertEqual(str(raised.exception), text)
        await self.here.send("still open")
        self.assertEqual(await self.there.recv(), "still open")

    async def fails(self, message, error, text):
        with self.assertRaises(error) as raised:
            await self.here.send(message)
        self.assertEqual(str(raised.exception), text)
        with self.assertRaises(websockets.ConnectionClosedError) as closed:
            await self.there.recv()
        self.assertEqual(closed.exception.rcvd.code, 1011)
        self.assertEqual(closed.exception.rcvd.reason, "error in fragmented message")
        self.assertEqual(self.here.state, websockets.State.CLOSED)

    async def test_fragments_of_two_types_fail_the_connection(self):
        await self.fails(["a", b"b"], TypeError, "iterable must contain uniform types")

    async def test_so_do_asynchronous_ones(self):
        message = items(b"a", "b")
        await self.fails(message, TypeError, "async iterable must contain uniform types")

    async def test_so_does_something_else(self):
        await self.fails([None], TypeError, "iterable must contain bytes or str")

    async def test_so_does_something_else_from_an_asynchronous_one(self):
        await self.fails(items(None), TypeError, "async iterable must contain bytes or str")

    async def test_so_does_an_iterable_that_raises(self):
        def broken():
            yield "a"
            raise ValueError("broken")

        await self.fails(broken(), ValueError, "broken")

    async def test_an_iterable_that_raises_at_once_harms_nothing(self):
        def broken():
            raise ValueError("broken")
            yield

        with self.assertRaises(ValueError):
            await self.here.send(broken())
        await self.here.send("still open")
        self.assertEqual(await self.there.recv(), "still open")

    async def test_a_cancelled_message_fails_the_connection(self):
        stuck = asyncio.Event()

        async def message():
            yield "a"
            stuck.set()
            await asyncio.Event().wait()

        sending = asyncio.create_task(self.here.send(message()))
        await stuck.wait()
        sending.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await sending
        with self.assertRaises(websockets.ConnectionClosedError) as closed:
            await self.there.recv()
        self.assertEqual(closed.exception.rcvd.code, 1011)

    async def test_other_messages_wait_and_pings_do_not(self):
        go_on = asyncio.Event()
        stuck = asyncio.Event()

        async def message():
            yield "a"
            stuck.set()
            await go_on.wait()
            yield "b"

        sending = asyncio.create_task(self.here.send(message()))
        await stuck.wait()
        second = asyncio.create_task(self.here.send("second"))
        third = asyncio.create_task(self.here.send(["th", "ird"]))
        latency = await (await self.here.ping())
        self.assertGreaterEqual(latency, 0)
        self.assertFalse(second.done() or third.done())
        go_on.set()
        await asyncio.gather(sending, second, third)
        received = [await self.there.recv() for _ in range(3)]
        self.assertEqual(received[0], "ab")
        self.assertEqual(sorted(received[1:]), ["second", "third"])

    async def test_closing_in_between_is_1011(self):
        stuck = asyncio.Event()

        async def message():
            yield "a"
            stuck.set()
            await asyncio.Event().wait()

        sending = asyncio.create_task(self.here.send(message()))
        await stuck.wait()
        await self.here.close()
        with self.assertRaises(websockets.ConnectionClosedError) as closed:
            await self.there.recv()
        self.assertEqual(closed.exception.rcvd.code, 1011)
        self.assertEqual(closed.exception.rcvd.reason, "close during fragmented message")
        sending.cancel()
        await asyncio.wait([sending])


class Receiving(Pair):
    async def test_recv_joins_the_fragments(self):
        await self.here.send(["ž", "luť"])
        self.assertEqual(await self.there.recv(), "žluť")

    async def test_decode_chooses_the_type(self):
        for message in ("žluť", "žluť".encode(), ["žl", "uť"], ["žl".encode(), "uť".encode()]):
            await self.here.send(message)
            self.assertEqual(await self.there.recv(decode=True), "žluť")
            await self.here.send(message)
            self.assertEqual(await self.there.recv(decode=False), "žluť".encode())
            await self.here.send(message)
            stream = self.there.recv_streaming(decode=True)
            self.assertEqual("".join([part async for part in stream]), "žluť")
            await self.here.send(message)
            stream = self.there.recv_streaming(decode=False)
            self.assertEqual(b"".join([part async for part in stream]), "žluť".encode())

    async def test_a_character_may_be_cut_between_fragments(self):
        text = "a🦀b".encode()
        await self.here.send([text[:2], text[2:3], text[3:]], text=True)
        received = [fragment async for fragment in self.there.recv_streaming()]
        self.assertEqual(received, ["a", "", "🦀b", ""])

    async def test_bytes_that_are_no_text_fail_the_connection_when_text_is_asked_for(self):
        for receive in (self.there.recv, self.there.recv_streaming):
            with self.subTest(receive):
                await self.here.send(b"ab\xff")
                with self.assertRaises(websockets.ConnectionClosedError) as closed:
                    received = receive(decode=True)
                    if hasattr(received, "__anext__"):
                        await anext(received)
                    await received
                self.assertEqual(closed.exception.sent.code, 1007)
                self.assertEqual(
                    closed.exception.sent.reason, "invalid start byte at position 2"
                )
                self.assertIsInstance(closed.exception.__cause__, UnicodeDecodeError)
            await self.asyncTearDown()
            await self.asyncSetUp()

    async def test_fragments_come_as_they_arrive(self):
        go_on = asyncio.Event()

        async def message():
            yield "first"
            await go_on.wait()
            yield "second"

        sending = asyncio.create_task(self.here.send(message()))
        stream = self.there.recv_streaming()
        self.assertEqual(await anext(stream), "first")
        go_on.set()
        self.assertEqual([part async for part in stream], ["second", ""])
        await sending

    async def test_only_one_task_receives(self):
        receiving = asyncio.create_task(self.there.recv())
        await asyncio.sleep(0)
        text = "cannot call {} while another coroutine is already running recv or recv_streaming"
        with self.assertRaises(websockets.ConcurrencyError) as raised:
            await self.there.recv()
        self.assertEqual(str(raised.exception), text.format("recv"))
        with self.assertRaises(websockets.ConcurrencyError) as raised:
            await anext(self.there.recv_streaming())
        self.assertEqual(str(raised.exception), text.format("recv_streaming"))
        await self.here.send("message")
        self.assertEqual(await receiving, "message")

    async def test_a_stream_that_is_left_early_blocks_the_connection(self):
        await self.here.send(["a", "b"])
        async for _ in self.there.recv_streaming():
            break
        with self.assertRaises(websockets.ConcurrencyError):
            await self.there.recv()
        await self.there.close()

    async def test_a_stream_may_be_cancelled_before_its_first_fragment(self):
        receiving = asyncio.create_task(anext(self.there.recv_streaming()))
        await asyncio.sleep(0)
        receiving.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await receiving
        await self.here.send("message")
        self.assertEqual(await self.there.recv(), "message")

    async def test_a_cancelled_recv_loses_no_fragment(self):
        go_on = asyncio.Event()
        stuck = asyncio.Event()

        async def message():
            yield "a"
            stuck.set()
            await go_on.wait()
            yield "b"

        sending = asyncio.create_task(self.here.send(message()))
        receiving = asyncio.create_task(self.there.recv())
        await stuck.wait()
        await (await self.here.ping())
        receiving.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await receiving
        go_on.set()
        self.assertEqual(await self.there.recv(), "ab")
        await sending

    async def test_the_end_of_the_connection_ends_a_stream(self):
        async def message():
            yield "a"
            await self.here.close()

        sending = asyncio.create_task(self.here.send(message()))
        stream = self.there.recv_streaming()
        self.assertEqual(await anext(stream), "a")
        with self.assertRaises(websockets.ConnectionClosedError):
            await anext(stream)
        await asyncio.wait([sending])

    async def test_a_subclass_may_receive_in_its_own_way(self):
        await self.here.send("message")
        with mock.patch.object(type(self.there), "recv") as recv:
            recv.side_effect = ["patched", websockets.ConnectionClosedOK(None, None)]
            self.assertEqual([message async for message in self.there], ["patched"])


class Looks(unittest.TestCase):
    def test_methods_look_like_those_of_python_code(self):
        from websockets.asyncio.client import ClientConnection

        for name, signature in (
            ("recv", "(self, decode=None)"),
            ("send", "(self, message, *, text=None)"),
            ("ping", "(self, data=None)"),
            ("pong", "(self, data=b'')"),
            ("close", "(self, code=1000, reason='')"),
            ("wait_closed", "(self)"),
        ):
            method = getattr(ClientConnection, name)
            self.assertEqual(str(inspect.signature(method)), signature)
            self.assertTrue(inspect.iscoroutinefunction(method), name)
            self.assertTrue(method.__doc__)
        self.assertFalse(inspect.iscoroutinefunction(ClientConnection.recv_streaming))


if __name__ == "__main__":
    unittest.main()
