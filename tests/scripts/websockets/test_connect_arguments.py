"""The arguments of `connect`: what the server sees of them, and which are refused."""

import asyncio
import inspect
import json
import logging
import os
import socket
import ssl
import sys
import tempfile
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from raw_server import RawServer
from support import server
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.asyncio.server import unix_serve


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


async def headers_with(uri="", **kwargs):
    """The request's header fields, as the server saw them."""
    async with connect(server("WS") + "/headers" if not uri else uri, **kwargs) as websocket:
        return json.loads(await websocket.recv())


class Headers(unittest.IsolatedAsyncioTestCase):
    async def test_additional_headers_in_every_form(self):
        pairs = [("X-One", "1"), ("X-Two", "2")]
        for form in (dict(pairs), pairs, websockets.Headers(pairs)):
            with self.subTest(type(form)):
                headers = await headers_with(additional_headers=form)
                self.assertEqual((headers["x-one"], headers["x-two"]), ("1", "2"))

    async def test_a_header_that_cannot_be_sent_is_a_value_error(self):
        for headers in ({"X": "1\r\nY: 2"}, {"X\r\nY": "1"}, {"a b": "1"}):
            with self.subTest(headers), self.assertRaises(ValueError):
                await connect(server("WS"), additional_headers=headers)

    async def test_the_user_agent_is_ours_anothers_or_none(self):
        self.assertRegex((await headers_with())["user-agent"], r"^Tauraro websockets/\d")
        self.assertEqual((await headers_with(user_agent_header="Mine"))["user-agent"], "Mine")
        self.assertNotIn("user-agent", await headers_with(user_agent_header=None))
        own = await headers_with(additional_headers={"User-Agent": "Own"})
        self.assertEqual(own["user-agent"], "Own")

    async def test_origin(self):
        self.assertNotIn("origin", await headers_with())
        headers = await headers_with(origin="https://page.test")
        self.assertEqual(headers["origin"], "https://page.test")

    async def test_the_userinfo_of_the_uri_is_basic_authorization(self):
        uri = server("WS").replace("//", "//me:p%40ss@") + "/headers"
        self.assertEqual((await headers_with(uri))["authorization"], "Basic bWU6cEBzcw==")

    async def test_subprotocols_are_offered_and_one_is_chosen(self):
        async def handler(websocket):
            await websocket.send(str(websocket.subprotocol))

        async with websockets.serve(
            handler, "127.0.0.1", 0, subprotocols=["b", "c"]
        ) as serving:
            uri = f"ws://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
            async with connect(uri, subprotocols=["a", "b"]) as websocket:
                self.assertEqual(websocket.subprotocol, "b")
                self.assertEqual(await websocket.recv(), "b")

    async def test_the_request_and_the_response_are_shown(self):
        async with connect(server("WS") + "/echo?x=1") as websocket:
            self.assertEqual(websocket.request.path, "/echo?x=1")
            self.assertEqual(websocket.response.status_code, 101)
            self.assertEqual(websocket.response.headers["Upgrade"].lower(), "websocket")


class Sockets(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = await websockets.serve(echo, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def asyncTearDown(self):
        self.server.close()
        await self.server.wait_closed()

    async def echoes(self, uri, **kwargs):
        async with connect(uri, **kwargs) as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")
            return websocket

    async def test_host_and_port_take_the_place_of_the_uris(self):
        websocket = await self.echoes("ws://example.test/", host="127.0.0.1", port=self.port)
        self.assertEqual(websocket.request.headers["Host"], "example.test")
        await self.echoes(f"ws://example.test:{self.port}/", host="127.0.0.1")
        await self.echoes("ws://127.0.0.1/", port=self.port)

    async def test_a_socket_is_taken_over(self):
        sock = socket.create_connection(("127.0.0.1", self.port))
        name = sock.getsockname()
        websocket = await self.echoes("ws://example.test/", sock=sock)
        self.assertEqual(websocket.local_address, name)
        self.assertEqual(sock.fileno(), -1)
        sock.close()
        with self.assertRaises(ValueError):
            await connect("ws://example.test/", sock=sock)

    async def test_a_socket_is_closed_when_the_handshake_fails(self):
        def refuse(connection):
            connection.read_head()
            connection.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            ended.append(connection.read_head())

        ended = []
        raw = RawServer(refuse)
        sock = socket.create_connection(("127.0.0.1", raw.port))
        with self.assertRaises(websockets.InvalidStatus):
            await connect("ws://example.test/", sock=sock)
        while not ended:
            await asyncio.sleep(0)
        self.assertEqual(ended, [b""])

    async def test_a_socket_that_is_none_of_a_stream(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            with self.assertRaises(OSError):
                await connect("ws://example.test/", sock=sock)

    async def test_a_socket_excludes_a_host(self):
        with socket.create_connection(("127.0.0.1", self.port)) as sock:
            with self.assertRaises(ValueError):
                await connect("ws://example.test/", sock=sock, host="127.0.0.1")

    async def test_the_address_to_connect_from(self):
        websocket = await self.echoes(
            f"ws://127.0.0.1:{self.port}/", local_addr=("127.0.0.1", 0)
        )
        self.assertEqual(websocket.local_address[0], "127.0.0.1")

    async def test_a_family_that_the_host_has_no_address_of(self):
        uri = f"ws://127.0.0.1:{self.port}/"
        await self.echoes(uri, family=socket.AF_INET)
        with self.assertRaises(OSError) as caught:
            await connect(uri, family=socket.AF_INET6)
        self.assertIn("no IPv6 address", str(caught.exception))

    async def test_what_asyncio_takes_besides(self):
        await self.echoes(
            f"ws://localhost:{self.port}/",
            happy_eyeballs_delay=0.05,
            interleave=1,
            all_errors=True,
            flags=0,
            proto=0,
        )

    async def test_unix_sockets(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            async with unix_serve(echo, path):
                for address in (path, os.fsencode(path)):
                    async with unix_connect(address) as websocket:
                        self.assertEqual(websocket.request.headers["Host"], "localhost")
                        await websocket.send("Hello!")
                        self.assertEqual(await websocket.recv(), "Hello!")
                async with unix_connect(path, "ws://other.test/x") as websocket:
                    self.assertEqual(websocket.request.path, "/x")
            with self.assertRaises(OSError):
                await unix_connect(os.path.join(folder, "nothing"))

    async def test_unix_sockets_that_are_open_already(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            async with unix_serve(echo, path):
                sock = socket.socket(socket.AF_UNIX)
                sock.connect(path)
                async with unix_connect(sock=sock) as websocket:
                    await websocket.send("Hello!")
                    self.assertEqual(await websocket.recv(), "Hello!")


class Refused(unittest.TestCase):
    def test_unknown_arguments(self):
        with self.assertRaises(TypeError) as caught:
            connect("ws://localhost/", colour="red")
        self.assertIn("unexpected keyword argument 'colour'", str(caught.exception))

    def test_tls_settings_for_a_uri_without_tls(self):
        for context in (True, ssl.create_default_context()):
            with self.assertRaises(ValueError) as caught:
                connect("ws://localhost/", ssl=context)
            self.assertEqual(
                str(caught.exception), "ssl argument is incompatible with a ws:// URI"
            )

    def test_a_compression_that_is_unknown(self):
        with self.assertRaisesRegex(ValueError, "unsupported compression"):
            connect("ws://localhost/", compression="gzip")

    def test_a_bad_uri_is_told_before_anything_is_awaited(self):
        with self.assertRaises(websockets.InvalidURI):
            connect("http://localhost/")

    def test_the_signature_is_that_of_the_package(self):
        parameters = inspect.signature(connect).parameters
        self.assertEqual(
            list(parameters),
            "uri origin extensions subprotocols compression additional_headers user_agent_header "
            "proxy process_exception open_timeout ping_interval ping_timeout close_timeout "
            "reconnect_delays max_size max_queue write_limit logger create_connection "
            "kwargs".split(),
        )
        defaults = {name: it.default for name, it in parameters.items()}
        self.assertEqual(defaults["compression"], "deflate")
        self.assertEqual((defaults["open_timeout"], defaults["close_timeout"]), (10, 10))
        self.assertEqual((defaults["ping_interval"], defaults["ping_timeout"]), (20, 20))
        self.assertEqual((defaults["max_size"], defaults["max_queue"]), (2**20, 16))
        self.assertEqual((defaults["write_limit"], defaults["proxy"]), (2**15, True))


class Logs(unittest.IsolatedAsyncioTestCase):
    async def test_the_handshake_at_level_debug(self):
        with self.assertLogs("websockets.client", logging.DEBUG) as logs:
            async with connect(server("WS") + "/echo") as websocket:
                pass
        lines = [record.getMessage() for record in logs.records]
        self.assertIn("> GET /echo HTTP/1.1", lines)
        self.assertIn("> Upgrade: websocket", lines)
        self.assertIn("< HTTP/1.1 101 Switching Protocols", lines)
        self.assertTrue(all(record.websocket == websocket for record in logs.records))

    async def test_a_refusal_at_level_debug(self):
        with self.assertLogs("mine", logging.DEBUG) as logs:
            with self.assertRaises(websockets.InvalidStatus):
                uri = server("HTTP").replace("http", "ws") + "/status/404"
                await connect(uri, logger=logging.getLogger("mine"))
        lines = [record.getMessage() for record in logs.records]
        self.assertIn("< HTTP/1.1 404 Not Found", lines)

    async def test_the_connection_has_the_logger(self):
        own = logging.getLogger("mine")
        async with connect(server("WS"), logger=own) as websocket:
            self.assertIs(websocket.logger.logger, own)


class Connections(unittest.IsolatedAsyncioTestCase):
    async def test_of_a_class_of_the_scripts(self):
        class Counting(ClientConnection):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.sent = 0

            async def send(self, message):
                self.sent += 1
                await super().send(message)

        uri = server("WS") + "/echo"
        async with connect(uri, create_connection=Counting) as websocket:
            self.assertIs(type(websocket), Counting)
            await websocket.send("Hello!")
            self.assertEqual((await websocket.recv(), websocket.sent), ("Hello!", 1))

    async def test_of_a_function_of_the_scripts(self):
        made = []

        def make(protocol, **kwargs):
            made.append(kwargs)
            return ClientConnection(protocol, **kwargs)

        async with connect(server("WS"), create_connection=make, ping_interval=None) as websocket:
            self.assertIsInstance(websocket, ClientConnection)
        self.assertEqual(
            made,
            [
                {
                    "ping_interval": None,
                    "ping_timeout": 20,
                    "close_timeout": 10,
                    "max_queue": 16,
                    "write_limit": 2**15,
                }
            ],
        )

    async def test_one_that_is_none(self):
        with self.assertRaises(TypeError):
            await connect(server("WS"), create_connection=lambda protocol, **kwargs: object())

    async def test_connect_is_not_reentrant(self):
        connecting = connect(server("WS"))
        async with connecting:
            with self.assertRaisesRegex(RuntimeError, "reentrant"):
                async with connecting:
                    self.fail("it is entered twice")
        async with connecting as websocket:
            await websocket.ping()

    async def test_connect_may_be_subclassed(self):
        class local(connect):
            def __init__(self, path, **kwargs):
                super().__init__(server("WS") + path, **kwargs)

        async with local("/echo") as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")


if __name__ == "__main__":
    unittest.main()
