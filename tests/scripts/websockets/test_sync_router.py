"""`route` of threads. How paths are found is asyncio's (test_router), with its stand-in for werkzeug."""

import os
import sys
import tempfile
import threading
import types
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import HANG_GUARD
from test_router import Map, NotFound, RequestRedirect, Rule
from websockets.sync.client import connect, unix_connect
from websockets.sync.router import Router, route, unix_route


def repeat(websocket, count=1):
    message = websocket.recv()
    for _ in range(count):
        websocket.send(message)


def url_map():
    return Map(
        Rule("/repeat", repeat), Rule(r"/repeat/(?P<count>\d+)", repeat), Rule("/old", None, "/repeat")
    )


class Serving:
    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        address = self.server.socket.getsockname()
        return address if isinstance(address, str) else "ws://127.0.0.1:%d" % address[1]

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join(HANG_GUARD)


class Routes(unittest.TestCase):
    def setUp(self):
        routing = types.SimpleNamespace(Map=Map, Rule=Rule, RequestRedirect=RequestRedirect)
        modules = {
            "werkzeug": types.SimpleNamespace(routing=routing),
            "werkzeug.routing": routing,
            "werkzeug.exceptions": types.SimpleNamespace(NotFound=NotFound),
        }
        sys.modules.update(modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in modules])

    def answers(self, websocket):
        websocket.send("Hello!")
        return list(websocket)

    def refused(self, uri):
        with self.assertRaises(websockets.InvalidStatus) as caught:
            connect(uri)
        return caught.exception.response.status_code

    def test_handlers_get_what_is_in_the_path(self):
        with Serving(route(url_map(), "127.0.0.1", 0)) as uri:
            for path, count in [("/repeat", 1), ("/repeat/3", 3), ("/old", 1)]:
                with connect(uri + path) as websocket:
                    self.assertEqual(self.answers(websocket), ["Hello!"] * count)
            self.assertEqual(self.refused(uri + "/none"), 404)

    def test_a_process_request_comes_first(self):
        def process_request(connection, request):
            if request.path == "/repeat/9":
                return connection.respond(403, "too many\n")

        server = route(url_map(), "127.0.0.1", 0, process_request=process_request)
        with Serving(server) as uri:
            self.assertEqual(self.refused(uri + "/repeat/9"), 403)
            with connect(uri + "/repeat/2") as websocket:
                self.assertEqual(self.answers(websocket), ["Hello!"] * 2)

    def test_a_router_of_the_script_s(self):
        class Mine(Router):
            def not_found(self, connection):
                return connection.respond(410, "gone\n")

        with Serving(route(url_map(), "127.0.0.1", 0, create_router=Mine)) as uri:
            self.assertEqual(self.refused(uri + "/none"), 410)

    def test_unix_sockets(self):
        with tempfile.TemporaryDirectory() as folder:
            with Serving(unix_route(url_map(), os.path.join(folder, "socket"))) as path:
                with unix_connect(path, "ws://localhost/repeat/2") as websocket:
                    self.assertEqual(self.answers(websocket), ["Hello!"] * 2)


class WithoutWerkzeug(unittest.TestCase):
    def test_it_is_asked_for(self):
        for function in route, unix_route:
            with self.assertRaisesRegex(ImportError, rf"{function.__name__}\(\) requires werkzeug"):
                function(url_map())


if __name__ == "__main__":
    unittest.main()
