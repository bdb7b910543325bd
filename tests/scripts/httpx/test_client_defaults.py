"""What a client has by default, what may be assigned to it, and what counts as true."""

import asyncio
import unittest

import httpx

URL = "http://example.org/"


def client(handler=lambda _: httpx.Response(200), **arguments):
    return httpx.Client(transport=httpx.MockTransport(handler), **arguments)


class BaseUrl(unittest.TestCase):
    def built(self, base_url, url):
        return str(httpx.Client(base_url=base_url).build_request("GET", url).url)

    def test_a_relative_url_is_put_after_it(self):
        for base_url, url, built in [
            ("http://b.org", "x", "http://b.org/x"),
            ("http://b.org/api", "/x?y=1", "http://b.org/api/x?y=1"),
            ("http://b.org/api/", "//x/y", "http://b.org/api/y"),
            ("http://b.org/api", "../x", "http://b.org/x"),
            ("http://b.org/api//", "x", "http://b.org/api//x"),
        ]:
            self.assertEqual(self.built(base_url, url), built, (base_url, url))

    def test_its_query_and_its_fragment_stay(self):
        self.assertEqual(
            self.built("http://b.org/index?route=", "x/y"), "http://b.org/index?route=/x/y"
        )
        self.assertEqual(self.built("http://b.org/?route=/", "/x"), "http://b.org/?route=/x")
        self.assertEqual(self.built("http://b.org/api#part", "x"), "http://b.org/api/x#part")

    def test_it_ends_with_a_slash(self):
        for base_url, shown in [
            ("http://b.org/api", "http://b.org/api/"),
            ("http://b.org/api?k=1", "http://b.org/api?k=1/"),
            ("", ""),
        ]:
            self.assertEqual(str(httpx.Client(base_url=base_url).base_url), shown)

    def test_without_one_a_relative_url_begins_with_a_slash(self):
        for url, built in [("x", "/x"), ("/x", "/x"), ("", "/"), ("?y=1", "/?y=1")]:
            self.assertEqual(self.built("", url), built)


class Assigned(unittest.TestCase):
    def test_none_means_the_defaults(self):
        with client(headers={"X": "1"}, params={"a": "1"}, cookies={"c": "1"}) as it:
            it.headers = None
            it.params = None
            it.cookies = None
            request = it.build_request("GET", URL)
        self.assertNotIn("X", request.headers)
        self.assertEqual(request.headers["Accept"], "*/*")
        self.assertEqual(str(request.url), URL)
        self.assertNotIn("Cookie", request.headers)


class Truth(unittest.TestCase):
    def test_flags_take_any_object(self):
        redirect = lambda request: httpx.Response(
            302 if request.url.path == "/" else 200, headers={"Location": "/next"}
        )
        for flag, status in [(None, 302), (0, 302), ([], 302), (1, 200), ("yes", 200)]:
            with client(redirect, follow_redirects=flag, trust_env=None, http1=1, http2=0) as it:
                self.assertEqual(it.get(URL).status_code, status, flag)
                self.assertFalse(it.trust_env)

    def test_send_takes_any_object_for_stream(self):
        class Body(httpx.SyncByteStream):
            def __iter__(self):
                yield b"body"

        with client(lambda _: httpx.Response(200, stream=Body())) as it:
            request = it.build_request("GET", URL)
            self.assertFalse(it.send(request, stream=1).is_closed)
            self.assertTrue(it.send(request, stream=None).is_closed)

    def test_transports_take_any_object(self):
        httpx.HTTPTransport(trust_env=None, http1=1, http2=None).close()


class Streamed(unittest.TestCase):
    """Bodies that a transport has read can be sent again."""

    def handler(self, request):
        if request.url.path == "/":
            return httpx.Response(307, headers={"Location": "/next"})
        return httpx.Response(200, content=request.content)

    def test_by_a_redirect(self):
        with client(self.handler, follow_redirects=True) as it:
            response = it.post(URL, content=iter([b"one", b"two"]))
        self.assertEqual(response.content, b"onetwo")

    def test_by_a_redirect_of_an_async_client(self):
        async def body():
            yield b"one"
            yield b"two"

        async def main():
            transport = httpx.MockTransport(self.handler)
            async with httpx.AsyncClient(transport=transport, follow_redirects=True) as it:
                return await it.post(URL, content=body())

        self.assertEqual(asyncio.run(main()).content, b"onetwo")

    def test_others_cannot(self):
        class Consumes(httpx.BaseTransport):
            def handle_request(self, request):
                b"".join(request.stream)
                return httpx.Response(307, headers={"Location": "/next"})

        with httpx.Client(transport=Consumes(), follow_redirects=True) as it:
            with self.assertRaises(httpx.StreamConsumed):
                it.post(URL, content=(part for part in [b"one"]))


if __name__ == "__main__":
    unittest.main()
