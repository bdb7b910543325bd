"""What a request says and sees beyond HTTP: target, sni_hostname, timeout, network_stream."""

import contextlib
import os
import socket
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

HTTP = server("HTTP")


@contextlib.contextmanager
def serve(handle):
    """A server that gives each connection to handle(socket, head), once the head is there."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(connection):
        with connection, contextlib.suppress(OSError):
            while True:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    byte = connection.recv(1)
                    if not byte:
                        return
                    head += byte
                if handle(connection, head):
                    return

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield "http://127.0.0.1:%d" % listener.getsockname()[1]
    finally:
        listener.close()


def show_request_line(connection, head):
    line = head.split(b"\r\n")[0]
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(line), line))


def echo(connection, head):
    """Accepts a tunnel, or another protocol, says "early" and sends back what it gets."""
    if head.startswith(b"CONNECT"):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nearly")
    else:
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nearly"
        )
    while data := connection.recv(1024):
        connection.sendall(data)
    return True


UPGRADE = {"Connection": "upgrade", "Upgrade": "echo"}


class TargetTest(unittest.TestCase):
    def test_the_target_is_sent_as_it_is(self):
        with serve(show_request_line) as url, httpx.Client() as client:
            for target in b"*", b"/other?q=%20", b"http://elsewhere/x":
                response = client.options(url + "/path", extensions={"target": target})
                self.assertEqual(response.content, b"OPTIONS " + target + b" HTTP/1.1")
            self.assertEqual(client.get(url + "/path").content, b"GET /path HTTP/1.1")

    def test_also_through_a_proxy(self):
        with serve(show_request_line) as url, httpx.Client(proxy=url) as client:
            response = client.get("http://host/", extensions={"target": b"/mine"})
            self.assertEqual(response.content, b"GET /mine HTTP/1.1")
            self.assertEqual(client.get("http://host/").content, b"GET http://host/ HTTP/1.1")


class ServerNameTest(unittest.TestCase):
    def test_the_server_has_to_prove_the_given_name(self):
        url = server("HTTPS_WRONG_HOST")
        with self.assertRaises(httpx.ConnectError):
            httpx.get(url)
        extensions = {"sni_hostname": "other.example"}
        with httpx.Client() as client:
            self.assertEqual(client.get(url, extensions=extensions).status_code, 200)
            with self.assertRaises(httpx.ConnectError):
                client.get(server("HTTPS"), extensions=extensions)


class TimeoutTest(unittest.TestCase):
    def test_a_transport_heeds_the_timeouts_of_a_request(self):
        hold = threading.Event()
        self.addCleanup(hold.set)
        with serve(lambda connection, head: hold.wait()) as url, httpx.HTTPTransport() as transport:
            request = httpx.Request("GET", url, extensions={"timeout": {"read": 0.01}})
            with self.assertRaises(httpx.ReadTimeout):
                transport.handle_request(request)

    def test_a_request_without_timeouts_gets_those_of_the_client(self):
        request = httpx.Request("GET", HTTP, extensions={"mine": 1})
        with httpx.Client(timeout=httpx.Timeout(7, read=None)) as client:
            self.assertEqual(client.send(request).status_code, 200)
        limits = {"connect": 7, "read": None, "write": 7, "pool": 7}
        self.assertEqual(request.extensions, {"mine": 1, "timeout": limits})
        hold = threading.Event()
        self.addCleanup(hold.set)
        with serve(lambda connection, head: hold.wait()) as url:
            with httpx.Client(timeout=httpx.Timeout(60, read=0.01)) as client:
                with self.assertRaises(httpx.ReadTimeout):
                    client.send(httpx.Request("GET", url))

    def test_a_request_keeps_its_own_timeouts(self):
        limits = {"connect": 30, "read": 30}
        request = httpx.Request("GET", HTTP, extensions={"timeout": limits})
        with httpx.Client(timeout=0.0) as client:
            self.assertEqual(client.send(request).status_code, 200)
        self.assertEqual(request.extensions, {"timeout": limits})


class NetworkStreamTest(unittest.TestCase):
    def test_a_tunnel(self):
        with serve(echo) as url, httpx.Client() as client:
            extensions = {"target": b"host:443"}
            with client.stream("CONNECT", url, extensions=extensions) as response:
                self.assertEqual(response.status_code, 200)
                stream = response.extensions["network_stream"]
                self.assertEqual(stream.read(max_bytes=3), b"ear")
                self.assertEqual(stream.read(100, timeout=5), b"ly")
                stream.write(b"hello", timeout=5)
                self.assertEqual(stream.read(5), b"hello")

    def test_another_protocol(self):
        with serve(echo) as url, httpx.Client() as client:
            with client.stream("GET", url, headers=UPGRADE) as response:
                self.assertEqual(response.status_code, 101)
                stream = response.extensions["network_stream"]
                self.assertEqual(stream.read(100), b"early")
                stream.write(b"hello")
                self.assertEqual(stream.read(2), b"he")
                self.assertEqual(stream.read(2), b"ll")

    def test_the_two_ends_are_known(self):
        with httpx.Client() as client, client.stream("GET", HTTP) as response:
            stream = response.extensions["network_stream"]
            url = httpx.URL(HTTP)
            self.assertEqual(stream.get_extra_info("server_addr"), ("127.0.0.1", url.port))
            host, port = stream.get_extra_info("client_addr")
            self.assertEqual(host, "127.0.0.1")
            self.assertGreater(port, 0)
            self.assertIsNone(stream.get_extra_info("ssl_object"))
            self.assertIsNone(stream.get_extra_info("nothing"))

    def test_what_tls_settled_is_known(self):
        with httpx.Client(verify=False) as client:
            with client.stream("GET", server("HTTPS")) as response:
                stream = response.extensions["network_stream"]
                tls = stream.get_extra_info("ssl_object")
                self.assertEqual(tls.version(), "TLSv1.3")
                self.assertEqual(tls.selected_alpn_protocol(), "http/1.1")
                self.assertEqual(tls.getpeercert(True)[:1], b"\x30")


class AsyncNetworkStreamTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_tunnel(self):
        with serve(echo) as url:
            async with httpx.AsyncClient() as client:
                extensions = {"target": b"host:443"}
                async with client.stream("CONNECT", url, extensions=extensions) as response:
                    stream = response.extensions["network_stream"]
                    self.assertEqual(await stream.read(max_bytes=3), b"ear")
                    self.assertEqual(await stream.read(100, timeout=5), b"ly")
                    await stream.write(b"hello", timeout=5)
                    self.assertEqual(await stream.read(5), b"hello")


if __name__ == "__main__":
    unittest.main()
