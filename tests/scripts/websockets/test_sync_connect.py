"""Connecting from a thread. The way to a connection is asyncio's; what differs is tested here."""

import inspect
import os
import socket
import sys
import tempfile
import threading
import unittest
import warnings

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from raw_server import RawServer, response
from support import HANG_GUARD, server
from websockets.sync.client import (
    ClientConnection,
    connect,
    reconnect,
    unix_connect,
    unix_reconnect,
)
from websockets.sync.server import serve, unix_serve


class Serving:
    """A server of ours that serves in a thread, for a `with` statement."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self.server

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join(HANG_GUARD)


class Connect(unittest.TestCase):
    def test_it_gives_a_client_connection(self):
        with connect(server("WS") + "/echo") as websocket:
            self.assertIs(type(websocket), ClientConnection)
            self.assertEqual(websocket.logger.logger.name, "websockets.client")
            self.assertEqual(len(str(websocket.id)), 36)

    def test_header_fields_of_ones_own(self):
        seen = []

        def process_request(connection, request):
            seen.append(request.headers)

        listening = serve(lambda _: None, "localhost", 0, process_request=process_request)
        with Serving(listening):
            uri = "ws://localhost:%d" % listening.socket.getsockname()[1]
            with connect(uri, additional_headers={"X-Mine": "yes"}, user_agent_header=None):
                pass
            with connect(uri, origin="https://mine.example", additional_headers=[("A", "b")]):
                pass
        self.assertEqual(seen[0]["X-Mine"], "yes")
        self.assertNotIn("User-Agent", seen[0])
        self.assertIn("Tauraro websockets/", seen[1]["User-Agent"])
        self.assertEqual((seen[1]["Origin"], seen[1]["A"]), ("https://mine.example", "b"))

    def test_open_timeout_bounds_it(self):
        for name in ("open_timeout", "timeout"):
            with self.assertRaises(TimeoutError):
                connect(server("HTTP").replace("http", "ws") + "/never", **{name: 0.1})

    def test_what_goes_wrong(self):
        with self.assertRaises(websockets.InvalidURI):
            connect("http://localhost")
        with self.assertRaises(websockets.InvalidStatus):
            connect(server("HTTP").replace("http", "ws") + "/status/404")
        with socket.create_server(("localhost", 0)) as unused:
            port = unused.getsockname()[1]
        with self.assertRaises(OSError):
            connect(f"ws://localhost:{port}")
        with self.assertRaises(ValueError):
            import ssl

            connect("ws://localhost", ssl=ssl.create_default_context())
        with self.assertRaises(TypeError):
            connect(server("WS"), no_such_argument=1)

    def test_a_redirect_is_followed(self):
        target = server("WS") + "/echo"
        peer = RawServer.answering(
            lambda head: response(b"", "302 Found", f"Location: {target}")
        )
        with connect(f"ws://127.0.0.1:{peer.port}") as websocket:
            websocket.send("Hello!")
            self.assertEqual(websocket.recv(), "Hello!")
        peer.close()

    def test_a_socket_is_taken_over(self):
        host, _, port = server("WS").removeprefix("ws://").rpartition(":")
        sock = socket.create_connection((host, int(port)))
        with connect(server("WS") + "/echo", sock=sock) as websocket:
            websocket.send("Hello!")
            self.assertEqual(websocket.recv(), "Hello!")

    def test_the_address_may_be_another_than_the_uris(self):
        host, _, port = server("WS").removeprefix("ws://").rpartition(":")
        with connect("ws://other.invalid/echo", address=(host, int(port))) as websocket:
            websocket.send("Hello!")
            self.assertEqual(websocket.recv(), "Hello!")

    def test_connections_may_be_of_a_class_of_ones_own(self):
        class Mine(ClientConnection):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.keywords = kwargs

        with connect(server("WS") + "/echo", create_connection=Mine, max_queue=4) as websocket:
            self.assertIs(type(websocket), Mine)
            self.assertEqual(websocket.keywords["max_queue"], 4)
            self.assertNotIn("write_limit", websocket.keywords)
            websocket.send("Hello!")
            self.assertEqual(websocket.recv(), "Hello!")

    def test_signatures(self):
        parameters = inspect.signature(connect).parameters
        self.assertEqual(list(parameters)[:4], ["uri", "sock", "ssl", "server_hostname"])
        self.assertEqual(parameters["ping_interval"].default, 20)
        self.assertIn("legacy", parameters)
        self.assertNotIn("write_limit", parameters)


class WithoutABlock(unittest.TestCase):
    def test_it_is_warned_of_at_the_first_use(self):
        websocket = connect(server("WS") + "/echo")
        with self.assertWarns(DeprecationWarning) as caught:
            websocket.send("Hello!")
        self.assertEqual(caught.filename, __file__)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(websocket.recv(), "Hello!")
            websocket.close()

    def test_nobody_is_warned_who_asked_for_it(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            websocket = connect(server("WS") + "/echo", legacy=True)
            websocket.send("Hello!")
            websocket.close()


class Reconnect(unittest.TestCase):
    def test_each_turn_has_a_new_connection(self):
        seen = []
        for websocket in reconnect(server("WS") + "/echo"):
            websocket.send("Hello!")
            self.assertEqual(websocket.recv(), "Hello!")
            seen.append(websocket)
            if len(seen) == 3:
                break
        self.assertEqual([websocket.close_code for websocket in seen], [1000, 1000, 1000])

    def test_legacy_false_asks_for_it(self):
        self.assertIsInstance(connect(server("WS"), legacy=False), reconnect)

    def test_it_waits_between_attempts_that_fail(self):
        answers = iter([b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"] * 3)
        peer = RawServer.answering(lambda head: next(answers, None))
        waits = iter([0.0] * 10)
        with self.assertRaises(ZeroDivisionError):
            for _ in reconnect(
                f"ws://127.0.0.1:{peer.port}",
                reconnect_delays=lambda: waits,
                process_exception=lambda exc: (
                    None if getattr(exc, "response", None) else ZeroDivisionError()
                ),
            ):
                self.fail("there is no connection")
        self.assertEqual(len(list(waits)), 7)
        peer.close()

    def test_a_block_connects_once(self):
        connecting = reconnect(server("WS") + "/echo")
        with connecting as websocket:
            websocket.send("Hello!")
            with self.assertRaises(RuntimeError):
                connecting.__enter__()
        with connecting as websocket:
            self.assertIs(websocket.state, websockets.State.OPEN)


class Unix(unittest.TestCase):
    def test_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")

            def handler(websocket):
                websocket.send(websocket.request.path)

            with Serving(unix_serve(handler, path)):
                with unix_connect(path) as websocket:
                    self.assertEqual(websocket.recv(), "/")
                with unix_connect(path, "ws://localhost/there") as websocket:
                    self.assertEqual(websocket.recv(), "/there")
                    self.assertEqual(websocket.remote_address, path)
                for websocket in unix_reconnect(path):
                    self.assertEqual(websocket.recv(), "/")
                    break
        for arguments in ((), (path,)):
            with self.assertRaises(ValueError):
                unix_connect(*arguments, sock=None if not arguments else socket.socket())


class Tls(unittest.TestCase):
    def test_both_ends(self):
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server("CLIENT_CERT"), server("CLIENT_KEY"))
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE

        def echo(websocket):
            for message in websocket:
                websocket.send(message)

        listening = serve(echo, "localhost", 0, ssl=context)
        with Serving(listening):
            uri = "wss://localhost:%d" % listening.socket.getsockname()[1]
            with connect(uri, ssl=trusting) as websocket:
                for message in ("Hello!", b"x" * 300_000):
                    websocket.send(message)
                    self.assertEqual(websocket.recv(), message)


if __name__ == "__main__":
    unittest.main()
