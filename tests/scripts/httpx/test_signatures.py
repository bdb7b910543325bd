"""What inspect and unittest.mock see of clients and functions."""

import inspect
import unittest
from unittest import mock

import httpx

VERBS = {
    "get": False,
    "options": False,
    "head": False,
    "delete": False,
    "post": True,
    "put": True,
    "patch": True,
}
COMMON = ["params", "headers", "cookies", "auth", "follow_redirects", "timeout", "extensions"]
BODY = ["content", "data", "files", "json"]


class MethodSignatures(unittest.TestCase):
    def test_verbs_of_both_clients_name_their_parameters(self):
        for client in (httpx.Client, httpx.AsyncClient):
            for verb, has_body in VERBS.items():
                with self.subTest(client=client.__name__, verb=verb):
                    names = list(inspect.signature(getattr(client, verb)).parameters)
                    expected = ["self", "url", *(BODY if has_body else []), *COMMON]
                    self.assertEqual(names, expected)

    def test_what_a_client_has_is_the_default(self):
        parameters = inspect.signature(httpx.Client.get).parameters
        for name in ("auth", "follow_redirects", "timeout"):
            self.assertIs(parameters[name].default, httpx.USE_CLIENT_DEFAULT)
        self.assertIsNone(parameters["params"].default)

    def test_a_bound_method_has_no_self(self):
        with httpx.Client() as client:
            names = list(inspect.signature(client.request).parameters)
        self.assertEqual(names[:3], ["method", "url", "content"])

    def test_functions_name_the_clients_parameters_too(self):
        parameters = inspect.signature(httpx.request).parameters
        self.assertEqual(list(parameters)[:3], ["method", "url", "params"])
        self.assertEqual(parameters["timeout"].default, httpx.Timeout(5.0))
        self.assertIs(parameters["verify"].default, True)

    def test_classes_name_the_parameters_of_their_constructors(self):
        parameters = inspect.signature(httpx.Client).parameters
        self.assertEqual(parameters["max_redirects"].default, 20)
        self.assertEqual(
            parameters["limits"].default,
            httpx.Limits(max_connections=100, max_keepalive_connections=20),
        )
        self.assertIn("retries", inspect.signature(httpx.HTTPTransport).parameters)

    def test_a_subclass_with_its_own_constructor_has_its_own_signature(self):
        class Mine(httpx.Client):
            def __init__(self, token):
                super().__init__()

        self.assertEqual(list(inspect.signature(Mine).parameters), ["token"])


class CoroutineFunctions(unittest.TestCase):
    def test_methods_of_the_async_client_are_coroutine_functions(self):
        for name in (*VERBS, "request", "send", "aclose"):
            with self.subTest(name=name):
                self.assertTrue(inspect.iscoroutinefunction(getattr(httpx.AsyncClient, name)))
                self.assertFalse(
                    name != "aclose" and inspect.iscoroutinefunction(getattr(httpx.Client, name))
                )

    def test_stream_is_none(self):
        self.assertFalse(inspect.iscoroutinefunction(httpx.AsyncClient.stream))

    def test_a_bound_method_is_one_too(self):
        self.assertTrue(inspect.iscoroutinefunction(httpx.AsyncClient().get))


class Patching(unittest.TestCase):
    def test_patching_an_async_method_gives_an_async_mock(self):
        with mock.patch.object(httpx.AsyncClient, "get") as get:
            self.assertIsInstance(get, mock.AsyncMock)
        with mock.patch.object(httpx.Client, "get") as get:
            self.assertNotIsInstance(get, mock.AsyncMock)

    def test_a_replaced_send_is_used_by_verbs_and_functions(self):
        answer = httpx.Response(299)
        with mock.patch.object(httpx.Client, "send", return_value=answer) as send:
            with httpx.Client() as client:
                self.assertIs(client.get("http://example.org/"), answer)
            self.assertIs(httpx.get("http://example.org/"), answer)
        self.assertEqual(send.call_count, 2)

    def test_a_replaced_transport_method_is_used(self):
        answer = httpx.Response(299)
        with mock.patch.object(httpx.HTTPTransport, "handle_request", return_value=answer):
            self.assertEqual(httpx.get("http://example.org/").status_code, 299)

    def test_a_method_set_on_one_client_is_used_by_it_alone(self):
        with httpx.Client() as client, httpx.Client() as other:
            client.request = lambda method, url, **options: (method, url)
            self.assertEqual(client.get("http://x/"), ("GET", "http://x/"))
            self.assertNotIn("request", vars(other))

    def test_a_subclass_that_overrides_request_sees_every_verb(self):
        class Recording(httpx.Client):
            def request(self, method, url, **options):
                return method, options["timeout"], options["params"]

        with Recording() as client:
            self.assertEqual(
                client.post("http://x/", params={"a": 1}),
                ("POST", httpx.USE_CLIENT_DEFAULT, {"a": 1}),
            )


if __name__ == "__main__":
    unittest.main()
