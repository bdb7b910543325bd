"""What differs from httpx in `extensions`, for the better or by nature."""

import asyncio
import os
import ssl
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server
from test_extensions import UPGRADE, echo, serve


class ServerNameTest(unittest.TestCase):
    def test_a_connection_that_proved_one_name_serves_no_request_for_another(self):
        url = server("HTTPS_WRONG_HOST")
        with httpx.Client() as client:
            for _ in range(2):
                client.get(url, extensions={"sni_hostname": "other.example"})
                with self.assertRaises(httpx.ConnectError):
                    client.get(url)


class TargetTest(unittest.TestCase):
    def test_a_target_that_cannot_be_sent_as_it_is_is_refused(self):
        for target in b"/a b", b"/a#b", b"/a\r\nX: y", b"":
            with self.subTest(target), self.assertRaises(httpx.LocalProtocolError):
                with httpx.Client() as client:
                    client.get(server("HTTP"), extensions={"target": target})


class NetworkStreamTest(unittest.TestCase):
    def test_it_outlives_a_request_that_was_read(self):
        with serve(echo) as url, httpx.Client() as client:
            response = client.request("CONNECT", url, extensions={"target": b"host:443"})
            self.assertEqual(response.content, b"")
            stream = response.extensions["network_stream"]
            self.assertIs(stream, response.extensions["network_stream"])
            self.assertEqual(stream.read(100), b"early")
            self.assertFalse(stream.get_extra_info("is_readable"))
            stream.close()
            for fails in lambda: stream.read(1), lambda: stream.write(b"x"):
                with self.assertRaises(httpx.NetworkError):
                    fails()

    def test_closing_the_response_closes_it(self):
        with serve(echo) as url, httpx.Client() as client:
            with client.stream("GET", url, headers=UPGRADE) as response:
                stream = response.extensions["network_stream"]
            with self.assertRaises(httpx.ReadError):
                stream.read(1)

    def test_its_timeouts_are_those_of_httpx(self):
        with serve(echo) as url, httpx.Client() as client:
            with client.stream("GET", url, headers=UPGRADE) as response:
                stream = response.extensions["network_stream"]
                stream.read(100)
                with self.assertRaises(httpx.ReadTimeout):
                    stream.read(1, timeout=0.01)
                with self.assertRaises(TypeError):
                    stream.read(1, timeout="soon")

    def test_a_connection_that_speaks_http_gives_no_bytes(self):
        with httpx.Client() as client, client.stream("GET", server("HTTP")) as response:
            stream = response.extensions["network_stream"]
            for fails in (lambda: stream.read(1), lambda: stream.write(b"x"), stream.close):
                with self.assertRaises(httpx.LocalProtocolError):
                    fails()
            self.assertEqual(response.read(), b"Hello, world!")

    def test_the_two_ends_are_known_after_the_response_was_read(self):
        response = httpx.get(server("HTTP"))
        stream = response.extensions["network_stream"]
        url = httpx.URL(server("HTTP"))
        self.assertEqual(stream.get_extra_info("server_addr"), ("127.0.0.1", url.port))

    def test_a_handshake_needs_a_context_and_a_server_that_answers_it(self):
        with serve(echo) as url, httpx.Client() as client:
            with client.stream("GET", url, headers=UPGRADE) as response:
                stream = response.extensions["network_stream"]
                with self.assertRaises(TypeError):
                    stream.start_tls(True)
                self.assertEqual(stream.read(100), b"early")
                with self.assertRaises(httpx.ConnectError):
                    stream.start_tls(ssl.create_default_context(), "localhost", timeout=5)


class AsyncNetworkStreamTest(unittest.IsolatedAsyncioTestCase):
    async def test_one_task_reads_while_another_writes(self):
        with serve(echo) as url:
            async with httpx.AsyncClient() as client:
                async with client.stream("GET", url, headers=UPGRADE) as response:
                    stream = response.extensions["network_stream"]
                    self.assertEqual(await stream.read(100), b"early")
                    reading = asyncio.create_task(stream.read(100))
                    await asyncio.sleep(0)
                    await stream.write(b"hello")
                    self.assertEqual(await reading, b"hello")
                    reading = asyncio.create_task(stream.read(100))
                    await asyncio.sleep(0)
                    await stream.aclose()
                    with self.assertRaises(httpx.ReadError):
                        await reading


class SurplusTest(unittest.TestCase):
    def test_bytes_after_a_response_are_never_the_next_response(self):
        served = []

        def surplus(connection, head):
            served.append(connection.getpeername())
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
            connection.sendall(answer + b"good" + answer + b"evil")

        with serve(surplus) as url, httpx.Client() as client:
            for _ in range(3):
                self.assertEqual(client.get(url).content, b"good")
        self.assertEqual(len(set(served)), 3)


if __name__ == "__main__":
    unittest.main()
