"""Redirects of the opening handshake: where they lead, and where they must not."""

import asyncio
import contextlib
import http
import os
import socket
import sys
import tempfile
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server
from websockets.asyncio.client import connect, unix_connect
from websockets.asyncio.server import unix_serve


@contextlib.asynccontextmanager
async def serving(locations, host="127.0.0.1", port=0):
    """A server that redirects each of these paths to a location, and greets elsewhere.

    Yields the URI, without a path, and a list of what came: (path, header fields).
    """
    seen = []

    def redirect(connection, request):
        seen.append((request.path, request.headers))
        if request.path in locations:
            status, location = locations[request.path]
            response = connection.respond(status, "")
            response.headers["Location"] = location
            return response

    async def greet(websocket):
        await websocket.send(websocket.request.path)

    async with websockets.serve(greet, host, port, process_request=redirect) as running:
        yield f"ws://127.0.0.1:{running.sockets[0].getsockname()[1]}", seen


class Followed(unittest.IsolatedAsyncioTestCase):
    async def test_every_status_that_redirects(self):
        for status in (300, 301, 302, 303, 307, 308):
            with self.subTest(status):
                async with serving({"/old": (status, "/new")}) as (uri, _):
                    async with connect(uri + "/old") as websocket:
                        self.assertEqual(await websocket.recv(), "/new")

    async def test_relative_absolute_and_http_locations(self):
        async with serving({}) as (other, _):
            locations = {
                "/a/relative": (302, "near?x=1"),
                "/a/path": (302, "/far"),
                "/a/uri": (302, other + "/uri"),
                "/a/http": (302, other.replace("ws", "http") + "/http"),
            }
            async with serving(locations) as (uri, _):
                for path, end in (
                    ("/a/relative", "/a/near?x=1"),
                    ("/a/path", "/far"),
                    ("/a/uri", "/uri"),
                    ("/a/http", "/http"),
                ):
                    with self.subTest(path):
                        async with connect(uri + path) as websocket:
                            self.assertEqual(await websocket.recv(), end)

    async def test_ten_connections_are_the_most(self):
        chain = {f"/{n}": (302, f"/{n + 1}") for n in range(20)}
        async with serving(chain) as (uri, seen):
            async with connect(uri + "/11") as websocket:
                self.assertEqual(await websocket.recv(), "/20")
            seen.clear()
            with self.assertRaises(websockets.SecurityError) as caught:
                await connect(uri + "/0")
            self.assertEqual(str(caught.exception), "more than 10 redirects")
            self.assertEqual(len(seen), 10)

    async def test_credentials_of_the_uri_stay_with_its_server(self):
        async with serving({}) as (other, other_seen):
            async with serving({"/near": (302, "/x"), "/far": (302, other + "/x")}) as (uri, seen):
                own = uri.replace("//", "//me:secret@")
                for path in ("/near", "/far"):
                    async with connect(own + path) as websocket:
                        await websocket.recv()
        self.assertTrue(all("Authorization" in headers for _, headers in seen))
        self.assertEqual([path for path, _ in seen], ["/near", "/x", "/far"])
        self.assertNotIn("Authorization", other_seen[0][1])

    async def test_what_identifies_the_user_is_not_told_to_another_server(self):
        given = {"Authorization": "Bearer t", "cookie": "a=1", "Proxy-Authorization": "x", "X": "y"}
        names = ("Authorization", "Cookie", "Proxy-Authorization")
        async with serving({}) as (other, other_seen):
            async with serving({"/near": (302, "/x"), "/far": (302, other)}) as (uri, seen):
                for path in ("/near", "/far"):
                    async with connect(uri + path, additional_headers=given) as websocket:
                        await websocket.recv()
        for _, headers in seen:
            self.assertTrue(all(name in headers for name in names))
        self.assertFalse(any(name in other_seen[0][1] for name in names))
        self.assertEqual(other_seen[0][1]["X"], "y")

    async def test_a_unix_socket_follows_within_its_server(self):
        def redirect(connection, request):
            if request.path in locations:
                response = connection.respond(302, "")
                response.headers["Location"] = locations[request.path]
                return response

        async def greet(websocket):
            await websocket.send(websocket.request.path)

        locations = {"/near": "/x", "/far": "ws://elsewhere/x"}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            async with unix_serve(greet, path, process_request=redirect):
                async with unix_connect(path, "ws://localhost/near") as websocket:
                    self.assertEqual(await websocket.recv(), "/x")
                with self.assertRaises(ValueError) as caught:
                    await unix_connect(path, "ws://localhost/far")
        self.assertEqual(
            str(caught.exception),
            "cannot follow cross-origin redirect to ws://elsewhere/x with a Unix socket",
        )
        self.assertIsInstance(caught.exception.__cause__, websockets.InvalidStatus)


class Refused(unittest.IsolatedAsyncioTestCase):
    async def failure(self, location, **kwargs):
        async with serving({"/old": (302, location)}) as (uri, _):
            with self.assertRaises(Exception) as caught:
                await connect(uri + "/old", **kwargs)
        return caught.exception

    async def test_a_redirect_without_a_location_is_an_invalid_status(self):
        def redirect(connection, request):
            return connection.respond(http.HTTPStatus.FOUND, "")

        async def handler(websocket):
            pass

        async with websockets.serve(handler, "127.0.0.1", 0, process_request=redirect) as running:
            port = running.sockets[0].getsockname()[1]
            with self.assertRaises(websockets.InvalidStatus):
                await connect(f"ws://127.0.0.1:{port}")

    async def test_a_location_that_is_no_websocket_uri(self):
        for location in ("ftp://elsewhere/", "ws://elsewhere/#top", "ws://elsewhere:x/"):
            with self.subTest(location):
                error = await self.failure(location)
                self.assertIsInstance(error, websockets.InvalidURI)

    async def test_an_explicit_host_or_port_binds(self):
        async with serving({}) as (other, _):
            port = int(other.rsplit(":", 1)[1])
            locations = {"/near": (302, "/x"), "/far": (302, "ws://elsewhere/")}
            async with serving(locations) as (uri, _):
                here = int(uri.rsplit(":", 1)[1])
                kwargs = {"host": "127.0.0.1", "port": here}
                async with connect("ws://example.test/near", **kwargs) as websocket:
                    self.assertEqual(await websocket.recv(), "/x")
                with self.assertRaises(ValueError) as caught:
                    await connect("ws://example.test/far", **kwargs)
        self.assertEqual(
            str(caught.exception),
            "cannot follow cross-origin redirect to ws://elsewhere/ with an explicit host or port",
        )
        self.assertNotEqual(port, here)

    async def test_a_socket_that_was_given_is_used_up(self):
        async with serving({"/old": (302, "/new")}) as (uri, _):
            sock = socket.create_connection(("127.0.0.1", int(uri.rsplit(":", 1)[1])))
            with self.assertRaises(ValueError) as caught:
                await connect(uri + "/old", sock=sock)
        self.assertEqual(
            str(caught.exception), f"cannot follow redirect to {uri}/new with a preexisting socket"
        )

    async def test_tls_is_not_given_up(self):
        url = server("HTTPS").replace("https", "wss")
        with self.assertRaises(websockets.SecurityError) as caught:
            await connect(f"{url}/downgrade")
        self.assertEqual(
            str(caught.exception), "cannot follow redirect to non-secure URI ws://elsewhere/"
        )


class Subclasses(unittest.IsolatedAsyncioTestCase):
    async def test_process_redirect_decides(self):
        asked = []

        class careful(connect):
            def process_redirect(self, exc):
                asked.append(exc)
                found = super().process_redirect(exc)
                if isinstance(found, str) and found.endswith("/forbidden"):
                    return websockets.SecurityError("not there")
                return found

        locations = {"/old": (302, "/new"), "/bad": (302, "/forbidden")}
        async with serving(locations) as (uri, _):
            async with careful(uri + "/old") as websocket:
                self.assertEqual(await websocket.recv(), "/new")
            self.assertIsInstance(asked[0], websockets.InvalidStatus)
            with self.assertRaises(websockets.SecurityError) as caught:
                await careful(uri + "/bad")
        self.assertEqual(str(caught.exception), "not there")
        self.assertIs(caught.exception.__cause__, asked[-1])

    async def test_process_redirect_may_leave_it_at_that(self):
        class settled(connect):
            def process_redirect(self, exc):
                return exc

        async with serving({"/old": (302, "/new")}) as (uri, _):
            with self.assertRaises(websockets.InvalidStatus) as caught:
                await settled(uri + "/old")
        self.assertEqual(caught.exception.response.headers["Location"], "/new")

    async def test_process_redirect_strips_credentials_too(self):
        class own(connect):
            def process_redirect(self, exc):
                return super().process_redirect(exc)

        async with serving({}) as (other, seen):
            async with serving({"/far": (302, other)}) as (uri, _):
                headers = {"Cookie": "a=1", "X": "y"}
                async with own(uri + "/far", additional_headers=headers) as websocket:
                    await websocket.recv()
        self.assertNotIn("Cookie", seen[0][1])
        self.assertEqual(seen[0][1]["X"], "y")


if __name__ == "__main__":
    unittest.main()
