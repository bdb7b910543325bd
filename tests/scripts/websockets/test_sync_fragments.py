"""Messages in fragments, sent and received by threads."""

import inspect
import os
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import HANG_GUARD, wait_until
from websockets.sync.client import connect
from websockets.sync.server import serve


class Pair(unittest.TestCase):
    """Two ends of a connection: self.ours and self.theirs."""

    options = {}

    def setUp(self):
        ends = []
        done = threading.Event()

        def handler(websocket):
            ends.append(websocket)
            done.wait(HANG_GUARD)

        self.server = serve(handler, "localhost", 0, close_timeout=1, **self.options)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        uri = "ws://localhost:%d" % self.server.socket.getsockname()[1]
        self.ours = connect(uri, legacy=True, close_timeout=1, **self.options)
        wait_until(lambda: ends)
        [self.theirs] = ends
        self.done = done

    def tearDown(self):
        self.done.set()
        self.ours.close()
        self.server.shutdown()
        self.thread.join(HANG_GUARD)

    def failing(self, target, *args):
        """Runs target in a thread, and returns what it raised, or None."""
        raised = []

        def run():
            try:
                target(*args)
            except Exception as error:
                raised.append(error)

        thread = threading.Thread(target=run)
        thread.start()

        def join():
            thread.join(HANG_GUARD)
            self.assertFalse(thread.is_alive())
            return raised[0] if raised else None

        return join


class Send(Pair):
    def test_each_item_is_a_fragment(self):
        for items in (["Hel", "lo", "!"], [b"by", b"tes"], ("one",)):
            self.ours.send(items)
            self.assertEqual(list(self.theirs.recv_streaming()), [*items, items[0][:0]])
        self.ours.send(iter(["by ", "an ", "iterator"]))
        self.assertEqual(self.theirs.recv(), "by an iterator")

    def test_nothing_is_sent_of_nothing(self):
        self.ours.send([])
        self.ours.send("next")
        self.assertEqual(self.theirs.recv(), "next")

    def test_text_chooses_the_kind(self):
        self.ours.send("é", text=False)
        self.assertEqual(self.theirs.recv(), "é".encode())
        self.ours.send("é".encode(), text=True)
        self.assertEqual(self.theirs.recv(), "é")
        self.ours.send([b"a", bytearray(b"b"), memoryview(b"c")], text=True)
        self.assertEqual(self.theirs.recv(), "abc")

    def test_what_cannot_be_sent(self):
        async def items():
            yield "one"

        for message, text in (
            (3, "data must be str, bytes, or iterable"),
            (None, "data must be str, bytes, or iterable"),
            (items(), "data must be str, bytes, or iterable"),
            ({"a": "dict"}, "data is a dict-like object"),
        ):
            with self.assertRaises(TypeError) as caught:
                self.ours.send(message)
            self.assertEqual(str(caught.exception), text)
        self.ours.send("still open")
        self.assertEqual(self.theirs.recv(), "still open")

    def test_mixed_types_fail_the_connection(self):
        with self.assertRaises(TypeError) as caught:
            self.ours.send(["text", b"bytes"])
        self.assertEqual(str(caught.exception), "iterable must contain uniform types")
        with self.assertRaises(websockets.ConnectionClosedError) as caught:
            self.ours.send("too late")
        self.assertEqual(caught.exception.sent.code, 1011)
        self.assertEqual(caught.exception.sent.reason, "error in fragmented message")

    def test_an_error_in_the_iterable_fails_the_connection(self):
        def items():
            yield "one"
            raise KeyError("a bug")

        with self.assertRaises(KeyError):
            self.ours.send(items())
        with self.assertRaises(websockets.ConnectionClosedError):
            self.theirs.recv()

    def test_other_messages_are_refused_meanwhile_and_pings_are_not(self):
        begun, go_on = threading.Event(), threading.Event()

        def items():
            yield "one"
            begun.set()
            go_on.wait(HANG_GUARD)
            yield "two"

        sending = self.failing(self.ours.send, items())
        begun.wait(HANG_GUARD)
        for message in ("other", b"other", ["others"]):
            with self.assertRaises(websockets.ConcurrencyError) as caught:
                self.ours.send(message)
        self.assertEqual(
            str(caught.exception),
            "cannot call send while another thread is already running send",
        )
        self.assertTrue(self.ours.ping().wait(HANG_GUARD))
        go_on.set()
        self.assertIsNone(sending())
        self.assertEqual(self.theirs.recv(), "onetwo")


class Receive(Pair):
    def test_fragments_come_as_they_arrive(self):
        first_is_here, go_on = threading.Event(), threading.Event()

        def items():
            yield "one"
            go_on.wait(HANG_GUARD)
            yield "two"

        sending = self.failing(self.theirs.send, items())
        stream = self.ours.recv_streaming()
        self.assertEqual(next(stream), "one")
        go_on.set()
        self.assertEqual(list(stream), ["two", ""])
        self.assertEqual(list(stream), [])
        self.assertIsNone(sending())

    def test_decode_chooses_the_type(self):
        crab = "🦀".encode()
        pieces = [crab[:1], crab[1:3], crab[3:]]
        self.theirs.send(pieces)
        self.assertEqual(list(self.ours.recv_streaming()), [*pieces, b""])
        self.theirs.send(pieces, text=True)
        self.assertEqual("".join(self.ours.recv_streaming()), "🦀")
        self.theirs.send(pieces, text=True)
        self.assertEqual(list(self.ours.recv_streaming(decode=False)), [*pieces, b""])
        self.theirs.send(pieces)
        self.assertEqual("".join(self.ours.recv_streaming(True)), "🦀")

    def test_bytes_that_are_no_text_fail_the_connection(self):
        self.theirs.send(b"\xff")
        with self.assertRaises(websockets.ConnectionClosedError) as caught:
            self.ours.recv(decode=True)
        self.assertEqual(caught.exception.sent.code, 1007)
        self.assertIsInstance(caught.exception.__cause__, UnicodeDecodeError)

    def test_nobody_else_receives_meanwhile(self):
        self.theirs.send(["one", "two"])
        stream = self.ours.recv_streaming()
        self.assertEqual(next(stream), "one")
        with self.assertRaises(websockets.ConcurrencyError) as caught:
            self.ours.recv()
        self.assertIn("while another thread is already running", str(caught.exception))
        with self.assertRaises(websockets.ConcurrencyError) as caught:
            next(self.ours.recv_streaming())
        self.assertIn("cannot call recv_streaming while another thread", str(caught.exception))
        self.assertEqual(list(stream), ["two", ""])
        self.theirs.send("next")
        self.assertEqual(self.ours.recv(), "next")

    def test_a_timeout_in_the_middle_loses_nothing(self):
        go_on = threading.Event()

        def items():
            yield "one"
            go_on.wait(HANG_GUARD)
            yield "two"

        sending = self.failing(self.theirs.send, items())
        with self.assertRaises(TimeoutError):
            self.ours.recv(timeout=0.1)
        go_on.set()
        self.assertEqual(self.ours.recv(timeout=HANG_GUARD), "onetwo")
        self.assertIsNone(sending())

    def test_the_end_of_the_connection_ends_a_stream(self):
        begun = threading.Event()

        def items():
            yield "one"
            begun.wait(HANG_GUARD)
            raise KeyError

        sending = self.failing(self.theirs.send, items())
        stream = self.ours.recv_streaming()
        self.assertEqual(next(stream), "one")
        begun.set()
        with self.assertRaises(websockets.ConnectionClosedError):
            next(stream)
        self.assertIsInstance(sending(), KeyError)


class Compressed(Pair):
    options = {"compression": "deflate"}

    def test_messages_and_fragments(self):
        for message in ("text " * 1000, b"bytes" * 1000, ""):
            self.ours.send(message)
            self.assertEqual(self.theirs.recv(), message)
        self.theirs.send(["a" * 1000, "b" * 1000])
        self.assertEqual("".join(self.ours.recv_streaming()), "a" * 1000 + "b" * 1000)
        self.assertIn("permessage-deflate", self.ours.response.headers["Sec-WebSocket-Extensions"])


class Uncompressed(Pair):
    options = {"compression": None}

    def test_no_extension_is_offered(self):
        self.assertNotIn("Sec-WebSocket-Extensions", self.ours.request.headers)
        self.ours.send("plain")
        self.assertEqual(self.theirs.recv(), "plain")


class Signatures(unittest.TestCase):
    def test_methods_tell_their_parameters(self):
        from websockets.sync.connection import Connection

        for name, parameters in (
            ("recv", "(self, timeout=None, decode=None)"),
            ("send", "(self, message, *, text=None)"),
            ("ping", "(self, data=None, *, ack_on_close=False)"),
            ("close", "(self, code=1000, reason='')"),
        ):
            method = getattr(Connection, name)
            self.assertEqual(str(inspect.signature(method)), parameters)
            self.assertFalse(inspect.iscoroutinefunction(method))
            self.assertTrue(method.__doc__)


if __name__ == "__main__":
    unittest.main()
