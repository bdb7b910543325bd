"""`route`: a handler for each path. werkzeug's part is played by a few lines of ours."""

import os
import re
import sys
import tempfile
import types
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import websockets
from serving import PLAIN, url_of
from websockets.asyncio.client import unix_connect
from websockets.asyncio.router import Router, route, unix_route


class NotFound(Exception):
    pass


class RequestRedirect(Exception):
    def __init__(self, new_url):
        super().__init__(new_url)
        self.new_url = new_url


class Rule:
    websocket = False

    def __init__(self, pattern, endpoint=None, redirect_to=None):
        self.pattern, self.endpoint, self.redirect_to = pattern, endpoint, redirect_to


class Map:
    def __init__(self, *rules):
        self.rules = rules

    def iter_rules(self):
        return iter(self.rules)

    def bind(self, server_name, url_scheme):
        self.server_name, self.url_scheme = server_name, url_scheme
        return self

    def match(self, path_info, query_args):
        for rule in self.rules:
            found = rule.websocket and re.fullmatch(rule.pattern, path_info)
            if found and rule.redirect_to:
                raise RequestRedirect(f"{self.url_scheme}://{self.server_name}{rule.redirect_to}")
            if found:
                return rule.endpoint, {k: int(v) for k, v in found.groupdict().items()}
        raise NotFound


async def repeat(websocket, count=1):
    message = await websocket.recv()
    for _ in range(count):
        await websocket.send(message)


def url_map():
    return Map(
        Rule("/repeat", repeat),
        Rule(r"/repeat/(?P<count>\d+)", repeat),
        Rule("/old", None, "/repeat"),
    )


class Routes(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        routing = types.SimpleNamespace(Map=Map, Rule=Rule, RequestRedirect=RequestRedirect)
        modules = {
            "werkzeug": types.SimpleNamespace(routing=routing),
            "werkzeug.routing": routing,
            "werkzeug.exceptions": types.SimpleNamespace(NotFound=NotFound),
        }
        sys.modules.update(modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in modules])

    async def answers(self, websocket):
        await websocket.send("Hello!")
        return [message async for message in websocket]

    async def test_handlers_get_what_is_in_the_path(self):
        async with route(url_map(), "127.0.0.1", 0, **PLAIN) as server:
            for path, count in [("/repeat", 1), ("/repeat/3", 3), ("/repeat/2?x=1", 2)]:
                async with websockets.connect(url_of(server, path)) as websocket:
                    self.assertEqual(await self.answers(websocket), ["Hello!"] * count)

    async def test_other_paths_are_not_found(self):
        async with route(url_map(), "127.0.0.1", 0, **PLAIN) as server:
            with self.assertRaises(websockets.exceptions.InvalidStatus) as caught:
                await websockets.connect(url_of(server, "/none"))
        self.assertEqual(caught.exception.response.status_code, 404)
        self.assertEqual(caught.exception.response.body, b"Not Found")

    async def test_redirects_are_followed(self):
        async with route(url_map(), "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server, "/old")) as websocket:
                self.assertEqual(await self.answers(websocket), ["Hello!"])

    async def location(self, **options):
        seen = []

        def process_response(connection, request, response):
            seen.append((response.status_code, response.headers["Location"]))
            return connection.respond(404, "")

        async with route(
            url_map(), "127.0.0.1", 0, process_response=process_response, **options, **PLAIN
        ) as server:
            with self.assertRaises(websockets.exceptions.InvalidStatus):
                await websockets.connect(url_of(server, "/old"))
        return seen[0]

    async def test_redirects_of_a_server_behind_a_proxy(self):
        location = await self.location(ssl=True, server_name="example.com")
        self.assertEqual(location, (302, "wss://example.com/repeat"))

    async def test_a_process_request_comes_first(self):
        async def process_request(connection, request):
            if request.path == "/repeat/9":
                return connection.respond(403, "too many\n")

        async with route(
            url_map(), "127.0.0.1", 0, process_request=process_request, **PLAIN
        ) as server:
            with self.assertRaises(websockets.exceptions.InvalidStatus) as caught:
                await websockets.connect(url_of(server, "/repeat/9"))
            self.assertEqual(caught.exception.response.status_code, 403)
            async with websockets.connect(url_of(server, "/repeat/2")) as websocket:
                self.assertEqual(await self.answers(websocket), ["Hello!"] * 2)

    async def test_a_router_of_the_script_s(self):
        class Mine(Router):
            def not_found(self, connection):
                return connection.respond(410, "gone\n")

        async with route(url_map(), "127.0.0.1", 0, create_router=Mine, **PLAIN) as server:
            with self.assertRaises(websockets.exceptions.InvalidStatus) as caught:
                await websockets.connect(url_of(server, "/none"))
        self.assertEqual(caught.exception.response.status_code, 410)

    async def test_unix_sockets(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            async with unix_route(url_map(), path, **PLAIN):
                async with unix_connect(path, "ws://localhost/repeat/2") as websocket:
                    self.assertEqual(await self.answers(websocket), ["Hello!"] * 2)


class WithoutWerkzeug(unittest.TestCase):
    def test_it_is_asked_for(self):
        for function in route, unix_route:
            with self.assertRaisesRegex(ImportError, rf"{function.__name__}\(\) requires werkzeug"):
                function(url_map())


if __name__ == "__main__":
    unittest.main()
