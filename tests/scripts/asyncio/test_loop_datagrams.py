"""create_datagram_endpoint."""

import asyncio
import os
import socket
import tempfile
import unittest


class Noting(asyncio.DatagramProtocol):
    def __init__(self):
        loop = asyncio.get_running_loop()
        self.received = asyncio.Queue()
        self.errors = asyncio.Queue()
        self.lost = loop.create_future()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.received.put_nowait((data, address))

    def error_received(self, error):
        self.errors.put_nowait(error)

    def connection_lost(self, error):
        self.lost.set_result(error)


class Datagrams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()
        self.open = []

    async def asyncTearDown(self):
        for transport, protocol in self.open:
            transport.close()
            await protocol.lost

    async def endpoint(self, **options):
        pair = await self.loop.create_datagram_endpoint(Noting, **options)
        self.open.append(pair)
        return pair

    async def bound(self):
        transport, protocol = await self.endpoint(local_addr=("127.0.0.1", 0))
        return transport, protocol, transport.get_extra_info("sockname")

    async def test_to_an_address_and_back(self):
        one, first, one_address = await self.bound()
        two, second, two_address = await self.bound()
        one.sendto(b"request", two_address)
        self.assertEqual(await second.received.get(), (b"request", one_address))
        two.sendto(b"answer", one_address)
        self.assertEqual(await first.received.get(), (b"answer", two_address))

    async def test_to_the_address_of_the_endpoint(self):
        _, server, address = await self.bound()
        client, _ = await self.endpoint(remote_addr=address)
        self.assertEqual(client.get_extra_info("peername"), address)
        client.sendto(b"data")
        data, sender = await server.received.get()
        self.assertEqual((data, sender), (b"data", client.get_extra_info("sockname")))

    async def test_another_address_than_the_endpoint_s_is_refused(self):
        _, _, address = await self.bound()
        client, _ = await self.endpoint(remote_addr=address)
        with self.assertRaises(ValueError):
            client.sendto(b"data", ("127.0.0.1", 1))

    async def test_datagrams_keep_their_bounds(self):
        sender, _, _ = await self.bound()
        _, receiver, address = await self.bound()
        for data in (b"one", b"two", b"x" * 1000):
            sender.sendto(data, address)
            self.assertEqual((await receiver.received.get())[0], data)

    async def test_nobody_listens(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
            unused.bind(("127.0.0.1", 0))
            address = unused.getsockname()
        client, protocol = await self.endpoint(remote_addr=address)
        client.sendto(b"data")
        self.assertIsInstance(await protocol.errors.get(), ConnectionRefusedError)
        self.assertFalse(client.is_closing())

    async def test_a_socket_of_one_s_own(self):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        transport, protocol = await self.endpoint(sock=sock)
        transport.sendto(b"to itself", transport.get_extra_info("sockname"))
        self.assertEqual((await protocol.received.get())[0], b"to itself")

    async def test_abort_and_close(self):
        for name in ("abort", "close"):
            transport, protocol, _ = await self.bound()
            getattr(transport, name)()
            self.assertTrue(transport.is_closing())
            self.assertIsNone(await protocol.lost)

    async def test_only_bytes_may_be_sent(self):
        transport, _, address = await self.bound()
        with self.assertRaises(TypeError):
            transport.sendto("text", address)

    async def test_unix_datagrams(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "socket")
            _, server = await self.endpoint(local_addr=path, family=socket.AF_UNIX)
            client, _ = await self.endpoint(remote_addr=path, family=socket.AF_UNIX)
            client.sendto(b"data")
            self.assertEqual((await server.received.get())[0], b"data")

    async def test_without_any_address_or_family_it_is_refused(self):
        with self.assertRaises(ValueError):
            await self.loop.create_datagram_endpoint(Noting)


if __name__ == "__main__":
    unittest.main()
