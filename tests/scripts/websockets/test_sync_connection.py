"""A connection as threads use it: receiving, sending, pinging, closing."""

import base64
import hashlib
import os
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from raw_server import RawServer, fields
from support import HANG_GUARD, server, wait_until
from websockets.sync.client import connect


def echo():
    return connect(server("WS") + "/echo")


def mute(connection):
    """A server that shakes hands, and says nothing from then on."""
    key = fields(connection.read_head())["sec-websocket-key"]
    digest = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    connection.send(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
    )
    while connection.read_more():
        pass


def connect_to_mute():
    peer = RawServer(mute)
    return connect(f"ws://127.0.0.1:{peer.port}", close_timeout=0.1)


def run(target, *args):
    """Starts a thread, whose result or exception join() gives."""
    outcome = {}

    def call():
        try:
            outcome["result"] = target(*args)
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=call)
    thread.start()

    def join():
        thread.join(HANG_GUARD)
        if thread.is_alive():
            raise AssertionError("the thread hangs")
        if "error" in outcome:
            raise outcome["error"]
        return outcome["result"]

    return join


class Recv(unittest.TestCase):
    def test_text_is_str_and_binary_is_bytes(self):
        with echo() as websocket:
            for message in ("Hello!", "", "é🦀", b"\x00\xff", b""):
                websocket.send(message)
                self.assertEqual(websocket.recv(), message)

    def test_decode_chooses_the_type(self):
        with echo() as websocket:
            websocket.send("é")
            self.assertEqual(websocket.recv(decode=False), "é".encode())
            websocket.send("é".encode())
            self.assertEqual(websocket.recv(None, True), "é")

    def test_a_timeout_raises_and_the_connection_goes_on(self):
        with echo() as websocket:
            for timeout, text in ((0.1, "timed out in 0.1s"), (0, "timed out in 0.0s")):
                with self.assertRaises(TimeoutError) as caught:
                    websocket.recv(timeout=timeout)
                self.assertEqual(str(caught.exception), text)
            with self.assertRaises(TimeoutError):
                websocket.recv(timeout=-1)
            websocket.send("Hello!")
            self.assertEqual(websocket.recv(timeout=HANG_GUARD), "Hello!")

    def test_a_timeout_of_zero_takes_what_is_here(self):
        with connect(server("WS") + "/push/3") as websocket:
            received = []

            def take():
                try:
                    received.append(websocket.recv(timeout=0))
                except TimeoutError:
                    pass
                return len(received) == 3

            wait_until(take)
        self.assertEqual(received, ["0", "1", "2"])

    def test_only_one_thread_receives_at_a_time(self):
        with echo() as websocket:
            receiving = run(websocket.recv)

            def refused():
                try:
                    websocket.recv(timeout=0)
                except websockets.ConcurrencyError as error:
                    return str(error)
                except TimeoutError:
                    return None

            wait_until(refused)
            self.assertEqual(
                refused(),
                "cannot call recv while another thread is already running recv or recv_streaming",
            )
            websocket.send("Hello!")
            self.assertEqual(receiving(), "Hello!")

    def test_iteration_ends_quietly_when_the_close_is_ok(self):
        with connect(server("WS") + "/push/3") as websocket:
            self.assertEqual(list(websocket), ["0", "1", "2"])

    def test_iteration_raises_when_it_is_an_error(self):
        with connect(server("WS") + "/close/1011/broken") as websocket:
            with self.assertRaises(websockets.ConnectionClosedError):
                for _ in websocket:
                    pass

    def test_iteration_calls_the_recv_of_the_object(self):
        with connect(server("WS") + "/push/2") as websocket:
            original = websocket.recv
            websocket.recv = lambda: original() + "!"
            self.assertEqual(list(websocket), ["0!", "1!"])


class Threads(unittest.TestCase):
    def test_one_thread_sends_while_another_receives(self):
        count = 500
        with echo() as websocket:
            receiving = run(lambda: [websocket.recv() for _ in range(count)])
            for number in range(count):
                websocket.send(str(number))
            self.assertEqual(receiving(), [str(number) for number in range(count)])

    def test_messages_of_many_threads_arrive_whole(self):
        sizes = (1, 1000, 40_000, 200_000)
        with connect(server("WS") + "/echo") as websocket:

            def send(letter):
                for size in sizes * 3:
                    websocket.send(letter * size)

            sending = [run(send, letter) for letter in "abcd"]
            received = [websocket.recv() for _ in range(len(sizes) * 3 * 4)]
            for join in sending:
                join()
        for message in received:
            self.assertEqual(message, message[0] * len(message))
        self.assertEqual(sorted(map(len, received)), sorted(sizes * 12))

    def test_it_is_used_in_a_running_loop(self):
        import asyncio

        async def main():
            with echo() as websocket:
                websocket.send("Hello!")
                return websocket.recv()

        self.assertEqual(asyncio.run(main()), "Hello!")

    def test_it_moves_between_threads_and_outlives_the_one_that_made_it(self):
        websocket = run(echo)()
        with websocket:
            for number in range(3):
                run(websocket.send, str(number))()
                self.assertEqual(run(websocket.recv)(), str(number))

    def test_pings_are_answered_while_no_thread_is_inside(self):
        from websockets.sync.server import serve

        answered = []

        def handler(websocket):
            answered.append(websocket.ping().wait(HANG_GUARD))

        with serve(handler, "localhost", 0) as listening:
            serving = run(listening.serve_forever)
            port = listening.socket.getsockname()[1]
            with connect(f"ws://localhost:{port}"):
                wait_until(lambda: answered)
            listening.shutdown()
            serving()
        self.assertEqual(answered, [True])


class Ping(unittest.TestCase):
    def test_it_returns_an_event_that_the_pong_sets(self):
        with echo() as websocket:
            self.assertEqual(websocket.latency, 0)
            event = websocket.ping()
            self.assertIsInstance(event, threading.Event)
            self.assertTrue(event.wait(HANG_GUARD))
            self.assertTrue(event.is_set())
            self.assertGreater(websocket.latency, 0)

    def test_payloads(self):
        with echo() as websocket:
            for data in ("text", b"bytes", bytearray(b"buffer"), memoryview(b"view")):
                self.assertTrue(websocket.ping(data).wait(HANG_GUARD))
            websocket.pong()
            websocket.pong("text")
            with self.assertRaises(websockets.ProtocolError):
                websocket.ping(b"x" * 126)
            with self.assertRaises(TypeError):
                websocket.ping(3)

    def test_an_event_waits_no_longer_than_it_is_told(self):
        with connect_to_mute() as websocket:
            event = websocket.ping("once")
            self.assertFalse(event.wait(0.05))
            self.assertFalse(event.is_set())
            with self.assertRaises(websockets.ConcurrencyError):
                websocket.ping("once")

    def test_the_end_of_the_connection_sets_it_only_on_demand(self):
        with connect_to_mute() as websocket:
            plain = websocket.ping()
            either = websocket.ping(ack_on_close=True)
        self.assertTrue(either.wait(HANG_GUARD))
        self.assertFalse(plain.is_set())


class Close(unittest.TestCase):
    def test_a_block_closes_with_1000(self):
        with echo() as websocket:
            pass
        self.assertEqual((websocket.close_code, websocket.close_reason), (1000, ""))
        self.assertIs(websocket.state, websockets.State.CLOSED)

    def test_an_exception_in_a_block_closes_with_1011(self):
        with self.assertRaises(ZeroDivisionError):
            with echo() as websocket:
                1 / 0
        with self.assertRaises(websockets.ConnectionClosedError) as caught:
            websocket.recv()
        self.assertEqual(caught.exception.sent.code, 1011)

    def test_closing_ends_the_recv_of_another_thread(self):
        with echo() as websocket:
            receiving = run(websocket.recv)
            websocket.close(1001, "over")
            with self.assertRaises(websockets.ConnectionClosedOK) as caught:
                receiving()
            self.assertEqual(caught.exception.sent.code, 1001)
            self.assertEqual(caught.exception.sent.reason, "over")

    def test_closing_twice_is_no_error_and_sending_later_is_one(self):
        with echo() as websocket:
            websocket.close()
            websocket.close()
            for use in (websocket.recv, websocket.ping, lambda: websocket.send("late")):
                with self.assertRaises(websockets.ConnectionClosedOK):
                    use()

    def test_codes_and_reasons_that_may_not_be_sent(self):
        with echo() as websocket:
            for arguments in ((1005,), (5000,), (1000, "x" * 124)):
                with self.assertRaises(websockets.ProtocolError):
                    websocket.close(*arguments)
            websocket.send("still open")
            self.assertEqual(websocket.recv(), "still open")

    def test_wait_closed_tells_whether_it_is(self):
        with echo() as websocket:
            self.assertIs(websocket.wait_closed(0), False)
            self.assertIs(websocket.wait_closed(timeout=0.05), False)
            waiting = run(websocket.wait_closed)
            websocket.close()
            self.assertIs(waiting(), True)

    def test_a_peer_that_never_answers_is_left_after_close_timeout(self):
        with connect_to_mute() as websocket:
            websocket.close()
        with self.assertRaises(websockets.ConnectionClosedError) as caught:
            websocket.recv()
        self.assertIsInstance(caught.exception.__cause__, TimeoutError)


class Attributes(unittest.TestCase):
    def test_they_tell_of_the_handshake(self):
        with connect(server("WS") + "/echo?a=b") as websocket:
            self.assertEqual(websocket.request.path, "/echo?a=b")
            self.assertEqual(websocket.response.status_code, 101)
            self.assertIsNone(websocket.subprotocol)
            self.assertEqual(websocket.remote_address[1], int(server("WS").rpartition(":")[2]))
            self.assertEqual(len(websocket.local_address), 2)
            self.assertIs(websocket.state, websockets.State.OPEN)
            self.assertIsNone(websocket.close_code)
            self.assertIn("ClientConnection", repr(websocket))

    def test_attributes_may_be_added(self):
        with echo() as websocket:
            websocket.name = "mine"
            self.assertEqual(websocket.name, "mine")


if __name__ == "__main__":
    unittest.main()
