"""create_connection, create_server, their Unix twins, and the calls a protocol gets."""

import asyncio
import os
import socket
import tempfile
import unittest


class Noting(asyncio.Protocol):
    """Notes each call, and lets a test wait for the last."""

    def __init__(self):
        self.calls = []
        self.data = bytearray()
        self.made = asyncio.get_running_loop().create_future()
        self.lost = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()

    def connection_made(self, transport):
        self.calls.append("connection_made")
        self.transport = transport
        self.made.set_result(transport)

    def data_received(self, data):
        if self.calls[-1] != "data_received":
            self.calls.append("data_received")
        self.data += data

    def eof_received(self):
        self.calls.append("eof_received")
        self.ended.set()

    def connection_lost(self, error):
        self.calls.append("connection_lost")
        self.lost.set_result(error)


class Echo(Noting):
    def data_received(self, data):
        super().data_received(data)
        self.transport.write(data)


class Case(unittest.IsolatedAsyncioTestCase):
    protocol = Noting

    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()
        self.accepted = asyncio.Queue()
        self.server = await self.loop.create_server(self.accept, "127.0.0.1", 0)
        self.address = self.server.sockets[0].getsockname()

    def accept(self):
        protocol = self.protocol()
        self.accepted.put_nowait(protocol)
        return protocol

    async def asyncTearDown(self):
        self.server.close()
        await self.server.wait_closed()

    async def connect(self):
        """Both protocols of a new connection."""
        _, client = await self.loop.create_connection(Noting, *self.address)
        server = await self.accepted.get()
        await server.made
        return client, server

    async def wait_for_data(self, protocol, data):
        while protocol.data != data:
            await asyncio.sleep(0.001)


class Calls(Case):
    async def test_the_calls_of_a_connection_in_order(self):
        client, server = await self.connect()
        client.transport.write(b"request")
        await self.wait_for_data(server, b"request")
        client.transport.write_eof()
        await server.ended.wait()
        self.assertIsNone(await server.lost)
        self.assertIsNone(await client.lost)
        self.assertEqual(
            server.calls, ["connection_made", "data_received", "eof_received", "connection_lost"]
        )

    async def test_connection_made_comes_before_create_connection_returns(self):
        client, server = await self.connect()
        self.assertTrue(client.made.done())
        client.transport.close()
        await server.lost

    async def test_connection_lost_comes_after_close_and_not_inside_it(self):
        client, server = await self.connect()
        client.transport.close()
        self.assertTrue(client.transport.is_closing())
        self.assertNotIn("connection_lost", client.calls)
        self.assertIsNone(await client.lost)
        await server.lost

    async def test_close_sends_what_was_written_first(self):
        client, server = await self.connect()
        data = os.urandom(3_000_000)
        client.transport.write(data)
        client.transport.close()
        await server.lost
        self.assertEqual(bytes(server.data), data)

    async def test_abort_does_not(self):
        client, server = await self.connect()
        server.transport.pause_reading()
        client.transport.write(bytes(20_000_000))
        client.transport.abort()
        self.assertIsNone(await client.lost)
        server.transport.resume_reading()
        await server.lost
        self.assertLess(len(server.data), 20_000_000)

    async def test_an_exception_in_a_protocol_is_reported(self):
        reports = []
        self.loop.set_exception_handler(lambda loop, report: reports.append(report))
        client, server = await self.connect()

        def fail(data):
            raise KeyError("mine")

        server.data_received = fail
        client.transport.write(b"x")
        self.assertIsInstance(await server.lost, KeyError)
        self.assertIsInstance(reports[0]["exception"], KeyError)
        await client.lost

    async def test_writing_after_the_end_is_refused_or_ignored(self):
        client, server = await self.connect()
        client.transport.write_eof()
        with self.assertRaises(RuntimeError):
            client.transport.write(b"late")
        await server.lost
        await client.lost

    async def test_only_bytes_may_be_written(self):
        client, server = await self.connect()
        with self.assertRaises(TypeError):
            client.transport.write("text")
        client.transport.writelines([b"one", bytearray(b"two"), memoryview(b"three")])
        await self.wait_for_data(server, b"onetwothree")
        client.transport.close()
        await server.lost


class Flow(Case):
    async def test_a_paused_reader_gets_nothing(self):
        client, server = await self.connect()
        server.transport.pause_reading()
        self.assertFalse(server.transport.is_reading())
        client.transport.write(b"data")
        await asyncio.sleep(0.005)
        self.assertEqual(bytes(server.data), b"")
        server.transport.resume_reading()
        self.assertTrue(server.transport.is_reading())
        await self.wait_for_data(server, b"data")
        client.transport.close()
        await server.lost

    async def test_a_writer_is_paused_when_its_buffer_is_full(self):
        client, server = await self.connect()
        changes = []
        client.pause_writing = lambda: changes.append("pause")
        client.resume_writing = lambda: changes.append("resume")
        server.transport.pause_reading()
        client.transport.set_write_buffer_limits(high=1000, low=10)
        self.assertEqual(client.transport.get_write_buffer_limits(), (10, 1000))
        while client.transport.get_write_buffer_size() == 0:
            client.transport.write(bytes(100_000))
        self.assertEqual(changes, ["pause"])
        server.transport.resume_reading()
        while "resume" not in changes:
            await asyncio.sleep(0.001)
        self.assertEqual(changes, ["pause", "resume"])
        client.transport.close()
        await server.lost

    async def test_a_buffered_protocol(self):
        class Buffered(asyncio.BufferedProtocol):
            def __init__(self):
                self.buffer = bytearray(5)
                self.data = bytearray()
                self.lost = asyncio.get_running_loop().create_future()

            def get_buffer(self, hint):
                return self.buffer

            def buffer_updated(self, count):
                self.data += self.buffer[:count]

            def connection_lost(self, error):
                self.lost.set_result(error)

        _, client = await self.loop.create_connection(Buffered, *self.address)
        server = await self.accepted.get()
        (await server.made).write(b"more than five bytes")
        server.transport.close()
        await client.lost
        self.assertEqual(bytes(client.data), b"more than five bytes")

    async def test_the_protocol_may_be_changed(self):
        client, server = await self.connect()
        second = Noting()
        second.calls.append("changed")
        server.transport.set_protocol(second)
        self.assertIs(server.transport.get_protocol(), second)
        client.transport.write(b"data")
        await self.wait_for_data(second, b"data")
        client.transport.close()
        await second.lost


class Connect(Case):
    protocol = Echo

    async def test_what_the_transport_knows(self):
        client, server = await self.connect()
        transport = client.transport
        self.assertEqual(transport.get_extra_info("peername"), self.address)
        self.assertEqual(
            transport.get_extra_info("sockname"), server.transport.get_extra_info("peername")
        )
        self.assertEqual(transport.get_extra_info("socket").type, socket.SOCK_STREAM)
        self.assertIsNone(transport.get_extra_info("no such thing"))
        self.assertEqual(transport.get_extra_info("no such thing", 17), 17)
        transport.close()
        await server.lost

    async def test_a_socket_of_one_s_own(self):
        sock = socket.create_connection(self.address)
        _, client = await self.loop.create_connection(Noting, sock=sock)
        client.transport.write(b"echo")
        await self.wait_for_data(client, b"echo")
        client.transport.close()
        await client.lost

    async def test_from_an_address_of_one_s_own(self):
        transport, client = await self.loop.create_connection(
            Noting, *self.address, local_addr=("127.0.0.1", 0)
        )
        self.assertEqual(transport.get_extra_info("sockname")[0], "127.0.0.1")
        transport.close()
        await client.lost

    async def test_refused(self):
        self.server.close()
        with self.assertRaises(ConnectionRefusedError):
            await self.loop.create_connection(Noting, *self.address)

    async def test_several_addresses_one_after_another(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with self.assertRaises(OSError):
            await self.loop.create_connection(Noting, "localhost", port)

    async def test_arguments_that_contradict_each_other(self):
        with self.assertRaises(ValueError):
            await self.loop.create_connection(Noting)
        with socket.socket() as sock, self.assertRaises(ValueError):
            await self.loop.create_connection(Noting, *self.address, sock=sock)

    async def test_connect_accepted_socket(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            other = socket.create_connection(listener.getsockname())
            accepted, _ = listener.accept()
        _, protocol = await self.loop.connect_accepted_socket(Echo, accepted)
        other.setblocking(False)
        await self.loop.sock_sendall(other, b"echo")
        self.assertEqual(await self.loop.sock_recv(other, 100), b"echo")
        other.close()
        await protocol.lost


class Server(Case):
    async def test_what_it_knows(self):
        self.assertIs(self.server.get_loop(), self.loop)
        self.assertTrue(self.server.is_serving())
        self.assertEqual(len(self.server.sockets), 1)
        self.server.close()
        self.assertFalse(self.server.is_serving())
        self.assertEqual(tuple(self.server.sockets), ())

    async def test_one_that_does_not_start_at_once(self):
        server = await self.loop.create_server(self.accept, "127.0.0.1", 0, start_serving=False)
        self.assertFalse(server.is_serving())
        await server.start_serving()
        self.assertTrue(server.is_serving())
        await server.start_serving()
        server.close()
        await server.wait_closed()

    async def test_serve_forever_until_it_is_cancelled(self):
        serving = asyncio.create_task(self.server.serve_forever())
        client, server = await self.connect()
        client.transport.close()
        await server.lost
        serving.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await serving
        self.assertFalse(self.server.is_serving())

    async def test_as_a_context_manager(self):
        async with await self.loop.create_server(self.accept, "127.0.0.1", 0) as server:
            self.assertTrue(server.is_serving())
        self.assertFalse(server.is_serving())

    async def test_close_clients_and_abort_clients(self):
        for end in (asyncio.Server.close_clients, asyncio.Server.abort_clients):
            client, server = await self.connect()
            end(self.server)
            await server.lost
            await client.lost

    async def test_wait_closed_waits_for_its_connections(self):
        client, server = await self.connect()
        self.server.close()
        waiting = asyncio.create_task(self.server.wait_closed())
        await asyncio.sleep(0.005)
        self.assertFalse(waiting.done())
        client.transport.close()
        await waiting

    async def test_many_clients_at_once(self):
        connecting = [self.loop.create_connection(Noting, *self.address) for _ in range(50)]
        pairs = await asyncio.gather(*connecting)
        for transport, _ in pairs:
            transport.write(b"x")
            transport.close()
        for _ in range(50):
            server = await self.accepted.get()
            await server.lost
            self.assertEqual(bytes(server.data), b"x")

    async def test_a_port_that_is_taken(self):
        with self.assertRaises(OSError):
            await self.loop.create_server(Noting, *self.address)


class Unix(unittest.IsolatedAsyncioTestCase):
    async def test_a_server_and_a_client(self):
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "socket")
            server = await loop.create_unix_server(Echo, path)
            transport, client = await loop.create_unix_connection(Noting, path)
            transport.write(b"echo")
            while client.data != b"echo":
                await asyncio.sleep(0.001)
            transport.close()
            await client.lost
            server.close()
            await server.wait_closed()

    async def test_no_such_socket(self):
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryDirectory() as directory:
            with self.assertRaises(FileNotFoundError):
                await loop.create_unix_connection(Noting, os.path.join(directory, "none"))

    async def test_a_pair(self):
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair()
        _, first = await loop.create_unix_connection(Noting, sock=one)
        _, second = await loop.create_unix_connection(Noting, sock=other)
        first.transport.write(b"data")
        while second.data != b"data":
            await asyncio.sleep(0.001)
        first.transport.close()
        await asyncio.gather(first.lost, second.lost)


if __name__ == "__main__":
    unittest.main()
