"""Authentication by a client: what `auth=` takes, and flows of several requests."""

import os
import sys
import tempfile
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response

CHALLENGE = 'Digest realm="r", nonce="n{}", qop="auth", algorithm={}, opaque="o"'


class Token(httpx.Auth):
    """Gets a token from /token when it is refused, and tries again."""

    requires_response_body = True

    def __init__(self):
        self.seen = []

    def auth_flow(self, request):
        answer = yield request
        self.seen.append(answer.status_code)
        if answer.status_code == 401:
            token = yield httpx.Request("GET", request.url.copy_with(path="/token"))
            self.seen.append(token.text)
            request.headers["Authorization"] = token.text
            yield request


class Signed(httpx.Auth):
    """Needs the content of the request."""

    requires_request_body = True

    def auth_flow(self, request):
        request.headers["X-Signature"] = request.content.decode()[::-1]
        yield request


class Counted(httpx.Auth):
    """Has a flow for each kind of client."""

    def sync_auth_flow(self, request):
        request.headers["Authorization"] = "sync"
        yield request

    async def async_auth_flow(self, request):
        request.headers["Authorization"] = "async"
        yield request


def tokens(request):
    if request.url.path == "/token":
        return httpx.Response(200, text="secret")
    known = request.headers.get("authorization") == "secret"
    return httpx.Response(200 if known else 401, text="in" if known else "out")


def echo(request):
    return httpx.Response(200, json=dict(request.headers))


class Kinds(unittest.IsolatedAsyncioTestCase):
    def sent(self, auth, **options):
        client = httpx.Client(transport=httpx.MockTransport(echo))
        return client.post("http://h/", auth=auth, **options).json()

    def test_a_callable(self):
        def sign(request):
            request.headers["X-Signature"] = "own"
            return request

        self.assertEqual(self.sent(sign)["x-signature"], "own")

    def test_a_tuple_and_basic_auth(self):
        for auth in (("user", "password"), httpx.BasicAuth("user", "password")):
            self.assertEqual(self.sent(auth)["authorization"], "Basic dXNlcjpwYXNzd29yZA==")

    def test_netrc(self):
        with tempfile.NamedTemporaryFile("w", suffix="netrc") as file:
            file.write("machine h login user password password\n")
            file.flush()
            auth = httpx.NetRCAuth(file.name)
            self.assertEqual(self.sent(auth)["authorization"], "Basic dXNlcjpwYXNzd29yZA==")

    def test_anything_else_is_refused(self):
        with self.assertRaises(TypeError):
            self.sent("user:password")
        with self.assertRaises(TypeError):
            httpx.Client(auth=1)

    def test_requires_request_body_reads_it_first(self):
        content = (part for part in [b"ab", b"cd"])
        self.assertEqual(self.sent(Signed(), content=content)["x-signature"], "dcba")

    async def test_a_flow_for_each_kind_of_client(self):
        self.assertEqual(self.sent(Counted())["authorization"], "sync")
        async with httpx.AsyncClient(transport=httpx.MockTransport(echo), auth=Counted()) as client:
            self.assertEqual((await client.get("http://h/")).json()["authorization"], "async")


class Flows(unittest.IsolatedAsyncioTestCase):
    def test_it_yields_requests_and_receives_read_responses(self):
        auth = Token()
        client = httpx.Client(transport=httpx.MockTransport(tokens), auth=auth)
        answer = client.get("http://h/")
        self.assertEqual(answer.text, "in")
        self.assertEqual(auth.seen, [401, "secret"])
        self.assertEqual([past.status_code for past in answer.history], [401, 200])

    async def test_the_same_for_an_async_client(self):
        auth = Token()
        async with httpx.AsyncClient(transport=httpx.MockTransport(tokens), auth=auth) as client:
            self.assertEqual((await client.get("http://h/")).text, "in")
        self.assertEqual(auth.seen, [401, "secret"])

    def test_it_ends_with_what_is_raised(self):
        ended = []

        class Ending(httpx.Auth):
            def auth_flow(self, request):
                try:
                    yield request
                finally:
                    ended.append(True)

        def fail(request):
            raise httpx.ConnectError("no")

        with self.assertRaises(httpx.ConnectError):
            httpx.Client(transport=httpx.MockTransport(fail)).get("http://h/", auth=Ending())
        self.assertEqual(ended, [True])


class Digest(unittest.IsolatedAsyncioTestCase):
    def server(self, algorithm="MD5"):
        count = iter(range(100))

        def answer(head):
            if b"digest" in head.lower():
                return response(b"in")
            challenge = CHALLENGE.format(next(count), algorithm)
            return response(b"out", "401 Unauthorized", f"WWW-Authenticate: {challenge}")

        server = RawServer.answering(answer)
        self.addCleanup(server.close)
        return server

    def test_a_challenge_is_answered(self):
        for algorithm in ("MD5", "MD5-SESS", "SHA", "SHA-256", "SHA-512", "SHA-512-SESS"):
            with self.subTest(algorithm):
                server = self.server(algorithm)
                with httpx.Client(auth=httpx.DigestAuth("user", "password")) as client:
                    answer = client.get(server.url + "/x?y=z")
                self.assertEqual(answer.text, "in")
                self.assertEqual([past.status_code for past in answer.history], [401])
                sent = server.fields()["authorization"]
                self.assertIn('username="user", realm="r", nonce="n0", uri="/x?y=z"', sent)
                self.assertIn("nc=00000001", sent)
                self.assertNotIn("password", sent)

    def test_the_nonce_is_used_again_with_the_next_count(self):
        server = self.server()
        with httpx.Client(auth=httpx.DigestAuth("user", "password")) as client:
            client.get(server.url)
            client.get(server.url)
        self.assertEqual(len(server.heads), 3)
        self.assertIn("nc=00000002", server.fields()["authorization"])

    async def test_the_body_is_sent_again(self):
        server = self.server()
        auth = httpx.DigestAuth("user", "password")
        async with httpx.AsyncClient() as client:
            answer = await client.post(server.url, content=b"body", auth=auth)
        self.assertEqual(answer.text, "in")
        self.assertEqual([server.fields(n)["content-length"] for n in (0, 1)], ["4", "4"])


if __name__ == "__main__":
    unittest.main()
