"""The sock_* coroutines, getaddrinfo and getnameinfo."""

import asyncio
import os
import socket
import tempfile
import unittest


def listening(kind=socket.SOCK_STREAM):
    """A socket of the loopback interface, not blocking; a stream listens."""
    sock = socket.socket(socket.AF_INET, kind)
    sock.setblocking(False)
    sock.bind(("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        sock.listen()
    return sock


class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()
        self.listener = listening()
        self.client = socket.socket()
        self.client.setblocking(False)
        connecting = asyncio.create_task(
            self.loop.sock_connect(self.client, self.listener.getsockname())
        )
        self.server, self.address = await self.loop.sock_accept(self.listener)
        await connecting

    async def asyncTearDown(self):
        for sock in (self.listener, self.client, self.server):
            sock.close()

    async def test_the_accepted_one_does_not_block_and_has_the_client_s_address(self):
        self.assertEqual(self.address, self.client.getsockname())
        self.assertFalse(self.server.getblocking())

    async def test_send_and_receive(self):
        await self.loop.sock_sendall(self.client, b"request")
        self.assertEqual(await self.loop.sock_recv(self.server, 100), b"request")
        await self.loop.sock_sendall(self.server, b"answer")
        self.assertEqual(await self.loop.sock_recv(self.client, 100), b"answer")

    async def test_receive_before_there_is_anything(self):
        receiving = asyncio.create_task(self.loop.sock_recv(self.server, 100))
        await asyncio.sleep(0.002)
        self.assertFalse(receiving.done())
        await self.loop.sock_sendall(self.client, b"late")
        self.assertEqual(await receiving, b"late")

    async def test_into_a_buffer(self):
        await self.loop.sock_sendall(self.client, b"data")
        buffer = bytearray(10)
        self.assertEqual(await self.loop.sock_recv_into(self.server, buffer), 4)
        self.assertEqual(bytes(buffer[:4]), b"data")

    async def test_more_than_fits_at_once(self):
        data = os.urandom(4_000_000)
        sending = asyncio.create_task(self.loop.sock_sendall(self.client, data))
        received = bytearray()
        while len(received) < len(data):
            received += await self.loop.sock_recv(self.server, 65536)
        await sending
        self.assertEqual(bytes(received), data)

    async def test_the_end_of_the_stream_is_empty(self):
        self.client.close()
        self.assertEqual(await self.loop.sock_recv(self.server, 100), b"")

    async def test_memoryviews_and_bytearrays(self):
        for data in (bytearray(b"data"), memoryview(b"data")):
            await self.loop.sock_sendall(self.client, data)
            self.assertEqual(await self.loop.sock_recv(self.server, 100), b"data")

    async def test_a_cancelled_receive_loses_nothing_and_leaves_no_reader(self):
        receiving = asyncio.create_task(self.loop.sock_recv(self.server, 100))
        await asyncio.sleep(0.002)
        receiving.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await receiving
        self.assertFalse(self.loop.remove_reader(self.server))
        await self.loop.sock_sendall(self.client, b"kept")
        self.assertEqual(await self.loop.sock_recv(self.server, 100), b"kept")

    async def test_both_directions_at_once(self):
        async def send(sock, byte):
            await self.loop.sock_sendall(sock, byte * 500_000)

        async def receive(sock):
            count = 0
            while count < 500_000:
                count += len(await self.loop.sock_recv(sock, 65536))
            return count

        results = await asyncio.gather(
            send(self.client, b"a"),
            send(self.server, b"b"),
            receive(self.client),
            receive(self.server),
        )
        self.assertEqual(results[2:], [500_000, 500_000])

    async def test_sendfile(self):
        data = os.urandom(300_000)
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            sending = asyncio.create_task(self.loop.sock_sendfile(self.client, file, offset=1000))
            received = bytearray()
            while len(received) < len(data) - 1000:
                received += await self.loop.sock_recv(self.server, 65536)
            self.assertEqual(await sending, len(data) - 1000)
        self.assertEqual(bytes(received), data[1000:])


class Datagrams(unittest.IsolatedAsyncioTestCase):
    async def test_sendto_and_recvfrom(self):
        loop = asyncio.get_running_loop()
        with listening(socket.SOCK_DGRAM) as one, listening(socket.SOCK_DGRAM) as other:
            await loop.sock_sendto(one, b"data", other.getsockname())
            self.assertEqual(await loop.sock_recvfrom(other, 100), (b"data", one.getsockname()))
            await loop.sock_sendto(other, b"answer", one.getsockname())
            buffer = bytearray(10)
            count, address = await loop.sock_recvfrom_into(one, buffer)
            self.assertEqual((bytes(buffer[:count]), address), (b"answer", other.getsockname()))


class Refusals(unittest.IsolatedAsyncioTestCase):
    async def test_a_refused_connection(self):
        loop = asyncio.get_running_loop()
        with listening() as unused, socket.socket() as client:
            address = unused.getsockname()
            unused.close()
            client.setblocking(False)
            with self.assertRaises(ConnectionRefusedError):
                await loop.sock_connect(client, address)

    async def test_blocking_sockets_are_refused_in_debug_mode(self):
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        with socket.socket() as blocking:
            with self.assertRaises(ValueError):
                await loop.sock_recv(blocking, 1)

    async def test_a_connect_that_is_cancelled(self):
        loop = asyncio.get_running_loop()
        with listening() as listener, socket.socket() as client:
            client.setblocking(False)
            connecting = asyncio.create_task(loop.sock_connect(client, listener.getsockname()))
            await asyncio.sleep(0)
            connecting.cancel()
            await asyncio.wait([connecting])
            self.assertFalse(loop.remove_writer(client))

    async def test_an_accept_that_is_cancelled(self):
        loop = asyncio.get_running_loop()
        with listening() as listener:
            accepting = asyncio.create_task(loop.sock_accept(listener))
            await asyncio.sleep(0.002)
            accepting.cancel()
            await asyncio.wait([accepting])
            self.assertTrue(accepting.cancelled())
            self.assertFalse(loop.remove_reader(listener))


class Names(unittest.IsolatedAsyncioTestCase):
    async def test_getaddrinfo(self):
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
        self.assertIn(("127.0.0.1", 80), [entry[4] for entry in found])

    async def test_a_name_that_does_not_exist(self):
        with self.assertRaises(socket.gaierror):
            await asyncio.get_running_loop().getaddrinfo("no such name", 80)

    async def test_getnameinfo(self):
        flags = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
        found = await asyncio.get_running_loop().getnameinfo(("127.0.0.1", 80), flags)
        self.assertEqual(found, ("127.0.0.1", "80"))


if __name__ == "__main__":
    unittest.main()
