"""Proxies: `proxy=`, `Proxy`, tunnels, SOCKS, and who is told which credentials."""

import os
import socket
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response
from support import server


def relay(one, other):
    """Passes on all that comes from one socket to the other, to its end."""
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # Either side has left.


def connect(client, address):
    with socket.create_connection(address) as target:
        thread = threading.Thread(target=relay, args=(client, target), daemon=True)
        thread.start()
        relay(target, client)
        thread.join()


class Tunnels:
    """A proxy that takes CONNECT, and notes the heads."""

    def __init__(self):
        self.heads = []
        self.server = RawServer(self.serve)
        self.url = self.server.url

    def serve(self, connection):
        head = connection.read_head()
        self.heads.append(head.decode("latin-1"))
        host, _, port = head.split(b" ")[1].decode().rpartition(":")
        connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        connect(connection.socket, (host, int(port)))


class Socks:
    """A SOCKS5 proxy (RFC 1928), with or without a password (RFC 1929); it notes the targets."""

    def __init__(self, password=None):
        self.password = password
        self.targets = []
        self.server = RawServer(self.serve)
        self.address = f"127.0.0.1:{self.server.port}"

    def serve(self, connection):
        client = connection.socket
        read = client.makefile("rb").read
        methods = read(read(2)[1])
        if self.password is None:
            client.sendall(b"\5\0")
        else:
            assert 2 in methods
            client.sendall(b"\5\2")
            name = read(read(2)[1])
            given = (name, read(read(1)[0]))
            client.sendall(b"\1\0" if given == self.password else b"\1\1")
        kind = read(4)[3]
        host = read(read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(read(4))
        port = int.from_bytes(read(2))
        self.targets.append((kind, host))
        client.sendall(b"\5\0\0\1\0\0\0\0\0\0")
        connect(client, (host, port))


class Forwarding(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.proxy = RawServer.answering(lambda head: response(b"proxy"))
        self.addCleanup(self.proxy.close)

    def test_http_goes_to_the_proxy_as_it_is(self):
        with httpx.Client(proxy=self.proxy.url) as client:
            self.assertEqual(client.get("http://h.example/x?y").text, "proxy")
        self.assertTrue(self.proxy.heads[0].startswith(b"GET http://h.example/x?y HTTP/1.1\r\n"))
        self.assertEqual(self.proxy.fields()["host"], "h.example")

    def test_a_proxy_object_with_credentials_and_header_fields(self):
        proxy = httpx.Proxy(self.proxy.url, auth=("user", "password"), headers={"X-Own": "1"})
        with httpx.Client(proxy=proxy) as client:
            client.get("http://h.example/")
        self.assertEqual(self.proxy.fields()["proxy-authorization"], "Basic dXNlcjpwYXNzd29yZA==")
        self.assertEqual(self.proxy.fields()["x-own"], "1")

    def test_functions_take_a_proxy_too(self):
        self.assertEqual(httpx.get("http://h.example/", proxy=self.proxy.url).text, "proxy")

    def test_a_refused_connection_is_told(self):
        with self.assertRaises(httpx.ConnectError):
            httpx.get("http://h.example/", proxy="http://127.0.0.1:1")

    def test_an_unknown_scheme(self):
        with self.assertRaises(ValueError):
            httpx.Client(proxy="ftp://127.0.0.1:1")


class Tunnelling(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.proxy = Tunnels()
        self.addCleanup(self.proxy.server.close)
        self.url = server("HTTPS").replace("localhost", "127.0.0.1")

    def test_https_goes_through_a_tunnel(self):
        proxy = self.proxy.url.replace("//", "//user:password@")
        with httpx.Client(proxy=proxy) as client:
            headers = {"Authorization": "secret"}
            sent = client.get(self.url + "/echo", headers=headers).json()["headers"]
            client.get(self.url)
        names = {name for name, _ in sent}
        self.assertIn("authorization", names)
        self.assertNotIn("proxy-authorization", names)
        (head,) = self.proxy.heads
        self.assertIn("Basic dXNlcjpwYXNzd29yZA==", head)
        self.assertNotIn("secret", head)

    async def test_for_an_async_client(self):
        async with httpx.AsyncClient(proxy=self.proxy.url) as client:
            self.assertEqual((await client.get(self.url)).text, "Hello, world!")
        self.assertEqual(len(self.proxy.heads), 1)


class Socks5(unittest.IsolatedAsyncioTestCase):
    def proxy(self, *args):
        proxy = Socks(*args)
        self.addCleanup(proxy.server.close)
        return proxy

    def test_without_credentials(self):
        proxy = self.proxy()
        url = server("HTTP").replace("localhost", "127.0.0.1")
        with httpx.Client(proxy=f"socks5://{proxy.address}") as client:
            self.assertEqual(client.get(url).text, "Hello, world!")
        self.assertEqual([host for _, host in proxy.targets], ["127.0.0.1"])

    def test_socks5h_leaves_the_name_to_the_proxy(self):
        proxy = self.proxy()
        with httpx.Client(proxy=f"socks5h://{proxy.address}") as client:
            self.assertEqual(client.get(server("HTTP")).text, "Hello, world!")
        self.assertEqual(proxy.targets, [(3, "localhost")])

    def test_with_credentials(self):
        proxy = self.proxy((b"user", b"password"))
        url = server("HTTP").replace("localhost", "127.0.0.1")
        with httpx.Client(proxy=f"socks5://user:password@{proxy.address}") as client:
            self.assertEqual(client.get(url).text, "Hello, world!")
        with httpx.Client(proxy=f"socks5://user:wrong@{proxy.address}") as client:
            with self.assertRaises(httpx.ProxyError):
                client.get(url)

    def test_https_through_it(self):
        proxy = self.proxy()
        with httpx.Client(proxy=f"socks5h://{proxy.address}") as client:
            self.assertEqual(client.get(server("HTTPS")).text, "Hello, world!")

    async def test_for_an_async_client(self):
        proxy = self.proxy()
        async with httpx.AsyncClient(proxy=f"socks5h://{proxy.address}") as client:
            self.assertEqual((await client.get(server("HTTP"))).text, "Hello, world!")


if __name__ == "__main__":
    unittest.main()
