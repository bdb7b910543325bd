"""extensions={"trace": f}: httpcore's events, their order, and what is told along with them."""

import asyncio
import os
import socket
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

HTTP = server("HTTP")
HTTPS = server("HTTPS")

OPENED = ["connection.connect_tcp.started", "connection.connect_tcp.complete"]
SECURED = ["connection.start_tls.started", "connection.start_tls.complete"]
HEAD = [
    "http11.send_request_headers.started",
    "http11.send_request_headers.complete",
    "http11.send_request_body.started",
    "http11.send_request_body.complete",
    "http11.receive_response_headers.started",
    "http11.receive_response_headers.complete",
]
BODY = [
    "http11.receive_response_body.started",
    "http11.receive_response_body.complete",
]
CLOSED = [
    "http11.response_closed.started",
    "http11.response_closed.complete",
]
EXCHANGE = HEAD + BODY + CLOSED


def send(method, url, client=None, **arguments):
    with client or httpx.Client() as client:
        return client.request(method, url, **arguments)


class Trace:
    def __init__(self):
        self.events = []

    def __call__(self, name, info):
        self.events.append((name, dict(info)))

    async def awaited(self, name, info):
        await asyncio.sleep(0)
        self(name, info)

    @property
    def names(self):
        return [name for name, _ in self.events]

    def info(self, name):
        return dict(self.events)[name]

    @property
    def extensions(self):
        return {"trace": self}


class TraceTest(unittest.TestCase):
    def test_a_new_connection_and_a_kept_one(self):
        with httpx.Client() as client:
            for expected in OPENED + EXCHANGE, EXCHANGE:
                trace = Trace()
                client.get(HTTP, extensions=trace.extensions)
                self.assertEqual(trace.names, expected)

    def test_what_is_told_of_the_connection(self):
        trace = Trace()
        send("GET", HTTP, extensions=trace.extensions, timeout=17)
        url = httpx.URL(HTTP)
        info = trace.info("connection.connect_tcp.started")
        self.assertEqual((info["host"], info["port"]), (url.host, url.port))
        self.assertEqual((info["timeout"], info["local_address"]), (17, None))
        self.assertIn("return_value", trace.info("connection.connect_tcp.complete"))

    def test_what_is_told_of_the_response(self):
        trace = Trace()
        response = send("GET", HTTP, extensions=trace.extensions)
        info = trace.info("http11.receive_response_headers.complete")
        version, status, reason, headers = info["return_value"]
        self.assertEqual((version, status, reason), (b"HTTP/1.1", 200, b"OK"))
        headers = {name.lower(): value for name, value in headers}
        self.assertEqual(headers[b"content-length"], response.headers["content-length"].encode())

    def test_https(self):
        trace = Trace()
        send("GET", HTTPS, httpx.Client(verify=False), extensions=trace.extensions)
        self.assertEqual(trace.names, OPENED + SECURED + EXCHANGE)
        info = trace.info("connection.start_tls.started")
        self.assertEqual(info["server_hostname"], httpx.URL(HTTPS).host)

    def test_a_request_with_a_body(self):
        def parts():
            yield b"a"
            yield b"b"

        for content in b"body", parts():
            trace = Trace()
            send("POST", HTTP + "/echo", content=content, extensions=trace.extensions)
            self.assertEqual(trace.names, OPENED + EXCHANGE)

    def test_a_refused_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            url = "http://127.0.0.1:%d/" % closed.getsockname()[1]
        trace = Trace()
        with self.assertRaises(httpx.ConnectError):
            send("GET", url, extensions=trace.extensions)
        self.assertEqual(
            trace.names, ["connection.connect_tcp.started", "connection.connect_tcp.failed"]
        )
        exception = trace.info("connection.connect_tcp.failed")["exception"]
        self.assertEqual(type(exception).__name__, "ConnectError")

    def test_a_server_that_closes_without_an_answer(self):
        trace = Trace()
        with self.assertRaises(httpx.RemoteProtocolError):
            send("GET", server("BAD") + "/no-response", extensions=trace.extensions)
        failed = HEAD[:5] + ["http11.receive_response_headers.failed"] + CLOSED
        self.assertEqual(trace.names, OPENED + failed)

    def test_a_body_that_raises(self):
        def parts():
            yield b"a"
            raise KeyError("mine")

        trace = Trace()
        with self.assertRaises(KeyError):
            send("POST", HTTP, content=parts(), extensions=trace.extensions)
        failed = HEAD[:3] + ["http11.send_request_body.failed"] + CLOSED
        self.assertEqual(trace.names, OPENED + failed)

    def test_a_response_that_is_not_read(self):
        trace = Trace()
        with httpx.Client() as client:
            with client.stream("GET", HTTP, extensions=trace.extensions):
                self.assertEqual(trace.names, OPENED + HEAD)
        self.assertEqual(trace.names, OPENED + HEAD + CLOSED)

    def test_each_hop_of_a_redirect_is_told(self):
        trace = Trace()
        with httpx.Client(follow_redirects=True) as client:
            client.get(HTTP + "/redirect", extensions=trace.extensions)
        self.assertEqual(trace.names, OPENED + EXCHANGE + EXCHANGE)

    def test_what_the_function_raises_ends_the_request(self):
        for step in OPENED + HEAD + BODY:
            class Mine(Exception):
                pass

            def trace(name, info):
                if name == step:
                    raise Mine(name)

            with self.subTest(step), httpx.Client() as client:
                with self.assertRaises(Mine):
                    client.get(HTTP, extensions={"trace": trace})
                self.assertEqual(client.get(HTTP).status_code, 200)


class AsyncTraceTest(unittest.IsolatedAsyncioTestCase):
    async def test_an_asynchronous_function_is_awaited(self):
        async with httpx.AsyncClient() as client:
            for expected in OPENED + EXCHANGE, EXCHANGE:
                trace = Trace()
                await client.get(HTTP, extensions={"trace": trace.awaited})
                self.assertEqual(trace.names, expected)

    async def test_what_it_raises_ends_the_request(self):
        async def trace(name, info):
            await asyncio.sleep(0)
            raise KeyError(name)

        async with httpx.AsyncClient() as client:
            with self.assertRaises(KeyError):
                await client.get(HTTP, extensions={"trace": trace})


if __name__ == "__main__":
    unittest.main()
