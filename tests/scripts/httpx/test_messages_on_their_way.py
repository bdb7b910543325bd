"""Requests and responses as clients, hooks and transports pass them on."""

import asyncio
import datetime
import unittest

import httpx

URL = "http://example.org/"


def redirect_once(request):
    if request.url.path == "/":
        return httpx.Response(307, headers={"Location": "/next"})
    return httpx.Response(200, content=request.read())


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, *parts):
        self.parts = parts
        self.closed = []

    def __iter__(self):
        yield from self.parts

    async def __aiter__(self):
        for part in self.parts:
            yield part

    def close(self):
        self.closed.append("close")

    async def aclose(self):
        self.closed.append("aclose")


class Identity(unittest.TestCase):
    def test_hooks_and_caller_see_the_same_objects(self):
        seen = []
        hooks = {"request": [seen.append], "response": [seen.append]}
        handler = lambda request: seen.append(request) or httpx.Response(200)
        with httpx.Client(transport=httpx.MockTransport(handler), event_hooks=hooks) as client:
            response = client.get(URL)
        self.assertEqual(len(seen), 3)
        self.assertIs(seen[0], seen[1])
        self.assertIs(response.request, seen[0])
        self.assertIs(response, seen[2])

    def test_a_request_that_is_sent_stays_the_response_s(self):
        with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
            request = client.build_request("POST", URL, json=1)
            response = client.send(request)
        self.assertIs(response.request, request)
        self.assertIs(response.url, request.url)


class Redirects(unittest.TestCase):
    def client(self, **arguments):
        transport = httpx.MockTransport(redirect_once)
        return httpx.Client(transport=transport, **arguments)

    def test_history_has_the_responses_in_their_order(self):
        with self.client(follow_redirects=True) as client:
            response = client.post(URL, content=b"abc")
        self.assertEqual([it.status_code for it in response.history], [307])
        self.assertEqual(response.history[0].history, [])
        self.assertIs(response.history, response.history)
        self.assertEqual((response.content, response.url.path), (b"abc", "/next"))

    def test_the_next_request_can_be_sent(self):
        with self.client() as client:
            response = client.post(URL, content=b"abc")
            request = response.next_request
            self.assertEqual((request.method, str(request.url)), ("POST", URL + "next"))
            self.assertIs(response.next_request, request)
            self.assertEqual(client.send(request).content, b"abc")

    def test_a_generator_cannot_be_sent_again(self):
        def parts():
            yield b"abc"

        class Reading(httpx.BaseTransport):
            def handle_request(self, request):
                b"".join(request.stream)
                return httpx.Response(307, headers={"Location": "/next"})

        with httpx.Client(transport=Reading(), follow_redirects=True) as client:
            with self.assertRaises(httpx.StreamConsumed):
                client.post(URL, content=parts())

    def test_a_list_can_be_sent_again(self):
        sent = []

        class Reading(httpx.BaseTransport):
            def handle_request(self, request):
                sent.append(b"".join(request.stream))
                code = 307 if request.url.path == "/" else 200
                return httpx.Response(code, headers={"Location": "/next"})

        with httpx.Client(transport=Reading(), follow_redirects=True) as client:
            client.post(URL, content=[b"a", b"bc"])
        self.assertEqual(sent, [b"abc", b"abc"])


class Streams(unittest.TestCase):
    def test_a_transport_s_stream_is_read_and_closed(self):
        stream = Stream(b"a", b"bc")
        transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
        with httpx.Client(transport=transport) as client:
            response = client.get(URL)
        self.assertEqual((response.content, stream.closed), (b"abc", ["close"]))
        self.assertIsInstance(response.elapsed, datetime.timedelta)
        self.assertEqual(response.num_bytes_downloaded, 3)

    def test_it_is_awaited_by_an_asynchronous_client(self):
        async def main():
            stream = Stream(b"a", b"bc")
            transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
            async with httpx.AsyncClient(transport=transport) as client:
                response = await client.get(URL)
            self.assertEqual((response.content, stream.closed), (b"abc", ["aclose"]))

        asyncio.run(main())

    def test_an_unread_stream_is_closed_with_its_context(self):
        stream = Stream(b"a", b"bc")
        transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
        with httpx.Client(transport=transport) as client:
            with client.stream("GET", URL) as response:
                with self.assertRaises(RuntimeError):
                    response.elapsed
                self.assertEqual(stream.closed, [])
        self.assertEqual(stream.closed, ["close"])
        with self.assertRaises(httpx.ResponseNotRead):
            response.content

    def test_the_wrong_kind_of_body_is_refused(self):
        async def parts():
            yield b"abc"

        with httpx.Client(transport=httpx.MockTransport(redirect_once)) as client:
            with self.assertRaisesRegex(RuntimeError, "an async request with a sync Client"):
                client.post(URL, content=parts())

        async def main():
            transport = httpx.MockTransport(redirect_once)
            async with httpx.AsyncClient(transport=transport) as client:
                with self.assertRaisesRegex(RuntimeError, "an sync request with an AsyncClient"):
                    await client.post(URL, content=iter([b"abc"]))

        asyncio.run(main())


if __name__ == "__main__":
    unittest.main()
