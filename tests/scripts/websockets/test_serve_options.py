"""Where a server listens, its handlers, its connections, and its log."""

import asyncio
import functools
import inspect
import logging
import os
import socket
import sys
import tempfile
import unittest
from unittest import mock

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import websockets
from serving import PLAIN, echo, idle, logged, texts, url_of, works
from websockets.asyncio.client import unix_connect
from websockets.asyncio.server import Server, ServerConnection, serve, unix_serve


class Listening(unittest.IsolatedAsyncioTestCase):
    async def test_several_hosts(self):
        async with serve(echo, ["127.0.0.1", "127.0.0.2"], 0, **PLAIN) as server:
            hosts = {listening.getsockname()[0] for listening in server.sockets}
            self.assertEqual(hosts, {"127.0.0.1", "127.0.0.2"})
            for listening in server.sockets:
                host, port = listening.getsockname()
                async with websockets.connect(f"ws://{host}:{port}") as websocket:
                    self.assertEqual(websocket.remote_address, (host, port))

    async def test_every_interface(self):
        for host in None, "":
            async with serve(echo, host, 0, family=socket.AF_INET, **PLAIN) as server:
                self.assertEqual(server.sockets[0].getsockname()[0], "0.0.0.0")
                await works(self, server)

    async def test_a_socket_of_the_script_s(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            async with serve(echo, sock=listening, **PLAIN) as server:
                self.assertEqual(server.sockets, (listening,))
                await works(self, server)
            self.assertEqual(listening.fileno(), -1)

    async def test_a_port_may_be_shared(self):
        async with serve(echo, "127.0.0.1", 0, reuse_port=True, **PLAIN) as server:
            port = server.sockets[0].getsockname()[1]
            async with serve(echo, "127.0.0.1", port, reuse_port=True, **PLAIN):
                await works(self, server)

    async def test_start_serving_later(self):
        server = await serve(echo, "127.0.0.1", 0, start_serving=False, **PLAIN)
        self.assertFalse(server.is_serving())
        with self.assertRaises(OSError):
            await websockets.connect(url_of(server))
        await server.start_serving()
        self.assertTrue(server.is_serving())
        await works(self, server)
        server.close()
        await server.wait_closed()

    async def test_host_and_sock_exclude_each_other(self):
        with socket.socket() as listening:
            for address in {"host": "127.0.0.1"}, {"port": 0}:
                with self.assertRaisesRegex(
                    ValueError, "host/port and sock can not be specified at the same time"
                ):
                    await serve(echo, sock=listening, **address)

    async def test_an_address_is_needed(self):
        with self.assertRaisesRegex(ValueError, "Neither host/port nor sock were specified"):
            await serve(echo)

    async def test_a_datagram_socket_cannot_listen(self):
        with socket.socket(type=socket.SOCK_DGRAM) as sock:
            with self.assertRaisesRegex(ValueError, "A Stream Socket was expected"):
                await serve(echo, sock=sock)

    async def test_unknown_arguments_are_refused(self):
        with self.assertRaises(TypeError):
            await serve(echo, "127.0.0.1", 0, tiemout=1)
        with self.assertRaises(TypeError):
            await serve(echo, "127.0.0.1", 0, path="/socket")

    async def test_an_unsupported_compression_is_refused(self):
        with self.assertRaisesRegex(ValueError, "unsupported compression: False"):
            serve(echo, "127.0.0.1", 0, compression=False)

    def test_serve_needs_a_running_loop(self):
        with self.assertRaises(RuntimeError):
            serve(echo, "127.0.0.1", 0)

    def test_the_signature_tells_the_defaults(self):
        parameters = inspect.signature(serve).parameters
        defaults = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
        self.assertEqual(
            list(parameters),
            "handler host port origins extensions subprotocols select_subprotocol compression "
            "process_request process_response server_header open_timeout ping_interval "
            "ping_timeout close_timeout max_size max_queue write_limit logger create_connection "
            "kwargs".split(),
        )
        self.assertEqual(defaults["compression"], "deflate")
        self.assertEqual((defaults["open_timeout"], defaults["close_timeout"]), (10, 10))
        self.assertEqual((defaults["ping_interval"], defaults["ping_timeout"]), (20, 20))
        self.assertEqual((defaults["max_size"], defaults["max_queue"]), (2**20, 16))
        self.assertEqual(defaults["write_limit"], 2**15)


class UnixSockets(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.path = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "socket")

    async def test_messages_and_addresses(self):
        addresses = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            addresses.set_result((websocket.local_address, websocket.remote_address))
            await echo(websocket)

        async with unix_serve(handler, self.path, **PLAIN) as server:
            self.assertEqual(server.sockets[0].getsockname(), self.path)
            async with unix_connect(self.path) as websocket:
                await websocket.send("Hello!")
                self.assertEqual(await websocket.recv(), "Hello!")
                self.assertEqual(await addresses, (self.path, ""))

    async def test_the_file_goes_with_the_server(self):
        async with unix_serve(echo, self.path):
            self.assertTrue(os.path.exists(self.path))
        self.assertFalse(os.path.exists(self.path))

    async def test_a_file_that_was_left_behind_is_replaced(self):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(self.path)
        async with unix_serve(echo, self.path):
            async with unix_connect(self.path):
                pass

    async def test_a_file_of_another_server_is_left_to_it(self):
        server = await unix_serve(echo, self.path)
        os.unlink(self.path)
        async with unix_serve(echo, self.path):
            server.close()
            await server.wait_closed()
            async with unix_connect(self.path):
                pass

    async def test_the_mistakes_in_the_arguments(self):
        with self.assertRaisesRegex(ValueError, "path was not specified, and no sock specified"):
            await unix_serve(echo)
        with socket.socket(socket.AF_UNIX) as sock:
            with self.assertRaisesRegex(
                ValueError, "path and sock can not be specified at the same time"
            ):
                await unix_serve(echo, self.path, sock=sock)

    async def test_a_path_that_cannot_be(self):
        with self.assertRaises(OSError) as caught:
            await unix_serve(echo, os.path.join(self.path, "no", "folder"))
        self.assertIn("no/folder", str(caught.exception))


class Handlers(unittest.IsolatedAsyncioTestCase):
    async def arguments(self, make):
        """What a handler is called with; `make(note)` makes it."""
        called = asyncio.get_running_loop().create_future()
        handler = make(lambda *arguments: called.set_result(arguments))
        async with serve(handler, "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server, "/room?x=1")):
                connection, *others = await called
        self.assertIsInstance(connection, ServerConnection)
        return others

    async def test_the_old_form_gets_the_path(self):
        def make(note):
            async def handler(websocket, path):
                note(websocket, path)

            return handler

        self.assertEqual(await self.arguments(make), ["/room?x=1"])

    async def test_methods_and_callable_objects_are_counted_once_bound(self):
        class Both:
            def __init__(self, note):
                self.note = note

            async def new(self, websocket):
                self.note(websocket)

            async def old(self, websocket, path):
                self.note(websocket, path)

            async def __call__(self, websocket, path):
                self.note(websocket, path)

        self.assertEqual(await self.arguments(lambda note: Both(note).new), [])
        self.assertEqual(await self.arguments(lambda note: Both(note).old), ["/room?x=1"])
        self.assertEqual(await self.arguments(Both), ["/room?x=1"])

    async def test_all_else_gets_the_connection_alone(self):
        def default(note):
            async def handler(websocket, path=None):
                note(websocket)

            return handler

        def arguments(note):
            async def handler(*args):
                note(*args)

            return handler

        def keyword(note):
            async def handler(websocket, *, path=None):
                note(websocket)

            return handler

        def partial(note):
            async def handler(database, websocket):
                note(websocket)

            return functools.partial(handler, "database")

        def mocked(note):
            return mock.AsyncMock(side_effect=note)

        for make in default, arguments, keyword, partial, mocked:
            with self.subTest(make.__name__):
                self.assertEqual(await self.arguments(make), [])

    async def test_a_handler_that_is_no_coroutine_function_is_logged(self):
        with logged(logging.ERROR) as records:
            async with serve(lambda websocket: None, "127.0.0.1", 0, **PLAIN) as server:
                async with websockets.connect(url_of(server)) as websocket:
                    with self.assertRaises(websockets.ConnectionClosedError):
                        await websocket.recv()
        self.assertEqual(texts(records), ["connection handler failed"])
        self.assertIsInstance(records[0].exc_info[1], TypeError)


class Connections(unittest.IsolatedAsyncioTestCase):
    async def test_the_server_knows_those_that_are_open(self):
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            self.assertEqual(server.connections, set())
            async with websockets.connect(url_of(server)), websockets.connect(url_of(server)):
                self.assertEqual(len(server.connections), 2)
                for connection in server.connections:
                    self.assertIs(connection.server, server)
            self.assertEqual(server.connections, set())

    async def test_a_subclass_is_made_for_each(self):
        class Mine(ServerConnection):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.made_for = args[1], kwargs["close_timeout"]

            async def send(self, message):
                await super().send(message.upper())

        async with serve(
            echo, "127.0.0.1", 0, create_connection=Mine, close_timeout=5, **PLAIN
        ) as server:
            async with websockets.connect(url_of(server)) as websocket:
                [connection] = server.connections
                self.assertIs(type(connection), Mine)
                self.assertEqual(connection.made_for, (server, 5))
                await websocket.send("hello")
                self.assertEqual(await websocket.recv(), "HELLO")

    async def test_a_subclass_may_close_in_its_own_way(self):
        class Mine(ServerConnection):
            async def close(self, code=1000, reason=""):
                await super().close(code, reason or "by mine")

        async def reason_of(handler, close=False):
            async with serve(handler, "127.0.0.1", 0, create_connection=Mine, **PLAIN) as server:
                async with websockets.connect(url_of(server)) as websocket:
                    if close:
                        server.close()
                    await websocket.wait_closed()
                    return websocket.close_code, websocket.close_reason

        async def done(websocket):
            pass

        async def fail(websocket):
            raise KeyError("mine")

        self.assertEqual(await reason_of(done), (1000, "by mine"))
        with logged():
            self.assertEqual(await reason_of(fail), (1011, "by mine"))
        self.assertEqual(await reason_of(idle, close=True), (1001, "by mine"))

    async def test_a_factory_may_change_the_settings(self):
        def factory(*args, **kwargs):
            return ServerConnection(*args, **{**kwargs, "ping_interval": 0.01})

        async with serve(idle, "127.0.0.1", 0, create_connection=factory, **PLAIN) as server:
            async with websockets.connect(url_of(server), ping_interval=None):
                [connection] = server.connections
                while connection.latency == 0:
                    await asyncio.sleep(0.005)

    async def test_a_factory_that_fails_is_logged(self):
        for factory in (lambda *args, **kwargs: 1 / 0), (lambda *args, **kwargs: "mine"):
            with logged(logging.ERROR) as records:
                async with serve(
                    echo, "127.0.0.1", 0, create_connection=factory, **PLAIN
                ) as server:
                    with self.assertRaises(websockets.exceptions.InvalidMessage):
                        await websockets.connect(url_of(server))
            self.assertEqual(texts(records), ["opening handshake failed"])

    async def test_the_protocol_may_be_looked_at(self):
        async with serve(idle, "127.0.0.1", 0, subprotocols=["chat"]) as server:
            url = url_of(server)
            async with websockets.connect(url, subprotocols=["chat"], origin="http://a") as client:
                [connection] = server.connections
                for protocol, side in (connection.protocol, 0), (client.protocol, 1):
                    self.assertEqual((protocol.state, protocol.side), (1, side))
                    self.assertEqual(protocol.subprotocol, "chat")
                    [extension] = protocol.extensions
                    self.assertEqual(type(extension).__name__, "PerMessageDeflate")
                    self.assertEqual(extension.remote_max_window_bits, 12)
                self.assertEqual(connection.protocol.origin, "http://a")
                self.assertEqual(connection.protocol, connection.protocol)
                self.assertFalse(client.transport.is_closing())
                info = client.transport.get_extra_info
                self.assertEqual(info("peername"), client.remote_address)
                self.assertEqual(info("sockname"), client.local_address)
                self.assertEqual((info("ssl_object"), info("nothing", 1)), (None, 1))
        self.assertEqual(client.protocol.close_code, 1000)

    async def test_there_are_no_extensions_without_compression(self):
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server)) as client:
                [connection] = server.connections
                self.assertEqual(connection.protocol.extensions, [])
                self.assertEqual(client.protocol.extensions, [])

    async def test_ids_tell_connections_apart(self):
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server)), websockets.connect(url_of(server)):
                ids = {connection.id for connection in server.connections}
                self.assertEqual(len(ids), 2)


class Log(unittest.IsolatedAsyncioTestCase):
    async def test_the_life_of_a_server(self):
        with logged() as records:
            async with serve(echo, "127.0.0.1", 0, **PLAIN) as server:
                port = server.sockets[0].getsockname()[1]
                async with websockets.connect(url_of(server, "/room")):
                    self.assertEqual(records[1].websocket.request.path, "/room")
        self.assertEqual(
            texts(records),
            [
                f"server listening on 127.0.0.1:{port}",
                "connection open",
                "server closing",
                "server closed",
            ],
        )
        self.assertEqual({record.levelno for record in records}, {logging.INFO})

    async def test_another_logger(self):
        logger = logging.getLogger("mine")
        with logged(name="mine") as records, logged() as others:
            async with serve(echo, "127.0.0.1", 0, logger=logger, **PLAIN) as server:
                self.assertIs(server.logger, logger)
                async with websockets.connect(url_of(server)):
                    [connection] = server.connections
                    self.assertIs(connection.logger.logger, logger)
        self.assertIn("connection open", texts(records))
        self.assertEqual(others, [])

    async def test_the_handshake_is_shown_at_level_debug(self):
        with logged(logging.DEBUG) as records:
            async with serve(echo, "127.0.0.1", 0, **PLAIN) as server:
                async with websockets.connect(url_of(server, "/room")):
                    pass
        self.assertIn("< GET /room HTTP/1.1", texts(records))
        self.assertIn("< Upgrade: websocket", texts(records))
        self.assertIn("> HTTP/1.1 101 Switching Protocols", texts(records))


class Methods(unittest.IsolatedAsyncioTestCase):
    async def test_a_server_has_what_asyncio_s_has(self):
        async with serve(echo, "127.0.0.1", 0, **PLAIN) as server:
            self.assertIsInstance(server, Server)
            self.assertIs(server.get_loop(), asyncio.get_running_loop())
            self.assertTrue(server.is_serving())
        self.assertFalse(server.is_serving())
        self.assertEqual(server.sockets, ())

    async def test_coroutine_functions_pass_for_such(self):
        for function in Server.wait_closed, Server.serve_forever, Server.start_serving:
            self.assertTrue(inspect.iscoroutinefunction(function))


if __name__ == "__main__":
    unittest.main()
