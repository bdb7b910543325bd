"""A server that runs a thread for each connection."""

import os
import socket
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import HANG_GUARD, wait_until
from websockets.sync.client import connect
from websockets.sync.server import Server, ServerConnection, serve


def echo(websocket):
    for message in websocket:
        websocket.send(message)


class Serving:
    """A server that serves in a thread, for a `with` statement."""

    def __init__(self, handler=echo, **options):
        self.server = serve(handler, "localhost", 0, **options)
        self.uri = "ws://localhost:%d" % self.server.socket.getsockname()[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join(HANG_GUARD)
        assert not self.thread.is_alive()


class Handler(unittest.TestCase):
    def test_it_gets_a_connection_in_a_thread_of_its_own(self):
        seen = []

        def handler(websocket):
            seen.append((websocket, threading.current_thread()))
            websocket.send(websocket.request.path)

        with Serving(handler) as serving:
            with connect(serving.uri + "/path?query") as websocket:
                self.assertEqual(websocket.recv(), "/path?query")
        [(connection, thread)] = seen
        self.assertIsInstance(connection, ServerConnection)
        self.assertIsInstance(thread, threading.Thread)
        self.assertIsNot(thread, threading.main_thread())
        self.assertFalse(thread.daemon)

    def test_the_connection_is_closed_when_it_returns(self):
        with Serving(lambda websocket: None) as serving:
            with connect(serving.uri) as websocket:
                with self.assertRaises(websockets.ConnectionClosedOK) as caught:
                    websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 1000)

    def test_an_exception_closes_with_1011_and_is_logged(self):
        def handler(websocket):
            raise ValueError("a bug")

        with self.assertLogs("websockets.server", "ERROR") as logs, Serving(handler) as serving:
            with connect(serving.uri) as websocket:
                with self.assertRaises(websockets.ConnectionClosedError) as caught:
                    websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 1011)
        self.assertIn("connection handler failed", logs.output[0])
        self.assertIn("ValueError: a bug", logs.output[0])

    def test_many_clients_are_served_at_once(self):
        barrier = threading.Barrier(20)

        def handler(websocket):
            barrier.wait(HANG_GUARD)
            echo(websocket)

        def client(number):
            with connect(serving.uri) as websocket:
                for turn in range(20):
                    websocket.send(f"{number} {turn}")
                    if websocket.recv() != f"{number} {turn}":
                        return
            served.append(number)

        served = []
        with Serving(handler) as serving:
            threads = [threading.Thread(target=client, args=(n,)) for n in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(HANG_GUARD)
        self.assertEqual(sorted(served), list(range(20)))


class Shutdown(unittest.TestCase):
    def test_connections_are_closed_with_1001(self):
        with Serving() as serving:
            with connect(serving.uri) as websocket:
                websocket.send("Hello!")
                websocket.recv()
                serving.server.shutdown()
                with self.assertRaises(websockets.ConnectionClosedOK) as caught:
                    websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 1001)

    def test_code_and_reason_may_be_others(self):
        with Serving() as serving:
            with connect(serving.uri) as websocket:
                wait_until(lambda: serving.server.connections)
                serving.server.shutdown(code=1012, reason="back soon")
                with self.assertRaises(websockets.ConnectionClosed) as caught:
                    websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 1012)
        self.assertEqual(caught.exception.rcvd.reason, "back soon")

    def test_connections_may_be_left_to_end_on_their_own(self):
        with Serving() as serving:
            with connect(serving.uri) as websocket:
                wait_until(lambda: serving.server.connections)
                ending = threading.Thread(
                    target=serving.server.shutdown, args=(), kwargs={"close_connections": False}
                )
                ending.start()
                serving.thread.join(HANG_GUARD)
                websocket.send("still here")
                self.assertEqual(websocket.recv(), "still here")
                self.assertTrue(ending.is_alive())
            ending.join(HANG_GUARD)
            self.assertFalse(ending.is_alive())

    def test_nobody_listens_afterwards(self):
        with Serving() as serving:
            pass
        self.assertEqual(serving.server.fileno(), -1)
        with self.assertRaises(OSError):
            connect(serving.uri)

    def test_it_may_be_called_twice_and_before_serving(self):
        server = serve(echo, "localhost", 0)
        server.shutdown()
        server.shutdown()
        server.serve_forever()

    def test_handlers_are_waited_for(self):
        done = []

        def handler(websocket):
            try:
                websocket.recv()
            except websockets.ConnectionClosed:
                websocket.wait_closed()
                done.append(True)

        with Serving(handler) as serving:
            with connect(serving.uri) as websocket:
                wait_until(lambda: serving.server.connections)
                serving.server.shutdown()
                self.assertEqual(done, [True])

    def test_a_block_ends_the_server(self):
        with serve(echo, "localhost", 0) as server:
            self.assertIsInstance(server, Server)
            self.assertGreater(server.fileno(), 0)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
        thread.join(HANG_GUARD)
        self.assertFalse(thread.is_alive())


class Leaks(unittest.TestCase):
    def test_connections_leave_no_thread_and_no_descriptor(self):
        def descriptors():
            return len(os.listdir("/proc/self/fd"))

        with Serving() as serving:
            for turn in range(60):
                if turn == 10:
                    before = threading.active_count(), descriptors()
                with connect(serving.uri) as websocket:
                    websocket.send("Hello!")
                    websocket.recv()
                wait_until(lambda: not serving.server._running())
            wait_until(lambda: (threading.active_count(), descriptors()) <= before)

    def test_a_connection_that_is_dropped_is_closed(self):
        ended = []

        def handler(websocket):
            try:
                websocket.recv()
            except websockets.ConnectionClosed as error:
                ended.append(error.rcvd.code)

        with Serving(handler) as serving:
            websocket = connect(serving.uri, legacy=True)
            del websocket
            wait_until(lambda: ended)
        self.assertEqual(ended, [1001])


@unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
class Fork(unittest.TestCase):
    def in_child(self, check):
        """Runs `check` in a forked child, and asserts that it returned True."""
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if check() is True else 1)
            finally:
                os._exit(2)
        _, status = os.waitpid(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)

    def test_a_child_makes_connections_of_its_own_and_leaves_the_parents_alone(self):
        def child():
            try:
                websocket.send("not mine")
            except RuntimeError:
                pass
            else:
                return False
            with connect(serving.uri) as own:
                own.send("mine")
                return own.recv() == "mine"

        with Serving() as serving:
            with connect(serving.uri) as websocket:
                self.in_child(child)
                websocket.send("still there")
                self.assertEqual(websocket.recv(), "still there")

    def test_a_child_serves_on_a_socket_that_the_parent_made(self):
        with socket.create_server(("localhost", 0)) as listening:
            child = os.fork()
            if child == 0:
                try:
                    server = serve(lambda websocket: websocket.send("child"), sock=listening)
                    threading.Thread(target=server.serve_forever, daemon=True).start()
                    wait_until(lambda: False)
                finally:
                    os._exit(0)
            try:
                with connect("ws://localhost:%d" % listening.getsockname()[1]) as websocket:
                    self.assertEqual(websocket.recv(), "child")
            finally:
                os.kill(child, 9)
                os.waitpid(child, 0)


if __name__ == "__main__":
    unittest.main()
