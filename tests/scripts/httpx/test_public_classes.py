"""What every public class and function can do, as one written in Python can."""

import copy
import inspect
import pickle
import typing
import unittest
import weakref
from unittest import mock

import httpx

REQUEST = httpx.Request("GET", "http://example.org/")


def app(environ, start_response):
    raise NotImplementedError


# How the classes are made that need arguments.
MAKE = {
    "ASGITransport": lambda: httpx.ASGITransport(app),
    "BasicAuth": lambda: httpx.BasicAuth("user", "secret"),
    "ByteStream": lambda: httpx.ByteStream(b"content"),
    "DigestAuth": lambda: httpx.DigestAuth("user", "secret"),
    "HTTPStatusError": lambda: httpx.HTTPStatusError(
        "message", request=REQUEST, response=httpx.Response(500)
    ),
    "MockTransport": lambda: httpx.MockTransport(app),
    "NetRCAuth": lambda: httpx.NetRCAuth("/dev/null"),
    "Proxy": lambda: httpx.Proxy("http://user:secret@proxy.example.org:3128"),
    "Request": lambda: httpx.Request("POST", "http://example.org/", content=b"content"),
    "Response": lambda: httpx.Response(200, content=b"content"),
    "Timeout": lambda: httpx.Timeout(5),
    "URL": lambda: httpx.URL("http://example.org/"),
    "WSGITransport": lambda: httpx.WSGITransport(app),
}
WITH_MESSAGE = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict)
# What holds connections, or locks.
NOT_PICKLED = "AsyncClient AsyncHTTPTransport Client Cookies HTTPTransport".split()
# What stays the same when it is pickled.
VALUES = "Headers Limits QueryParams Timeout URL".split()


def classes():
    for name in httpx.__all__:
        value = getattr(httpx, name)
        if inspect.isclass(value) and name != "codes":
            yield name, value


def make(name):
    if name in MAKE:
        return MAKE[name]()
    made = getattr(httpx, name)
    if issubclass(made, WITH_MESSAGE) or made is httpx.StreamError:
        return made("message")
    return made()


class PublicClasses(unittest.TestCase):
    def each(self):
        for name, found in classes():
            with self.subTest(name):
                yield name, found

    def test_subclasses_may_take_other_arguments(self):
        for _, found in self.each():

            class Derived(found):
                def __init__(self, one, *, two):
                    self.both = (one, two)

            self.assertEqual(Derived(1, two=2).both, (1, 2))

    def test_attributes_can_be_set_on_classes(self):
        for _, found in self.each():
            found.added = 1
            self.assertEqual(found.added, 1)
            del found.added

    def test_attributes_can_be_set_on_objects(self):
        for name, _ in self.each():
            made = make(name)
            made.added = 1
            self.assertEqual(made.added, 1)

    def test_methods_can_be_patched(self):
        for _, found in self.each():
            for method in [name for name in vars(found) if not name.startswith("_")]:
                with mock.patch.object(found, method) as patched:
                    self.assertIs(inspect.getattr_static(found, method), patched)

    def test_objects_can_be_referred_to_weakly(self):
        for name, _ in self.each():
            made = make(name)
            self.assertIs(weakref.ref(made)(), made)

    def test_they_live_in_httpx(self):
        for name, found in self.each():
            self.assertEqual((found.__module__, found.__name__), ("httpx", name))
            self.assertIs(pickle.loads(pickle.dumps(found)), found)

    def test_they_have_signatures(self):
        for name, found in self.each():
            inspect.signature(found)

    def test_values_are_equal_after_pickling_and_copying(self):
        for name in VALUES:
            with self.subTest(name):
                made = make(name)
                self.assertEqual(pickle.loads(pickle.dumps(made)), made)
                self.assertEqual(copy.copy(made), made)
                self.assertEqual(copy.deepcopy(made), made)

    def test_models_can_be_pickled(self):
        self.assertEqual(pickle.loads(pickle.dumps(make("Request"))).content, b"content")
        self.assertEqual(pickle.loads(pickle.dumps(make("Response"))).content, b"content")
        self.assertEqual(pickle.loads(pickle.dumps(make("Proxy"))).raw_auth, (b"user", b"secret"))

    def test_errors_can_be_pickled(self):
        for name, found in self.each():
            if issubclass(found, httpx.RequestError):
                error = pickle.loads(pickle.dumps(found("message", request=REQUEST)))
                self.assertIs(type(error), found)
                self.assertEqual(str(error), "message")

    def test_what_holds_connections_is_not_pickled(self):
        for name in ("HTTPTransport", "AsyncHTTPTransport"):
            with self.subTest(name), self.assertRaises(TypeError):
                pickle.dumps(make(name))


class Signatures(unittest.TestCase):
    def names(self, function):
        return " ".join(inspect.signature(function).parameters)

    def test_of_models(self):
        self.assertEqual(
            self.names(httpx.Request),
            "method url params headers cookies content data files json stream extensions",
        )
        self.assertEqual(
            self.names(httpx.Response),
            "status_code headers content text html json stream request extensions history default_encoding",
        )
        self.assertEqual(self.names(httpx.Response.iter_bytes), "self chunk_size")
        self.assertEqual(self.names(httpx.Response.aiter_text), "self chunk_size")
        self.assertEqual(self.names(httpx.Response.json), "self kwargs")
        self.assertEqual(self.names(httpx.URL.copy_with), "self kwargs")

    def test_of_errors(self):
        self.assertEqual(self.names(httpx.HTTPError), "message")
        self.assertEqual(self.names(httpx.ReadTimeout), "message request")
        self.assertEqual(self.names(httpx.HTTPStatusError), "message request response")
        self.assertEqual(self.names(httpx.StreamConsumed), "")

    def test_a_subclass_with_its_own_init_has_its_own(self):
        class Derived(httpx.ReadTimeout):
            def __init__(self, one):
                super().__init__("message")

        self.assertEqual(self.names(Derived), "one")

    def test_of_methods(self):
        for name, found in classes():
            for method in [] if issubclass(found, Exception) else dir(found):
                if method.startswith("_") or not callable(getattr(found, method)):
                    continue
                value = getattr(found, method)
                with self.subTest(f"{name}.{method}"):
                    self.assertEqual(next(iter(inspect.signature(value).parameters)), "self")

    def test_of_functions(self):
        for name in httpx.__all__:
            value = getattr(httpx, name)
            if callable(value) and not inspect.isclass(value) and name != "main":
                with self.subTest(name):
                    self.assertIn("verify", inspect.signature(value).parameters)
                    self.assertEqual((value.__module__, value.__name__), ("httpx", name))

    def test_coroutine_functions(self):
        for function in (
            httpx.AsyncBaseTransport.aclose,
            httpx.AsyncBaseTransport.handle_async_request,
            httpx.ASGITransport.aclose,
            httpx.ASGITransport.handle_async_request,
            httpx.MockTransport.handle_async_request,
            httpx.AsyncByteStream.aclose,
            httpx.Request.aread,
            httpx.Response.aread,
            httpx.Response.aclose,
        ):
            with self.subTest(function.__qualname__):
                self.assertTrue(inspect.iscoroutinefunction(function))
        self.assertFalse(inspect.iscoroutinefunction(httpx.Response.read))

    def test_a_patched_aread_is_a_mock_to_await(self):
        with mock.patch.object(httpx.Response, "aread") as aread:
            self.assertIsInstance(aread, mock.AsyncMock)


class Annotations(unittest.TestCase):
    def test_mappings_take_parameters(self):
        for found in (httpx.Headers, httpx.Cookies, httpx.QueryParams):
            alias = found[str]
            self.assertIs(typing.get_origin(alias), found)
            self.assertEqual(typing.get_args(alias), (str,))


class Star(unittest.TestCase):
    def test_all_names_are_imported(self):
        names = {}
        exec("from httpx import *", names)
        del names["__builtins__"]
        self.assertEqual(sorted(names), sorted(httpx.__all__))


if __name__ == "__main__":
    unittest.main()
