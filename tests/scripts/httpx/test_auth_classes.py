"""The authentication classes, their flows driven by hand."""

import asyncio
import copy
import hashlib
import inspect
import os
import pickle
import tempfile
import unittest

import httpx


class Headers(dict):
    """As much of httpx.Headers as a flow uses, with names in lower case."""

    def __setitem__(self, name, value):
        super().__setitem__(name.lower(), value)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())

    def get_list(self, name):
        return [self[name]] if name in self else []

    def multi_items(self):
        return list(self.items())


class Request:
    def __init__(self, url="http://example.org/dir/index.html?x=1", method="GET"):
        self.method = method
        self.url = httpx.URL(url)
        self.headers = Headers()
        self.reads = 0

    def read(self):
        self.reads += 1

    async def aread(self):
        self.reads += 1


class Response(Request):
    def __init__(self, status_code=200, request=None, **headers):
        super().__init__()
        self.status_code = status_code
        self.request = request or Request()
        for name, value in headers.items():
            self.headers[name.replace("_", "-")] = value

    @property
    def cookies(self):
        cookies = httpx.Cookies()
        cookies.extract_cookies(self)
        return cookies


def challenge(text, **headers):
    return Response(401, www_authenticate=text, **headers)


def authorize(auth, text, request=None):
    """The Authorization field with which a flow answers a challenge."""
    flow = auth.auth_flow(request or Request())
    next(flow)
    return flow.send(challenge(text)).headers["Authorization"]


class Base(unittest.TestCase):
    def test_it_sends_the_request_as_it_is(self):
        request = Request()
        flow = httpx.Auth().auth_flow(request)
        self.assertIs(next(flow), request)
        with self.assertRaises(StopIteration):
            flow.send(Response())
        self.assertEqual(request.headers, {})

    def test_flags(self):
        for auth in (httpx.Auth(), httpx.BasicAuth("a", "b"), httpx.DigestAuth("a", "b")):
            self.assertIs(auth.requires_request_body, False)
            self.assertIs(auth.requires_response_body, False)

    def test_a_subclass_s_flow_and_constructor(self):
        class Token(httpx.Auth):
            requires_request_body = True
            requires_response_body = True

            def __init__(self, token, *, refresh):
                self.token = token
                self.refresh = refresh

            def auth_flow(self, request):
                request.headers["X-Token"] = self.token
                response = yield request
                if response.status_code == 401:
                    request.headers["X-Token"] = self.refresh
                    yield request

        request, response = Request(), Response(401)
        flow = Token("old", refresh="new").sync_auth_flow(request)
        self.assertIs(next(flow), request)
        self.assertEqual(request.reads, 1)
        self.assertIs(flow.send(response), request)
        self.assertEqual(request.headers["X-Token"], "new")
        self.assertEqual(response.reads, 1)
        with self.assertRaises(StopIteration):
            flow.send(Response())

    def test_the_asynchronous_flow(self):
        class Once(httpx.Auth):
            requires_request_body = requires_response_body = True

            def auth_flow(self, request):
                yield request

        async def main():
            request, response = Request(), Response()
            flow = Once().async_auth_flow(request)
            self.assertIs(await anext(flow), request)
            with self.assertRaises(StopAsyncIteration):
                await flow.asend(response)
            self.assertEqual((request.reads, response.reads), (1, 1))
            await flow.aclose()

        asyncio.run(main())

    def test_a_subclass_calls_the_flow_of_its_base(self):
        class Both(httpx.BasicAuth):
            def auth_flow(self, request):
                request.headers["X"] = "1"
                yield from super().auth_flow(request)

        request = next(Both("user", "pass").auth_flow(Request()))
        self.assertEqual(request.headers, {"x": "1", "authorization": "Basic dXNlcjpwYXNz"})

    def test_a_flow_can_be_thrown_into_and_closed(self):
        flow = httpx.DigestAuth("a", "b").sync_auth_flow(Request())
        next(flow)
        with self.assertRaises(ZeroDivisionError):
            flow.throw(ZeroDivisionError())
        flow = httpx.BasicAuth("a", "b").auth_flow(Request())
        next(flow)
        flow.close()
        self.assertEqual(list(flow), [])

    def test_methods_can_be_replaced(self):
        auth = httpx.BasicAuth("user", "pass")
        auth.auth_flow = lambda request: iter([request])
        self.assertEqual(next(auth.auth_flow(Request())).headers, {})

    def test_signatures(self):
        for cls in (httpx.BasicAuth, httpx.DigestAuth):
            self.assertEqual(list(inspect.signature(cls).parameters), ["username", "password"])
            self.assertTrue(cls.__doc__ or cls is httpx.DigestAuth)
        self.assertEqual(list(inspect.signature(httpx.NetRCAuth).parameters), ["file"])


class Basic(unittest.TestCase):
    def test_the_header(self):
        for credentials in (("user", "pässword"), (b"user", "pässword".encode())):
            request = next(httpx.BasicAuth(*credentials).auth_flow(Request()))
            self.assertEqual(request.headers["Authorization"], "Basic dXNlcjpww6Rzc3dvcmQ=")

    def test_wrong_types(self):
        for credentials in ((1, "a"), ("a", None)):
            with self.assertRaises(TypeError):
                httpx.BasicAuth(*credentials)
        with self.assertRaises(TypeError):
            httpx.BasicAuth("user")

    def test_copies_and_pickles(self):
        auth = httpx.BasicAuth("user", "pass")
        for other in (copy.copy(auth), copy.deepcopy(auth), pickle.loads(pickle.dumps(auth))):
            request = next(other.auth_flow(Request()))
            self.assertEqual(request.headers["Authorization"], "Basic dXNlcjpwYXNz")

    def test_a_repr_shows_no_password(self):
        self.assertNotIn("secret", repr(httpx.BasicAuth("user", "secret")))
        self.assertNotIn("secret", repr(httpx.DigestAuth("user", "secret")))


class NetRC(unittest.TestCase):
    def test_credentials_by_host(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "netrc")
            with open(path, "w") as file:
                file.write("machine example.org\nlogin user\npassword pass\n")
                file.write("machine empty.org\nlogin user\n")
            os.chmod(path, 0o600)
            auth = httpx.NetRCAuth(path)
        request = next(auth.auth_flow(Request()))
        self.assertEqual(request.headers["Authorization"], "Basic dXNlcjpwYXNz")
        for url in ("http://other.org/", "http://empty.org/"):
            self.assertEqual(next(auth.auth_flow(Request(url))).headers, {})

    def test_a_missing_file(self):
        with self.assertRaises(FileNotFoundError):
            httpx.NetRCAuth(file="/nowhere/netrc")


class Digest(unittest.TestCase):
    def fixed(self, cnonce, *credentials):
        auth = httpx.DigestAuth(*credentials)
        auth._get_client_nonce = lambda nonce_count, nonce: cnonce.encode()
        return auth

    def test_the_examples_of_rfc_7616(self):
        cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
        digests = {
            "MD5": "8ca523f5e9506fed4657c9700eebdbec",
            "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        }
        for algorithm, digest in digests.items():
            auth = self.fixed(cnonce, "Mufasa", "Circle of Life")
            header = authorize(
                auth,
                'Digest realm="http-auth@example.org", qop="auth, auth-int", '
                f"algorithm={algorithm}, "
                'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
                'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
                Request("http://www.example.org/dir/index.html"),
            )
            self.assertEqual(
                header,
                'Digest username="Mufasa", realm="http-auth@example.org", '
                'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
                f'uri="/dir/index.html", response="{digest}", algorithm={algorithm}, '
                'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", '
                f'qop=auth, nc=00000001, cnonce="{cnonce}"',
            )

    def test_rfc_2069(self):
        header = authorize(
            httpx.DigestAuth("Mufasa", "CircleOfLife"),
            'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
            'opaque="5ccc069c403ebaf9f0171e9517f40e41"',
            Request("http://www.nowhere.org/dir/index.html"),
        )
        self.assertEqual(
            header,
            'Digest username="Mufasa", realm="testrealm@host.com", '
            'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", '
            'response="1949323746fe6a43ef61f9606e7febea", algorithm=MD5, '
            'opaque="5ccc069c403ebaf9f0171e9517f40e41"',
        )

    def test_every_algorithm_and_its_session_form(self):
        hashes = {
            "MD5": hashlib.md5,
            "SHA": hashlib.sha1,
            "SHA-256": hashlib.sha256,
            "SHA-512": hashlib.sha512,
        }
        for name, function in hashes.items():
            for suffix in ("", "-SESS", "-sess"):

                def digest(*parts):
                    return function(":".join(parts).encode()).hexdigest()

                secret = digest("user", "realm", "pass")
                if suffix:
                    secret = digest(secret, "nonce", "cnonce")
                asked = digest("GET", "/dir/index.html?x=1")
                expected = digest(secret, "nonce", "00000001", "cnonce", "auth", asked)
                with self.subTest(algorithm=name + suffix):
                    header = authorize(
                        self.fixed("cnonce", "user", "pass"),
                        f'Digest realm=realm, nonce="nonce", qop=auth, algorithm={name}{suffix}',
                    )
                    self.assertIn(f'response="{expected}", algorithm={name}{suffix}, ', header)

    def test_a_nonce_is_used_again_and_counted(self):
        auth = httpx.DigestAuth("user", "pass")
        self.assertIn("nc=00000001", authorize(auth, 'Digest realm="r", nonce="one", qop="auth"'))
        for count in (2, 3):
            request = next(auth.auth_flow(Request()))
            self.assertIn(f'nonce="one"', request.headers["Authorization"])
            self.assertIn(f"nc={count:08}", request.headers["Authorization"])
        self.assertIn("nc=00000001", authorize(auth, 'Digest realm="r", nonce="two", qop="auth"'))

    def test_other_answers_end_the_flow(self):
        for response in (
            Response(200, www_authenticate='Digest realm="r", nonce="n"'),
            Response(401),
            challenge('Basic realm="r"'),
        ):
            flow = httpx.DigestAuth("user", "pass").auth_flow(Request())
            self.assertEqual(next(flow).headers, {})
            with self.assertRaises(StopIteration):
                flow.send(response)

    def test_a_malformed_challenge(self):
        for text in ('Digest realm="r", qop="auth"', 'Digest nonce="n"'):
            with self.assertRaises(httpx.ProtocolError) as raised:
                authorize(httpx.DigestAuth("user", "pass"), text)
            self.assertEqual(str(raised.exception), "Malformed Digest WWW-Authenticate header")
            self.assertIsInstance(raised.exception.request, Request)

    def test_qop(self):
        def authorized(qop):
            auth = httpx.DigestAuth("user", "pass")
            return authorize(auth, f'Digest realm="r", nonce="n", qop="{qop}"')

        with self.assertRaises(NotImplementedError) as raised:
            authorized("auth-int")
        self.assertEqual(
            str(raised.exception), "Digest auth-int support is not yet implemented"
        )
        with self.assertRaises(httpx.ProtocolError) as raised:
            authorized("other")
        self.assertIn("qop", str(raised.exception))
        for qop in ("auth,auth-int", "auth-int, auth"):
            self.assertIn("qop=auth,", authorized(qop))

    def test_cookies_of_the_challenge_go_along(self):
        flow = httpx.DigestAuth("user", "pass").auth_flow(Request())
        next(flow)
        text = 'Digest realm="r", nonce="n"'
        request = flow.send(challenge(text, set_cookie="session=1; Path=/"))
        self.assertEqual(request.headers["Cookie"], "session=1")


if __name__ == "__main__":
    unittest.main()
