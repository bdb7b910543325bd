"""`serve`: a server of the script's own, and its end."""

import asyncio
import errno
import logging
import socket
import unittest

import websockets


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


def url_of(server):
    return "ws://127.0.0.1:" + str(server.sockets[0].getsockname()[1])


def find_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Serve(unittest.IsolatedAsyncioTestCase):
    async def test_awaited(self):
        server = await websockets.serve(echo, "127.0.0.1", 0)
        async with websockets.connect(url_of(server)) as websocket:
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")
        server.close()
        await server.wait_closed()

    async def test_as_a_context_manager(self):
        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            async with websockets.connect(url_of(server)) as websocket:
                await websocket.send(b"Hello!")
                self.assertEqual(await websocket.recv(), b"Hello!")

    async def test_localhost_is_a_host(self):
        async with websockets.serve(echo, "localhost", 0) as server:
            addresses = {socket.getsockname()[0] for socket in server.sockets}
            self.assertLessEqual(addresses, {"127.0.0.1", "::1"})

    async def test_many_clients_at_once(self):
        async def talk(url, n):
            async with websockets.connect(url) as websocket:
                for m in range(5):
                    await websocket.send(f"{n} {m}")
                    self.assertEqual(await websocket.recv(), f"{n} {m}")

        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            await asyncio.gather(*[talk(url_of(server), n) for n in range(50)])

    async def test_a_handler_that_returns_closes_with_1000(self):
        async def greet(websocket):
            await websocket.send("Hello and goodbye")

        async with websockets.serve(greet, "127.0.0.1", 0) as server:
            async with websockets.connect(url_of(server)) as websocket:
                self.assertEqual(await websocket.recv(), "Hello and goodbye")
                with self.assertRaises(websockets.ConnectionClosedOK) as caught:
                    await websocket.recv()
        self.assertEqual(caught.exception.rcvd.code, 1000)

    async def test_a_handler_that_raises_closes_with_1011(self):
        async def fail(websocket):
            raise KeyError("mine")

        logging.getLogger("websockets.server").addHandler(logging.NullHandler())
        async with websockets.serve(fail, "127.0.0.1", 0) as server:
            async with websockets.connect(url_of(server)) as websocket:
                with self.assertRaises(websockets.ConnectionClosedError) as caught:
                    await websocket.recv()
            self.assertEqual(caught.exception.rcvd.code, 1011)
            async with websockets.connect(url_of(server)):
                pass

    async def test_a_client_that_leaves_ends_the_handler_s_loop(self):
        ended = asyncio.get_running_loop().create_future()

        async def count(websocket):
            ended.set_result([message async for message in websocket])

        async with websockets.serve(count, "127.0.0.1", 0) as server:
            async with websockets.connect(url_of(server)) as websocket:
                await websocket.send("one")
                await websocket.send("two")
            self.assertEqual(await ended, ["one", "two"])

    async def test_closing_the_server_closes_its_connections_with_1001(self):
        server = await websockets.serve(echo, "127.0.0.1", 0)
        url = url_of(server)
        async with websockets.connect(url) as websocket:
            server.close()
            with self.assertRaises(websockets.ConnectionClosedOK) as caught:
                await websocket.recv()
            self.assertEqual(caught.exception.rcvd.code, 1001)
            await server.wait_closed()
        with self.assertRaises(OSError):
            await websockets.connect(url)

    async def test_wait_closed_waits_for_the_close(self):
        server = await websockets.serve(echo, "127.0.0.1", 0)
        waiting = asyncio.create_task(server.wait_closed())
        async with websockets.connect(url_of(server)) as websocket:
            await websocket.send("Hello!")
            await websocket.recv()
        self.assertFalse(waiting.done())
        server.close()
        await waiting

    async def test_a_port_in_use_is_an_os_error(self):
        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with self.assertRaises(OSError):
                await websockets.serve(echo, "127.0.0.1", port)

    async def test_a_port_in_use_leaves_no_socket_behind(self):
        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            free = find_free_port()
            self.resolve_to(("127.0.0.1", free), ("127.0.0.1", port))
            with self.assertRaises(OSError) as caught:
                await websockets.serve(echo, "several", 0)
            self.assertEqual(caught.exception.errno, errno.EADDRINUSE)
            with socket.socket() as probe:
                self.assertNotEqual(probe.connect_ex(("127.0.0.1", free)), 0)

    def resolve_to(self, *addresses, family=socket.AF_INET):
        """Lets the loop find these addresses for every host."""
        loop = asyncio.get_running_loop()

        async def getaddrinfo(host, port, **options):
            return [(family, socket.SOCK_STREAM, 0, "", address) for address in addresses]

        loop.getaddrinfo = getaddrinfo
        self.addCleanup(delattr, loop, "getaddrinfo")

    async def test_an_address_that_this_machine_does_not_have_is_passed_over(self):
        # RFC 5737 keeps 192.0.2.0/24 for documentation.
        self.resolve_to(("192.0.2.1", 0), ("127.0.0.1", 0))
        async with websockets.serve(echo, "several", 0) as server:
            hosts = [listening.getsockname()[0] for listening in server.sockets]
            self.assertEqual(hosts, ["127.0.0.1"])

    async def test_an_error_says_why_no_address_could_be_used(self):
        with self.assertRaises(OSError) as caught:
            await websockets.serve(echo, "192.0.2.1", 0)
        self.assertEqual(caught.exception.errno, errno.EADDRNOTAVAIL)
        self.assertIn("192.0.2.1", str(caught.exception))

    async def test_a_family_that_the_system_does_not_have_is_no_address(self):
        self.resolve_to(("127.0.0.1", 0), family=250)
        with self.assertRaises(OSError) as caught:
            await websockets.serve(echo, "several", 0)
        self.assertEqual(caught.exception.errno, errno.EAFNOSUPPORT)

    async def test_a_listening_socket_that_fails_stops_the_serving_and_is_logged(self):
        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            with self.assertLogs("websockets.server", logging.ERROR) as logs:
                server.sockets[0].shutdown(socket.SHUT_RDWR)
                while server.is_serving():
                    await asyncio.sleep(0.005)
        self.assertIn("could not accept", logs.output[0])

    async def test_a_plain_http_request_is_refused(self):
        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertRegex(await reader.readline(), rb"^HTTP/1.1 4")
            writer.close()
            await writer.wait_closed()

    async def test_garbage_does_not_stop_the_server(self):
        async with websockets.serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            for garbage in (b"", b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\nUpg"):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(garbage)
                writer.close()
                await writer.wait_closed()
            async with websockets.connect(url_of(server)) as websocket:
                await websocket.send("still here")
                self.assertEqual(await websocket.recv(), "still here")


if __name__ == "__main__":
    unittest.main()
