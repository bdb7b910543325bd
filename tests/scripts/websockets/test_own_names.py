"""What Tauraro adds to websockets: `timeout=`, `(websocket, path)` handlers, messages that name the URL."""

import functools
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server


class Handlers(unittest.IsolatedAsyncioTestCase):
    async def answer_of(self, handler, path):
        async with websockets.serve(handler, "127.0.0.1", 0) as serving:
            port = serving.sockets[0].getsockname()[1]
            async with websockets.connect(f"ws://127.0.0.1:{port}{path}") as websocket:
                return await websocket.recv()

    async def test_two_parameters_get_the_path(self):
        async def handler(websocket, path):
            await websocket.send(path)

        for path in ("/", "/chat/room", "/chat?user=alice"):
            with self.subTest(path):
                self.assertEqual(await self.answer_of(handler, path), path)

    async def test_one_parameter_gets_the_connection_alone(self):
        async def handler(websocket):
            await websocket.send("one")

        self.assertEqual(await self.answer_of(handler, "/"), "one")

    async def test_a_method_counts_without_self(self):
        class Room:
            async def with_path(self, websocket, path):
                await websocket.send(path)

            async def without(self, websocket):
                await websocket.send("one")

        self.assertEqual(await self.answer_of(Room().with_path, "/chat"), "/chat")
        self.assertEqual(await self.answer_of(Room().without, "/chat"), "one")

    async def test_an_optional_second_parameter_is_left_alone(self):
        async def default(websocket, greeting="hello"):
            await websocket.send(greeting)

        async def rest(websocket, *rest):
            await websocket.send(str(len(rest)))

        async def greet(greeting, websocket):
            await websocket.send(greeting)

        self.assertEqual(await self.answer_of(default, "/"), "hello")
        self.assertEqual(await self.answer_of(rest, "/"), "0")
        self.assertEqual(await self.answer_of(functools.partial(greet, "bound"), "/"), "bound")


class Timeout(unittest.IsolatedAsyncioTestCase):
    async def test_timeout_is_another_name_for_open_timeout(self):
        url = server("BAD").replace("http", "ws") + "/never"
        with self.assertRaises(TimeoutError):
            await websockets.connect(url, timeout=0.2)
        async with websockets.connect(server("WS") + "/echo", timeout=10) as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")


class Messages(unittest.IsolatedAsyncioTestCase):
    async def message_of(self, url, **kwargs):
        try:
            await websockets.connect(url, **kwargs)
        except (OSError, websockets.exceptions.WebSocketException) as error:
            # The text is the package's; where that does not name the URL, a note does.
            return "\n".join([str(error), *getattr(error, "__notes__", [])])
        self.fail(f"{url} raised nothing")

    async def test_a_failed_connect_names_its_url(self):
        bad = server("BAD").replace("http", "ws")
        urls = [
            server("REFUSED").replace("http", "ws"),
            "ws://unknown.invalid/",
            server("HTTP").replace("http", "ws") + "/status/404",
            server("HTTPS_EXPIRED").replace("https", "wss"),
            bad + "/no-response",
            bad + "/garbage",
            bad + "/never",
        ]
        for url in urls:
            with self.subTest(url):
                message = await self.message_of(url, open_timeout=0.5)
                self.assertIn(url, message)
                self.assertGreater(len(message), len(url) + 10, "it says no more than the URL")


if __name__ == "__main__":
    unittest.main()
