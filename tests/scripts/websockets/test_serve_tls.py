"""Servers that speak TLS: `serve(..., ssl=context)`."""

import asyncio
import os
import ssl
import sys
import tempfile
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import websockets
from serving import PLAIN, echo, url_of
from websockets.asyncio.client import unix_connect
from websockets.asyncio.server import serve, unix_serve

CERT, KEY = os.environ["TAURARO_TEST_SERVER_CERT"], os.environ["TAURARO_TEST_SERVER_KEY"]
CLIENT = os.environ["TAURARO_TEST_CLIENT_CERT"], os.environ["TAURARO_TEST_CLIENT_KEY"]
CA, OTHER_CA = os.environ["TAURARO_TEST_CA"], os.environ["TAURARO_TEST_OTHER_CA"]


def server_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERT, KEY)
    return context


def client_context(certificate=False):
    context = ssl.create_default_context(cafile=CA)
    if certificate:
        context.load_cert_chain(*CLIENT)
    return context


class Tls(unittest.IsolatedAsyncioTestCase):
    async def talk(self, server, **options):
        url = url_of(server, scheme="wss")
        async with websockets.connect(url, **options) as websocket:
            for message in "Hello!", b"bytes", "x" * 500_000:
                await websocket.send(message)
                self.assertEqual(await websocket.recv(), message)

    async def test_messages(self):
        async with serve(echo, "127.0.0.1", 0, ssl=server_context(), **PLAIN) as server:
            await self.talk(server)

    async def test_the_interpreter_s_own_tls_as_a_client(self):
        async with serve(echo, "127.0.0.1", 0, ssl=server_context(), **PLAIN) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=client_context(), server_hostname="localhost"
            )
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(await reader.readline(), b"HTTP/1.1 426 Upgrade Required\r\n")
            writer.close()

    async def test_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            async with unix_serve(echo, path, ssl=server_context(), **PLAIN):
                uri = "wss://localhost/"
                async with unix_connect(path, uri, ssl=client_context()) as websocket:
                    await websocket.send("Hello!")
                    self.assertEqual(await websocket.recv(), "Hello!")

    async def test_the_end_of_the_server_reaches_its_clients(self):
        async with serve(echo, "127.0.0.1", 0, ssl=server_context(), **PLAIN) as server:
            async with websockets.connect(url_of(server, scheme="wss")) as websocket:
                server.close()
                with self.assertRaises(websockets.ConnectionClosedOK) as caught:
                    await websocket.recv()
                self.assertEqual(caught.exception.rcvd.code, 1001)

    async def test_a_handshake_that_fails_harms_nobody(self):
        async with serve(echo, "127.0.0.1", 0, ssl=server_context(), **PLAIN) as server:
            port = server.sockets[0].getsockname()[1]
            for data in b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02", b"\x00" * 5000:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(data)
                writer.close()
            with self.assertRaises(OSError):
                await websockets.connect(
                    url_of(server, scheme="wss"), ssl=ssl.create_default_context(cafile=OTHER_CA)
                )
            await self.talk(server)

    async def test_a_client_that_never_starts_is_dropped_after_open_timeout(self):
        async with serve(
            echo, "127.0.0.1", 0, ssl=server_context(), open_timeout=0.1, **PLAIN
        ) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            self.assertEqual(await reader.read(), b"")
            writer.close()

    async def test_clients_may_have_to_show_a_certificate(self):
        context = server_context()
        context.load_verify_locations(CA)
        context.verify_mode = ssl.CERT_REQUIRED
        async with serve(echo, "127.0.0.1", 0, ssl=context, **PLAIN) as server:
            await self.talk(server, ssl=client_context(certificate=True))
            with self.assertRaises((OSError, websockets.exceptions.InvalidMessage)):
                await self.talk(server, ssl=client_context())

    async def test_the_certificate_of_a_client_may_be_looked_at(self):
        seen = []

        def process_request(connection, request):
            tls = connection.transport.get_extra_info("ssl_object")
            seen.append((tls.version()[:4], tls.getpeercert(binary_form=True)))

        context = server_context()
        context.load_verify_locations(CA)
        context.verify_mode = ssl.CERT_OPTIONAL
        async with serve(
            echo, "127.0.0.1", 0, ssl=context, process_request=process_request, **PLAIN
        ) as server:
            await self.talk(server, ssl=client_context(certificate=True))
            await self.talk(server, ssl=client_context())
        with open(CLIENT[0]) as certificate:
            shown = ssl.PEM_cert_to_DER_cert(certificate.read())
        self.assertEqual(seen, [("TLSv", shown), ("TLSv", None)])

    async def test_clients_may_be_asked_for_a_certificate(self):
        context = server_context()
        context.load_verify_locations(CA)
        context.verify_mode = ssl.CERT_OPTIONAL
        async with serve(echo, "127.0.0.1", 0, ssl=context, **PLAIN) as server:
            await self.talk(server, ssl=client_context(certificate=True))
            await self.talk(server, ssl=client_context())

    async def test_the_versions_of_the_context_count(self):
        context = server_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        old = client_context()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        async with serve(echo, "127.0.0.1", 0, ssl=context, **PLAIN) as server:
            await self.talk(server)
            with self.assertRaises(OSError):
                await self.talk(server, ssl=old)

    async def test_a_new_certificate_is_shown_from_then_on(self):
        context = server_context()
        async with serve(echo, "127.0.0.1", 0, ssl=context, **PLAIN) as server:
            await self.talk(server)
            # One that no client takes for a server's.
            context.load_cert_chain(*CLIENT)
            with self.assertRaises(OSError):
                await self.talk(server)
            context.load_cert_chain(CERT, KEY)
            await self.talk(server)

    async def test_what_cannot_be_served_with(self):
        with self.assertRaisesRegex(TypeError, "ssl argument must be an SSLContext or None"):
            serve(echo, "127.0.0.1", 0, ssl=True)
        with self.assertRaisesRegex(ValueError, "load_cert_chain"):
            serve(echo, "127.0.0.1", 0, ssl=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


if __name__ == "__main__":
    unittest.main()
