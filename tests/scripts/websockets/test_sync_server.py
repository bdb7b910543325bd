"""A server that runs a thread for each connection."""

import os
import signal
import socket
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import HANG_GUARD, wait_until
from websockets.sync.client import connect
from websockets.sync.server import Server, ServerConnection, basic_auth, broadcast, serve


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


class OpeningHandshake(unittest.TestCase):
    def status_of(self, serving, **options):
        with self.assertRaises(websockets.InvalidStatus) as caught:
            connect(serving.uri, **options)
        return caught.exception.response

    def test_process_request_sees_the_connection_and_may_answer(self):
        seen = []

        def process_request(connection, request):
            seen.append((connection, request.path, connection.state))
            if request.path == "/health":
                response = connection.respond(200, "OK\n")
                response.headers["X-Mine"] = "yes"
                return response

        with Serving(process_request=process_request) as serving:
            serving.uri += "/health"
            response = self.status_of(serving)
        self.assertEqual((response.status_code, response.body), (200, b"OK\n"))
        self.assertEqual(response.headers["X-Mine"], "yes")
        [(connection, path, state)] = seen
        self.assertIsInstance(connection, ServerConnection)
        self.assertEqual((path, state), ("/health", websockets.State.CONNECTING))
        self.assertIs(connection.server, serving.server)

    def test_process_response_may_change_the_response(self):
        def process_response(connection, request, response):
            response.headers["X-Mine"] = request.path

        with Serving(process_response=process_response) as serving:
            with connect(serving.uri + "/there") as websocket:
                self.assertEqual(websocket.response.headers["X-Mine"], "/there")

    def test_an_exception_in_a_callback_is_answered_with_500_and_logged(self):
        def fail(connection, request, response=None):
            raise ValueError("a bug")

        for name in ("process_request", "process_response"):
            with self.assertLogs("websockets.server", "ERROR") as logs:
                with Serving(**{name: fail}) as serving:
                    self.assertEqual(self.status_of(serving).status_code, 500)
            self.assertIn(f"{name} failed", logs.output[0])

    def test_a_coroutine_function_is_no_callback_in_threads(self):
        async def process_request(connection, request):
            pass

        import warnings

        with self.assertLogs("websockets.server", "ERROR"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Serving(process_request=process_request) as serving:
                self.assertEqual(self.status_of(serving).status_code, 500)

    def test_a_foreign_origin_is_refused(self):
        with Serving(origins=["https://mine.example"]) as serving:
            self.assertEqual(self.status_of(serving, origin="https://other").status_code, 403)
            with connect(serving.uri, origin="https://mine.example"):
                pass

    def test_a_subprotocol_is_chosen(self):
        with Serving(subprotocols=["chat", "superchat"]) as serving:
            with connect(serving.uri, subprotocols=["superchat", "chat"]) as websocket:
                self.assertIn(websocket.subprotocol, ("chat", "superchat"))

        def select_subprotocol(connection, subprotocols):
            return subprotocols[-1]

        with Serving(select_subprotocol=select_subprotocol) as serving:
            with connect(serving.uri, subprotocols=["a", "b"]) as websocket:
                self.assertEqual(websocket.subprotocol, "b")

    def test_basic_auth(self):
        users = []

        def handler(websocket):
            users.append(websocket.username)

        auth = basic_auth("mine", ("hello", "iloveyou"))
        with Serving(handler, process_request=auth) as serving:
            response = self.status_of(serving)
            self.assertEqual(response.status_code, 401)
            self.assertIn('realm="mine"', response.headers["WWW-Authenticate"])
            self.assertEqual(response.body, b"Missing credentials\n")
            with connect(serving.uri.replace("//", "//hello:iloveyou@")) as websocket:
                websocket.wait_closed()
            wrong = serving.uri.replace("//", "//hello:wrong@")
            with self.assertRaises(websockets.InvalidStatus) as caught:
                connect(wrong)
            self.assertEqual(caught.exception.response.body, b"Invalid credentials\n")
        self.assertEqual(users, ["hello"])

    def test_basic_auth_with_a_function(self):
        auth = basic_auth(check_credentials=lambda username, password: password == username[::-1])
        with Serving(process_request=auth) as serving:
            with connect(serving.uri.replace("//", "//abc:cba@")):
                pass
            with self.assertRaises(websockets.InvalidStatus):
                connect(serving.uri.replace("//", "//abc:abc@"))
        with self.assertRaises(ValueError):
            basic_auth()
        with self.assertRaises(TypeError):
            basic_auth(credentials=("one",))

    def test_server_header(self):
        with Serving(server_header="mine") as serving, connect(serving.uri) as websocket:
            self.assertEqual(websocket.response.headers["Server"], "mine")
        with Serving(server_header=None) as serving, connect(serving.uri) as websocket:
            self.assertNotIn("Server", websocket.response.headers)

    def test_a_client_that_says_nothing_is_left_after_open_timeout(self):
        with Serving(open_timeout=0.1) as serving:
            with socket.create_connection(serving.server.socket.getsockname()) as client:
                self.assertEqual(client.recv(100), b"")
            with connect(serving.uri) as websocket:
                websocket.send("others are served")
                websocket.recv()

    def test_one_that_is_no_websocket_client_is_told(self):
        with Serving() as serving:
            with socket.create_connection(serving.server.socket.getsockname()) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answer = b""
                while more := client.recv(4096):
                    answer += more
        self.assertIn(b"426 Upgrade Required", answer.splitlines()[0])

    def test_one_that_shakes_hands_during_shutdown_gets_503(self):
        entered, release = threading.Event(), threading.Event()

        def process_request(connection, request):
            entered.set()
            release.wait(HANG_GUARD)

        with Serving(process_request=process_request) as serving:
            failures = []

            def client():
                try:
                    connect(serving.uri)
                except websockets.InvalidStatus as error:
                    failures.append(error.response.status_code)

            opening = threading.Thread(target=client)
            opening.start()
            entered.wait(HANG_GUARD)
            ending = threading.Thread(target=serving.server.shutdown)
            ending.start()
            wait_until(lambda: serving.server.fileno() == -1)
            release.set()
            opening.join(HANG_GUARD)
            ending.join(HANG_GUARD)
        self.assertEqual(failures, [503])


class Arguments(unittest.TestCase):
    def test_connections_may_be_of_a_class_of_ones_own(self):
        class Mine(ServerConnection):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.mine = True

            def greet(self):
                self.send("Hello from mine!")

        with Serving(lambda websocket: websocket.greet(), create_connection=Mine) as serving:
            with connect(serving.uri) as websocket:
                self.assertEqual(websocket.recv(), "Hello from mine!")

    def test_a_handler_may_take_the_path(self):
        def handler(websocket, path):
            websocket.send(path)

        with Serving(handler) as serving, connect(serving.uri + "/a?b") as websocket:
            self.assertEqual(websocket.recv(), "/a?b")

    def test_a_unix_socket(self):
        import tempfile

        from websockets.sync.server import unix_serve

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            with unix_serve(echo, path) as server:
                thread = threading.Thread(target=server.serve_forever)
                thread.start()
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(path)
                    client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.assertIn(b"426", client.recv(4096))
            thread.join(HANG_GUARD)
        with self.assertRaises(ValueError):
            unix_serve(echo)

    def test_a_socket_takes_no_address(self):
        with socket.create_server(("localhost", 0)) as listening:
            for arguments in ({"host": "localhost"}, {"port": 1}):
                with self.assertRaises(ValueError):
                    serve(echo, sock=listening, **arguments)

    def test_old_names(self):
        import websockets.sync.server as module

        with self.assertWarns(DeprecationWarning):
            self.assertIs(module.WebSocketServer, Server)
        with self.assertWarns(DeprecationWarning) as caught:
            serve(echo, "localhost", 0, ssl_context=None).shutdown()
        self.assertIn("renamed to ssl", str(caught.warning))

    def test_unknown_arguments(self):
        with self.assertRaises(TypeError):
            serve(echo, "localhost", 0, no_such_argument=1)

    def test_arguments_are_checked_before_the_address_is_used(self):
        for arguments in ({"compression": "lzma"}, {"max_queue": (1, 2)}):
            with self.assertRaises(ValueError):
                serve(echo, "no such host.invalid", 0, **arguments)
        with self.assertRaises(TypeError):
            serve(echo, "no such host.invalid", 0, subprotocols="chat")

    def test_signatures(self):
        import inspect

        parameters = inspect.signature(serve).parameters
        self.assertEqual(list(parameters)[:4], ["handler", "host", "port", "sock"])
        self.assertEqual(parameters["max_size"].default, 2**20)

    def test_log_lines(self):
        with self.assertLogs("websockets.server", "INFO") as logs:
            with Serving() as serving, connect(serving.uri):
                wait_until(lambda: serving.server.connections)
        lines = [record.getMessage() for record in logs.records]
        self.assertRegex(lines[0], r"server listening on 127.0.0.1:\d+")
        self.assertIn("connection open", lines)
        self.assertEqual(lines[-2:], ["server closing", "server closed"])


class Broadcast(unittest.TestCase):
    def test_all_open_connections_get_the_message(self):
        with Serving() as serving:
            clients = [connect(serving.uri, legacy=True) for _ in range(5)]
            wait_until(lambda: len(serving.server.connections) == 5)
            clients.pop().close()
            wait_until(lambda: len(serving.server.connections) == 4)
            for message in ("Hello!", b"bytes"):
                broadcast(serving.server.connections, message)
                self.assertEqual([client.recv() for client in clients], [message] * 4)
            broadcast(clients, "from a client")
            self.assertEqual(clients[0].recv(), "from a client")
            broadcast(serving.server.connections, "as bytes", text=False, max_workers=2)
            self.assertEqual(clients[0].recv(), b"as bytes")
            for client in clients:
                client.close()

    def test_one_that_sends_fragments_is_skipped(self):
        begun, go_on = threading.Event(), threading.Event()

        def items():
            yield "one"
            begun.set()
            go_on.wait(HANG_GUARD)

        with Serving(lambda websocket: websocket.send(items())) as serving:
            with connect(serving.uri) as websocket:
                begun.wait(HANG_GUARD)
                [connection] = serving.server.connections
                with self.assertLogs("websockets.server", "WARNING") as logs:
                    broadcast([connection], "skipped")
                self.assertIn("sending a fragmented message", logs.output[0])
                with self.assertRaises(ExceptionGroup) as caught:
                    broadcast([connection], "skipped", raise_exceptions=True)
                [error] = caught.exception.exceptions
                self.assertIsInstance(error, websockets.ConcurrencyError)
                go_on.set()
                self.assertEqual(websocket.recv(), "one")

    def test_what_is_no_message_or_no_connection(self):
        with self.assertRaises(TypeError):
            broadcast([], ["no", "fragments"])
        with self.assertRaises(TypeError):
            broadcast(["no connection"], "message")


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

    def test_a_signal_handler_may_call_it(self):
        codes = []

        def client(uri):
            with connect(uri) as websocket:
                wait_until(lambda: server.connections)
                os.kill(os.getpid(), signal.SIGUSR1)
                websocket.wait_closed()
                codes.append(websocket.close_code)

        server = serve(echo, "localhost", 0)
        before = signal.signal(signal.SIGUSR1, lambda *_: server.shutdown())
        self.addCleanup(signal.signal, signal.SIGUSR1, before)
        uri = "ws://localhost:%d" % server.socket.getsockname()[1]
        thread = threading.Thread(target=client, args=(uri,))
        thread.start()
        server.serve_forever()
        thread.join(HANG_GUARD)
        self.assertEqual(codes, [1001])

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
                wait_until(lambda: not serving.server._threads)
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
