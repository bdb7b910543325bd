"""Proxies on the way to a server: HTTP and SOCKS, given or from the environment."""

import asyncio
import base64
import contextlib
import os
import sys
import unittest
from unittest import mock

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server
from websockets.asyncio.client import connect


def environment(**variables):
    """No proxies but these, in the environment of a block."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy")
    }
    return mock.patch.dict(os.environ, {**clean, **variables}, clear=True)


async def relay(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


class Proxy:
    """A proxy on loopback. It takes every name for 127.0.0.1, and notes what it is asked."""

    def __init__(self):
        self.asked = []
        self.answer = b"HTTP/1.1 200 Established\r\n\r\n"

    async def tunnel(self, reader, writer, port):
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(relay(reader, back), relay(there, writer), return_exceptions=True)

    async def http(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        writer.write(self.answer)
        if not self.answer.startswith(b"HTTP/1.1 2"):
            writer.close()
            return
        await self.tunnel(reader, writer, int(head.split(" ")[1].rsplit(":", 1)[1]))

    async def socks(self, reader, writer):
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        if 2 in methods:
            writer.write(b"\x05\x02")
            _, size = await reader.readexactly(2)
            user = await reader.readexactly(size)
            (size,) = await reader.readexactly(1)
            self.asked.append((user, await reader.readexactly(size)))
            writer.write(b"\x01\x00")
        else:
            writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        size = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        host = await reader.readexactly(size)
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append((host, port))
        writer.write(b"\x05" + self.socks_reply + b"\0\x01\0\0\0\0\0\0")
        if self.socks_reply != b"\0":
            writer.close()
            return
        await self.tunnel(reader, writer, port)

    async def socks4(self, reader, writer):
        await reader.readexactly(2)
        port = int.from_bytes(await reader.readexactly(2), "big")
        address = await reader.readexactly(4)
        user = (await reader.readuntil(b"\0"))[:-1]
        name = (await reader.readuntil(b"\0"))[:-1] if address == b"\0\0\0\x01" else address
        self.asked.append((user, name, port))
        writer.write(b"\0" + self.socks4_reply + bytes(6))
        if self.socks4_reply != b"\x5a":
            writer.close()
            return
        await self.tunnel(reader, writer, port)

    socks_reply = b"\0"
    socks4_reply = b"\x5a"

    @contextlib.asynccontextmanager
    async def running(self, protocol="http"):
        serving = await asyncio.start_server(getattr(self, protocol), "127.0.0.1", 0)
        try:
            yield f"127.0.0.1:{serving.sockets[0].getsockname()[1]}"
        finally:
            serving.close()


async def echo_through(uri, **kwargs):
    async with connect(uri, **kwargs) as websocket:
        await websocket.send("Hello!")
        return await websocket.recv()


class Http(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.proxy = Proxy()
        self.port = server("WS").rsplit(":", 1)[1]
        # A name that only the proxy can find.
        self.uri = f"ws://origin.test:{self.port}/echo"

    async def test_the_proxy_is_asked_for_a_tunnel(self):
        async with self.proxy.running() as address:
            answer = await echo_through(self.uri, proxy=f"http://{address}")
        self.assertEqual(answer, "Hello!")
        head = self.proxy.asked[0]
        self.assertTrue(head.startswith(f"CONNECT origin.test:{self.port} HTTP/1.1\r\n"), head)
        self.assertIn(f"host: origin.test:{self.port}\r\n", head.lower())
        self.assertIn("user-agent: tauraro websockets/", head.lower())

    async def test_credentials_are_told_to_the_proxy_alone(self):
        async with self.proxy.running() as address:
            await echo_through(self.uri, proxy=f"http://me:p%40ss@{address}")
        credentials = base64.b64encode(b"me:p@ss").decode()
        self.assertIn(f"proxy-authorization: basic {credentials.lower()}", self.proxy.asked[0].lower())

    async def test_another_user_agent_and_none(self):
        async with self.proxy.running() as address:
            proxy = f"http://{address}"
            await echo_through(self.uri, proxy=proxy, user_agent_header="Mine")
            await echo_through(self.uri, proxy=proxy, user_agent_header=None)
        self.assertIn("user-agent: mine\r\n", self.proxy.asked[0].lower())
        self.assertNotIn("user-agent", self.proxy.asked[1].lower())

    async def test_tls_is_with_the_server_through_the_proxy(self):
        uri = server("WSS") + "/echo"
        async with self.proxy.running() as address:
            self.assertEqual(await echo_through(uri, proxy=f"http://{address}"), "Hello!")
        self.assertTrue(self.proxy.asked[0].startswith("CONNECT localhost:"))

    async def test_a_refusal_is_an_invalid_proxy_status(self):
        self.proxy.answer = b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\n\r\n"
        async with self.proxy.running() as address:
            with self.assertRaises(websockets.InvalidProxyStatus) as caught:
                await connect(self.uri, proxy=f"http://{address}")
        error = caught.exception
        self.assertEqual(error.response.status_code, 407)
        self.assertEqual(error.response.headers["Proxy-Authenticate"], "Basic")
        self.assertIn("proxy rejected connection: HTTP 407", str(error))

    async def test_what_is_not_http_is_an_invalid_proxy_message(self):
        for answer in (b"SSH-2.0-OpenSSH\r\n\r\n", b"", b"HTTP/1.1 4"):
            with self.subTest(answer):
                self.proxy.answer = answer
                async with self.proxy.running() as address:
                    with self.assertRaises(websockets.InvalidProxyMessage) as caught:
                        await connect(self.uri, proxy=f"http://{address}")
                self.assertIn("did not receive a valid HTTP response", str(caught.exception))
                self.assertIsNotNone(caught.exception.__cause__)

    async def test_a_proxy_that_is_not_there_is_an_os_error(self):
        with self.assertRaises(ConnectionRefusedError):
            await connect(self.uri, proxy=server("REFUSED"))

    async def test_a_proxy_that_never_answers_is_a_timeout(self):
        async def silent(reader, writer):
            await reader.read()
            left.set()

        left = asyncio.Event()
        async with await asyncio.start_server(silent, "127.0.0.1", 0) as serving:
            proxy = f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
            with self.assertRaises(TimeoutError) as caught:
                await connect(self.uri, proxy=proxy, open_timeout=0.05)
            self.assertIn("timed out during opening handshake", str(caught.exception))
            await asyncio.wait_for(left.wait(), 30)

    async def test_an_https_proxy(self):
        # It speaks TLS, says yes and is none.
        with self.assertRaises(websockets.InvalidHandshake):
            await connect(self.uri, proxy=server("HTTPS"))
        for name in ("HTTPS_UNKNOWN_CA", "HTTPS_WRONG_HOST"):
            with self.subTest(name), self.assertRaises(OSError):
                await connect(self.uri, proxy=server(name))

    async def test_proxy_ssl_and_the_scheme_of_the_proxy_agree(self):
        for scheme, proxy_ssl, text in (
            ("http", True, "proxy_ssl argument is incompatible with an http:// proxy"),
            ("https", None, "proxy_ssl=None is incompatible with an https:// proxy"),
        ):
            with self.assertRaises(ValueError) as caught:
                await connect(self.uri, proxy=f"{scheme}://localhost", proxy_ssl=proxy_ssl)
            self.assertEqual(str(caught.exception), text)


class Socks(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.proxy = Proxy()
        self.port = int(server("WS").rsplit(":", 1)[1])
        self.uri = f"ws://origin.test:{self.port}/echo"

    async def test_the_proxy_resolves_the_name(self):
        for scheme in ("socks5", "socks5h"):
            with self.subTest(scheme):
                async with self.proxy.running("socks") as address:
                    answer = await echo_through(self.uri, proxy=f"{scheme}://{address}")
                self.assertEqual(answer, "Hello!")
                self.assertEqual(self.proxy.asked[-1], (b"origin.test", self.port))

    async def test_with_a_user_and_a_password(self):
        async with self.proxy.running("socks") as address:
            await echo_through(self.uri, proxy=f"socks5h://me:secret@{address}")
        self.assertEqual(self.proxy.asked[0], (b"me", b"secret"))

    async def test_tls_through_the_proxy(self):
        async with self.proxy.running("socks") as address:
            uri = server("WSS") + "/echo"
            self.assertEqual(await echo_through(uri, proxy=f"socks5h://{address}"), "Hello!")

    async def test_version_4_with_names_and_addresses(self):
        for scheme in ("socks4", "socks4a"):
            for host, asked in (("origin.test", b"origin.test"), ("127.0.0.1", b"\x7f\0\0\x01")):
                with self.subTest(scheme=scheme, host=host):
                    uri = f"ws://{host}:{self.port}/echo"
                    async with self.proxy.running("socks4") as address:
                        answer = await echo_through(uri, proxy=f"{scheme}://me:x@{address}")
                    self.assertEqual(answer, "Hello!")
                    self.assertEqual(self.proxy.asked[-1], (b"me", asked, self.port))

    async def test_a_refusal_of_version_4_is_a_proxy_error(self):
        self.proxy.socks4_reply = b"\x5b"
        async with self.proxy.running("socks4") as address:
            with self.assertRaises(websockets.ProxyError) as caught:
                await connect(self.uri, proxy=f"socks4a://{address}")
        self.assertIn("rejected the request", str(caught.exception))

    async def test_a_refusal_is_a_proxy_error(self):
        self.proxy.socks_reply = b"\x05"
        async with self.proxy.running("socks") as address:
            with self.assertRaises(websockets.ProxyError) as caught:
                await connect(self.uri, proxy=f"socks5h://{address}")
        self.assertIn("connection refused", str(caught.exception))


class Environment(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.proxy = Proxy()
        self.uri = server("WS").replace("localhost", "origin.test") + "/echo"

    async def uses_proxy(self, uri, **variables):
        before = len(self.proxy.asked)
        async with self.proxy.running() as address:
            values = {name: value.format(address) for name, value in variables.items()}
            with environment(**values):
                self.assertEqual(await echo_through(uri), "Hello!")
        return len(self.proxy.asked) > before

    async def test_variables_that_count_for_ws(self):
        for name in ("ws_proxy", "https_proxy", "http_proxy", "WS_PROXY", "HTTPS_PROXY"):
            with self.subTest(name):
                self.assertTrue(await self.uses_proxy(self.uri, **{name: "http://{}"}))

    async def test_variables_that_count_for_wss(self):
        uri = server("WSS") + "/echo"
        for name, counts in (("wss_proxy", True), ("https_proxy", True), ("http_proxy", False)):
            with self.subTest(name):
                self.assertIs(await self.uses_proxy(uri, **{name: "http://{}"}), counts)

    async def test_the_one_for_websockets_comes_first(self):
        others = {"https_proxy": server("REFUSED"), "http_proxy": server("REFUSED")}
        self.assertTrue(await self.uses_proxy(self.uri, ws_proxy="http://{}", **others))

    async def test_socks_proxy_speaks_socks_whatever_its_scheme(self):
        async with self.proxy.running("socks") as address:
            with environment(socks_proxy=f"http://{address}", https_proxy=server("REFUSED")):
                self.assertEqual(await echo_through(self.uri), "Hello!")

    async def test_no_proxy_exempts(self):
        local = server("WS") + "/echo"
        port = server("WS").rsplit(":", 1)[1]
        for exempt in ("*", "localhost", "other, LOCALHOST", f"localhost:{port}", ".localhost"):
            with self.subTest(exempt):
                variables = {"http_proxy": "http://{}", "no_proxy": exempt}
                self.assertFalse(await self.uses_proxy(local, **variables))
        for exempt in ("", "example.com", "host", "localhost:1"):
            with self.subTest(exempt):
                variables = {"http_proxy": "http://{}", "no_proxy": exempt}
                self.assertTrue(await self.uses_proxy(local, **variables))

    async def test_proxy_none_looks_at_none(self):
        with environment(ws_proxy=server("REFUSED")):
            self.assertEqual(await echo_through(server("WS") + "/echo", proxy=None), "Hello!")
            with self.assertRaises(OSError):
                await connect(server("WS"))


class Invalid(unittest.IsolatedAsyncioTestCase):
    async def test_what_is_wrong_is_said(self):
        for proxy, reason in (
            ("ftp://p", "scheme ftp isn't supported"),
            ("http://", "hostname isn't provided"),
            ("http://p/path", "path is meaningless"),
            ("http://p?a=b", "query is meaningless"),
            ("http://p#top", "fragment is meaningless"),
            ("http://me@p", "username provided without password"),
        ):
            with self.subTest(proxy):
                with self.assertRaises(websockets.InvalidProxy) as caught:
                    await connect("ws://localhost/", proxy=proxy)
                self.assertEqual(caught.exception.msg, reason)
                self.assertIn(f"isn't a valid proxy: {reason}", str(caught.exception))

    async def test_no_password_is_shown(self):
        with self.assertRaises(websockets.InvalidProxy) as caught:
            await connect("ws://localhost/", proxy="ftp://me:secret@p")
        self.assertNotIn("secret", str(caught.exception))

    async def test_another_type_is_a_type_error(self):
        for proxy in (1, b"http://p", False):
            with self.subTest(proxy), self.assertRaises(TypeError):
                await connect("ws://localhost/", proxy=proxy)


if __name__ == "__main__":
    unittest.main()
