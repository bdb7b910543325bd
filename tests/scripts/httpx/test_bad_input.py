"""What a script or a server gets wrong: the right exception, and the client goes on."""

import gzip
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import GOOD, RawServer, response

HEAD = b"HTTP/1.1 200 OK\r\n"

#: What a server sends for a path, and what that is to a client.
ANSWERS = {
    "/megabyte-line": (HEAD + b"X-Long: " + b"x" * (1 << 20) + b"\r\n\r\n", "RemoteProtocolError"),
    "/ten-thousand-fields": (
        HEAD + b"".join(b"X-Field-%d: 0123456789\r\n" % n for n in range(10_000)) + b"\r\n",
        "RemoteProtocolError",
    ),
    "/negative-chunk": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        "RemoteProtocolError",
    ),
    "/huge-chunk": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\nhello\r\n0\r\n\r\n",
        "RemoteProtocolError",
    ),
    "/chunk-size-that-is-no-number": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5x\r\nhello\r\n0\r\n\r\n",
        "RemoteProtocolError",
    ),
    "/chunk-without-an-end": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n0\r\n\r\n",
        "RemoteProtocolError",
    ),
    "/two-content-lengths": (
        HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nhello",
        "RemoteProtocolError",
    ),
    "/content-length-that-is-no-number": (
        HEAD + b"Content-Length: four\r\n\r\ngood",
        "RemoteProtocolError",
    ),
    "/negative-content-length": (HEAD + b"Content-Length: -1\r\n\r\n", "RemoteProtocolError"),
    "/no-gzip": (response(b"plain", "200 OK", "Content-Encoding: gzip"), "DecodingError"),
    "/cut-gzip": (
        response(gzip.compress(b"x" * 1000)[:10] + b"\xff" * 20, "200 OK", "Content-Encoding: gzip"),
        "DecodingError",
    ),
    "/redirect-loop": (response(b"", "302 Found", "Location: /redirect-loop"), "TooManyRedirects"),
    "/bad-location": (response(b"", "302 Found", "Location: http://h:bad/"), "RemoteProtocolError"),
}


def path_of(head):
    return head.split(b" ")[1].decode()


class Requests(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.server = RawServer.answering(lambda head: GOOD)
        self.addCleanup(self.server.close)

    def refused(self, *args, **options):
        """Nothing of such a request may reach the server."""
        with httpx.Client() as client:
            with self.assertRaises((httpx.LocalProtocolError, httpx.InvalidURL, ValueError)):
                client.request(*args, **options)
            self.assertEqual(self.server.heads, [])
            self.assertEqual(client.get(self.server.url).text, "good")
        self.server.heads.clear()

    def test_line_ends_and_nul_in_a_header_value(self):
        for value in ("a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", b"a\r\nX-Evil: 1"):
            with self.subTest(value):
                self.refused("GET", self.server.url, headers={"X-Own": value})

    def test_line_ends_and_nul_in_a_header_name(self):
        for name in ("X\r\nX-Evil", "X\nY", "X\0Y", "X Y", "X:Y", ""):
            with self.subTest(name):
                self.refused("GET", self.server.url, headers={name: "value"})

    def test_line_ends_and_nul_in_a_method(self):
        for method in ("GET / HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET", "G\nET", "G\0ET", "G ET", ""):
            with self.subTest(method):
                self.refused(method, self.server.url)

    def test_line_ends_and_nul_in_a_url(self):
        for text in ("/a\r\nX-Evil: 1", "/a\nb", "/a\0b", "/?q=\r\n", "/#\x7f"):
            with self.subTest(text):
                self.refused("GET", self.server.url + text)

    def test_line_ends_in_params_are_encoded(self):
        with httpx.Client() as client:
            client.get(self.server.url, params={"q": "a\r\nX-Evil: 1\0"})
        self.assertTrue(self.server.heads[0].startswith(b"GET /?q=a%0D%0AX-Evil%3A+1%00 HTTP/1.1"))

    def test_line_ends_in_cookies_and_credentials_reach_no_header_line(self):
        with httpx.Client() as client:
            try:
                client.get(self.server.url, cookies={"a": "b\r\nX-Evil: 1"})
            except (httpx.LocalProtocolError, ValueError):
                pass
            client.get(self.server.url, auth=("user\r\nX-Evil: 1", "password"))
        self.assertTrue(self.server.heads)
        for index in range(len(self.server.heads)):
            self.assertNotIn("x-evil", self.server.fields(index))

    async def test_the_same_for_an_async_client(self):
        async with httpx.AsyncClient() as client:
            with self.assertRaises(httpx.LocalProtocolError):
                await client.get(self.server.url, headers={"X-Own": "a\r\nX-Evil: 1"})
            self.assertEqual((await client.get(self.server.url)).text, "good")
        self.assertEqual(len(self.server.heads), 1)


class Responses(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.server = RawServer.answering(lambda head: ANSWERS.get(path_of(head), (GOOD,))[0])
        self.addCleanup(self.server.close)

    def test_each_raises_its_exception_and_the_client_goes_on(self):
        limits = httpx.Limits(max_connections=1)
        with httpx.Client(follow_redirects=True, limits=limits) as client:
            for path, (_, name) in ANSWERS.items():
                with self.subTest(path):
                    with self.assertRaises(getattr(httpx, name)) as caught:
                        client.get(self.server.url + path)
                    self.assertEqual(str(caught.exception.request.url), self.server.url + path)
                    self.assertEqual(client.get(self.server.url).text, "good")

    async def test_the_same_for_an_async_client(self):
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(follow_redirects=True, limits=limits) as client:
            for path, (_, name) in ANSWERS.items():
                with self.subTest(path):
                    with self.assertRaises(getattr(httpx, name)):
                        await client.get(self.server.url + path)
                    self.assertEqual((await client.get(self.server.url)).text, "good")

    def test_a_response_before_the_request(self):
        """Either reading of it is fair; it answers no later request."""
        clients = []

        def serve(connection):
            clients.append(connection)
            if len(clients) == 1:
                connection.send(response(b"hasty"))
            while connection.read_head():
                connection.send(GOOD)

        server = RawServer(serve)
        self.addCleanup(server.close)
        limits = httpx.Limits(max_connections=1)
        with httpx.Client(limits=limits) as client:
            try:
                self.assertIn(client.get(server.url).text, ("hasty", "good"))
            except (httpx.RemoteProtocolError, httpx.ReadError):
                pass
            client.get(server.url + "/maybe-on-the-same-connection")
            self.assertEqual(client.get(server.url).text, "good")

    def test_a_cookie_for_a_foreign_domain_is_not_kept(self):
        def answer(head):
            fields = [
                "Set-Cookie: foreign=1; Domain=example.com",
                "Set-Cookie: below=1; Domain=sub.127.0.0.1",
                "Set-Cookie: own=1",
            ]
            return response(b"", "200 OK", *fields)

        server = RawServer.answering(answer)
        self.addCleanup(server.close)
        with httpx.Client() as client:
            client.get(server.url)
            self.assertEqual(dict(client.cookies), {"own": "1"})
            client.get(server.url)
            self.assertEqual(server.fields()["cookie"], "own=1")
            client.get(server.named_url)
            self.assertNotIn("cookie", server.fields())


class Proxies(unittest.IsolatedAsyncioTestCase):
    def garbage(self, head):
        """A proxy that has two good answers: `/good`, and a refusal."""
        if b"/good" in head:
            return GOOD
        if b"refused.example" in head:
            return response(b"", "407 Who Are You", 'Proxy-Authenticate: Basic realm="p"')
        return b"\x16\x03\x01 this is no HTTP\r\n\r\n"

    def setUp(self):
        self.proxy = RawServer.answering(self.garbage)
        self.addCleanup(self.proxy.close)

    def test_garbage_instead_of_a_response(self):
        with httpx.Client(proxy=self.proxy.url) as client:
            with self.assertRaises(httpx.RemoteProtocolError):
                client.get("http://h.example/")
            with self.assertRaises(httpx.RemoteProtocolError):
                client.get("https://h.example/")
            self.assertEqual(client.get("http://h.example/good").text, "good")

    def test_a_refusal_of_a_tunnel(self):
        with httpx.Client(proxy=self.proxy.url) as client:
            with self.assertRaisesRegex(httpx.ProxyError, "407 Who Are You"):
                client.get("https://refused.example/")
            self.assertEqual(client.get("http://h.example/good").text, "good")

    async def test_garbage_for_an_async_client(self):
        async with httpx.AsyncClient(proxy=self.proxy.url) as client:
            for url in ("http://h.example/", "https://h.example/"):
                with self.assertRaises(httpx.RemoteProtocolError):
                    await client.get(url)
            self.assertEqual((await client.get("http://h.example/good")).text, "good")


if __name__ == "__main__":
    unittest.main()
