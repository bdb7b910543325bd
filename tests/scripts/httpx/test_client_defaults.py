"""What a client has when it is told nothing, and how what it is told meets a request's own."""

import unittest

import httpx

CLIENTS = (httpx.Client, httpx.AsyncClient)

#: Every property that a client shows, and its value by default.
DEFAULTS = {
    "auth": None,
    "params": httpx.QueryParams(),
    "base_url": httpx.URL(""),
    "timeout": httpx.Timeout(5.0),
    "event_hooks": {"request": [], "response": []},
    "trust_env": True,
    "follow_redirects": False,
    "max_redirects": 20,
    "is_closed": False,
}


def answered(**options):
    """A client that keeps the requests it sends, and the list of them."""
    sent = []

    def answer(request):
        sent.append(request)
        return httpx.Response(200, content=iter([b"streamed"]))

    return httpx.Client(transport=httpx.MockTransport(answer), **options), sent


class Defaults(unittest.TestCase):
    def test_each_property_has_its_default(self):
        for make in CLIENTS:
            for name, value in DEFAULTS.items():
                with self.subTest(make.__name__, name=name):
                    self.assertEqual(getattr(make(), name), value)

    def test_the_header_fields_of_every_request(self):
        for make in CLIENTS:
            headers = make().headers
            self.assertEqual(headers["accept"], "*/*")
            self.assertEqual(headers["accept-encoding"], "gzip, deflate, br, zstd")
            self.assertEqual(headers["connection"], "keep-alive")
            self.assertIn("httpx/", headers["user-agent"])

    def test_there_are_no_cookies(self):
        for make in CLIENTS:
            self.assertEqual(dict(make().cookies), {})

    def test_parameters_are_named(self):
        for make in CLIENTS:
            with self.assertRaises(TypeError):
                make("https://example.com")


class Assigning(unittest.TestCase):
    def test_each_property_takes_what_the_parameter_takes(self):
        for make in CLIENTS:
            client = make()
            client.auth = ("user", "password")
            self.assertIsInstance(client.auth, httpx.BasicAuth)
            client.base_url = "https://example.com/api"
            self.assertEqual(client.base_url, httpx.URL("https://example.com/api/"))
            client.headers = {"X-Own": "1"}
            self.assertEqual(client.headers["x-own"], "1")
            self.assertEqual(client.headers["accept"], "*/*")
            client.cookies = {"name": "value"}
            self.assertEqual(client.cookies["name"], "value")
            client.params = {"a": 1}
            self.assertEqual(client.params, httpx.QueryParams("a=1"))
            client.timeout = None
            self.assertEqual(client.timeout, httpx.Timeout(None))
            client.event_hooks = {"request": [print]}
            self.assertEqual(client.event_hooks, {"request": [print], "response": []})

    def test_trust_env_and_is_closed_are_read_only(self):
        for name in ("trust_env", "is_closed"):
            with self.subTest(name), self.assertRaises(AttributeError):
                setattr(httpx.Client(), name, True)


class Merging(unittest.TestCase):
    def test_header_fields_of_the_request_win(self):
        client, sent = answered(headers={"X-Own": "client", "X-Other": "client"})
        client.get("http://h/", headers={"x-own": "request"})
        self.assertEqual(sent[0].headers["X-Own"], "request")
        self.assertEqual(sent[0].headers["X-Other"], "client")

    def test_cookies_of_both_are_sent(self):
        client, sent = answered(cookies={"a": "1"})
        client.cookies.set("b", "2")
        client.get("http://h/")
        self.assertEqual(sent[0].headers["cookie"], "a=1; b=2")

    def test_parameters_of_both_are_sent_and_replace_the_query(self):
        client, sent = answered(params={"a": "1", "b": "1"})
        client.get("http://h/?x=y", params={"b": "2"})
        self.assertEqual(sent[0].url.query, b"a=1&b=2")

    def test_empty_params_strip_the_query(self):
        client, sent = answered()
        client.get("http://h/?x=y", params={})
        self.assertEqual(str(sent[0].url), "http://h/")

    def test_auth_of_the_request_wins_and_none_turns_it_off(self):
        client, sent = answered(auth=("client", "secret"))
        client.get("http://h/")
        client.get("http://h/", auth=("request", "secret"))
        client.get("http://h/", auth=None)
        self.assertEqual(sent[0].headers["authorization"], "Basic Y2xpZW50OnNlY3JldA==")
        self.assertEqual(sent[1].headers["authorization"], "Basic cmVxdWVzdDpzZWNyZXQ=")
        self.assertNotIn("authorization", sent[2].headers)

    def test_use_client_default_leaves_what_the_client_has(self):
        client, sent = answered(auth=("client", "secret"), timeout=3)
        default = httpx.USE_CLIENT_DEFAULT
        client.get("http://h/", auth=default, timeout=default, follow_redirects=default)
        self.assertEqual(sent[0].extensions["timeout"]["read"], 3)
        self.assertIn("authorization", sent[0].headers)

    def test_a_timeout_of_the_request_replaces_the_client_s_whole(self):
        client, sent = answered(timeout=3)
        client.get("http://h/", timeout=httpx.Timeout(7, connect=1))
        expected = {"connect": 1, "read": 7, "write": 7, "pool": 7}
        self.assertEqual(sent[0].extensions["timeout"], expected)
        client.get("http://h/", timeout=None)
        self.assertEqual(set(sent[1].extensions["timeout"].values()), {None})

    def test_extensions_go_along(self):
        client, sent = answered()
        client.get("http://h/", extensions={"own": 1})
        self.assertEqual(sent[0].extensions["own"], 1)
        self.assertIn("timeout", sent[0].extensions)


class BaseUrl(unittest.TestCase):
    def test_paths_are_added_to_it(self):
        cases = [
            ("http://h/api", "/users", "http://h/api/users"),
            ("http://h/api/", "users", "http://h/api/users"),
            ("http://h/api", "", "http://h/api/"),
            ("http://h/api", "../x", "http://h/x"),
            ("http://h/api", "http://other/x", "http://other/x"),
            ("http://h", "/x?y=z", "http://h/x?y=z"),
        ]
        for base, url, expected in cases:
            with self.subTest(base=base, url=url):
                client, _ = answered(base_url=base)
                self.assertEqual(str(client.build_request("GET", url).url), expected)

    def test_without_one_a_relative_url_is_refused(self):
        client = httpx.Client()
        with self.assertRaises(httpx.UnsupportedProtocol):
            client.get("/path")


class DefaultEncoding(unittest.TestCase):
    def client(self, **options):
        def answer(request):
            return httpx.Response(200, content="é".encode("latin-1"))

        return httpx.Client(transport=httpx.MockTransport(answer), **options)

    def test_it_is_utf_8(self):
        self.assertEqual(self.client().get("http://h/").encoding, "utf-8")

    def test_a_name(self):
        response = self.client(default_encoding="latin-1").get("http://h/")
        self.assertEqual(response.text, "é")

    def test_a_callable_is_given_the_content(self):
        given = []

        def detect(content):
            given.append(content)
            return "latin-1"

        response = self.client(default_encoding=detect).get("http://h/")
        self.assertEqual(response.text, "é")
        self.assertEqual(given, [b"\xe9"])


class Life(unittest.IsolatedAsyncioTestCase):
    def test_a_client_is_entered_once(self):
        client, _ = answered()
        with client:
            with self.assertRaises(RuntimeError):
                client.__enter__()
        with self.assertRaises(RuntimeError):
            client.__enter__()

    def test_a_closed_client_is_not_used(self):
        client, _ = answered()
        client.close()
        self.assertTrue(client.is_closed)
        with self.assertRaises(RuntimeError):
            client.get("http://h/")
        client.close()

    def test_a_used_client_cannot_be_entered(self):
        client, _ = answered()
        client.get("http://h/")
        with self.assertRaises(RuntimeError):
            client.__enter__()

    async def test_the_same_for_an_async_client(self):
        client = httpx.AsyncClient()
        async with client:
            with self.assertRaises(RuntimeError):
                await client.__aenter__()
        self.assertTrue(client.is_closed)
        with self.assertRaises(RuntimeError):
            await client.get("http://h/")
        await client.aclose()

    def test_send_takes_requests_alone(self):
        client, _ = answered()
        with self.assertRaises(Exception):
            client.send("GET")


class Methods(unittest.IsolatedAsyncioTestCase):
    VERBS = ("get", "options", "head", "post", "put", "patch", "delete")

    def test_each_verb_sends_its_method(self):
        client, sent = answered()
        for verb in self.VERBS:
            getattr(client, verb)("http://h/")
        self.assertEqual([request.method.lower() for request in sent], list(self.VERBS))

    async def test_each_verb_of_the_async_client(self):
        sent = []

        async def answer(request):
            sent.append(request.method.lower())
            return httpx.Response(200)

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            for verb in self.VERBS:
                await getattr(client, verb)("http://h/")
        self.assertEqual(sent, list(self.VERBS))

    def test_four_verbs_take_no_body(self):
        client, _ = answered()
        for verb in ("get", "options", "head", "delete"):
            for body in ("content", "data", "files", "json"):
                with self.subTest(verb, body=body), self.assertRaises(TypeError):
                    getattr(client, verb)("http://h/", **{body: b""})

    def test_request_and_build_request_and_send(self):
        client, sent = answered()
        self.assertEqual(client.request("get", "http://h/").request.method, "GET")
        request = client.build_request("POST", "http://h/", json={"a": 1})
        response = client.send(request)
        self.assertIs(response.request, request)
        self.assertEqual(sent[1].content, b'{"a":1}')

    def test_send_can_stream(self):
        client, _ = answered()
        response = client.send(client.build_request("GET", "http://h/"), stream=True)
        self.assertFalse(response.is_closed)
        response.read()
        self.assertTrue(response.is_closed)

    def test_stream_closes_the_response(self):
        client, _ = answered()
        with client.stream("GET", "http://h/") as response:
            self.assertFalse(response.is_closed)
        self.assertTrue(response.is_closed)

    def test_a_content_length_of_nothing_is_for_methods_with_a_body(self):
        client, sent = answered()
        for verb in self.VERBS:
            getattr(client, verb)("http://h/")
        said = {request.method: request.headers.get("content-length") for request in sent}
        zero = {method for method, length in said.items() if length == "0"}
        self.assertEqual(zero, {"POST", "PUT", "PATCH"})

    def test_host_comes_first(self):
        client, _ = answered(headers={"X-Own": "1"})
        request = client.build_request("GET", "http://h:81/")
        self.assertEqual(request.headers.raw[0], (b"Host", b"h:81"))


if __name__ == "__main__":
    unittest.main()
