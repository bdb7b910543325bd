"""`event_hooks`: what a script does around every request and response."""

import unittest

import httpx


def answer(request):
    if request.url.path == "/redirect":
        return httpx.Response(302, headers={"Location": "/"}, request=request)
    if request.url.path == "/missing":
        return httpx.Response(404)
    return httpx.Response(200, content=iter([b"streamed"]))


async def async_answer(request):
    if request.url.path == "/redirect":
        return httpx.Response(302, headers={"Location": "/"}, request=request)

    async def content():
        yield b"streamed"

    return httpx.Response(200, content=content())


def client(**hooks):
    return httpx.Client(transport=httpx.MockTransport(answer), event_hooks=hooks)


class Hooks(unittest.TestCase):
    def test_they_are_called_in_order(self):
        calls = []
        hooks = {
            "request": [lambda it: calls.append(("first", it.method)), lambda it: calls.append("second")],
            "response": [lambda it: calls.append(("third", it.status_code))],
        }
        client(**hooks).get("http://h/")
        self.assertEqual(calls, [("first", "GET"), "second", ("third", 200)])

    def test_the_response_is_unread_and_knows_its_request(self):
        seen = []

        def look(response):
            seen.append((response.is_closed, response.is_stream_consumed, str(response.request.url)))
            with self.assertRaises(httpx.ResponseNotRead):
                response.content

        client(response=[look]).get("http://h/")
        self.assertEqual(seen, [(False, False, "http://h/")])

    def test_a_hook_can_read_the_response(self):
        texts = []

        def read(response):
            response.read()
            texts.append(response.text)

        self.assertEqual(client(response=[read]).get("http://h/").text, "streamed")
        self.assertEqual(texts, ["streamed"])

    def test_a_hook_can_change_the_request(self):
        def sign(request):
            request.headers["X-Signature"] = "own"

        seen = []
        client(request=[sign, lambda it: seen.append(it.headers["x-signature"])]).get("http://h/")
        self.assertEqual(seen, ["own"])

    def test_what_a_hook_raises_comes_out_and_the_client_goes_on(self):
        def check(response):
            response.raise_for_status()

        checked = client(response=[check])
        with self.assertRaises(httpx.HTTPStatusError):
            checked.get("http://h/missing")
        self.assertEqual(checked.get("http://h/").text, "streamed")

        def refuse(request):
            raise LookupError("no")

        with self.assertRaisesRegex(LookupError, "no"):
            client(request=[refuse]).get("http://h/")

    def test_they_are_called_for_every_hop(self):
        calls = []
        hooks = {
            "request": [lambda it: calls.append(it.url.path)],
            "response": [lambda it: calls.append(it.status_code)],
        }
        hooked = client(**hooks)
        hooked.get("http://h/redirect", follow_redirects=True)
        self.assertEqual(calls, ["/redirect", 302, "/", 200])

    def test_they_see_the_credentials(self):
        seen = []
        hooked = client(request=[lambda it: seen.append(it.headers.get("authorization"))])
        hooked.get("http://h/", auth=("user", "password"))
        self.assertEqual(seen, ["Basic dXNlcjpwYXNzd29yZA=="])

    def test_the_lists_can_be_changed(self):
        calls = []
        hooked = client()
        hooked.event_hooks["request"].append(lambda it: calls.append(1))
        hooked.get("http://h/")
        hooked.event_hooks = {}
        hooked.get("http://h/")
        self.assertEqual(calls, [1])
        self.assertEqual(hooked.event_hooks, {"request": [], "response": []})


class AsyncHooks(unittest.IsolatedAsyncioTestCase):
    async def test_they_are_awaited_for_every_hop(self):
        calls = []

        async def before(request):
            calls.append(request.url.path)

        async def after(response):
            await response.aread()
            calls.append(response.status_code)

        transport = httpx.MockTransport(async_answer)
        hooks = {"request": [before], "response": [after]}
        async with httpx.AsyncClient(transport=transport, event_hooks=hooks) as hooked:
            response = await hooked.get("http://h/redirect", follow_redirects=True)
        self.assertEqual(response.text, "streamed")
        self.assertEqual(calls, ["/redirect", 302, "/", 200])

    async def test_a_plain_function_is_refused(self):
        transport = httpx.MockTransport(async_answer)
        hooks = {"request": [lambda request: None]}
        async with httpx.AsyncClient(transport=transport, event_hooks=hooks) as hooked:
            with self.assertRaises(TypeError):
                await hooked.get("http://h/")


if __name__ == "__main__":
    unittest.main()
