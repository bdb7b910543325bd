"""The submodules that packages import from, and what the package says of itself."""

import importlib
import importlib.metadata
import typing
import unittest

import httpx

# Each module and the names of which packages are known to make use.
NAMES = {
    "_client": "BaseClient Client AsyncClient USE_CLIENT_DEFAULT UseClientDefault",
    "_types": "URLTypes HeaderTypes CookieTypes AuthTypes TimeoutTypes RequestContent RequestData "
    "RequestFiles QueryParamTypes ProxyTypes CertTypes ResponseContent RequestExtensions "
    "SyncByteStream AsyncByteStream PrimitiveData FileTypes FileContent",
    "_content": "ByteStream",
    "_exceptions": "HTTPError StreamError InvalidURL CookieConflict ReadTimeout",
    "_models": "Headers Request Response",
    "_urls": "URL QueryParams",
    "_urlparse": "urlparse ParseResult MAX_URL_LENGTH",
    "_config": "Limits Proxy Timeout DEFAULT_LIMITS DEFAULT_TIMEOUT_CONFIG DEFAULT_MAX_REDIRECTS "
    "create_ssl_context UNSET UnsetType",
    "_api": "get post put patch delete head options request stream",
    "_status_codes": "codes",
    "_utils": "primitive_value_to_str to_bytes to_str unquote",
}


class Modules(unittest.TestCase):
    def test_they_have_their_names(self):
        for module, names in NAMES.items():
            loaded = importlib.import_module("httpx." + module)
            for name in names.split():
                self.assertTrue(hasattr(loaded, name), f"httpx.{module}.{name}")

    def test_what_they_list_they_have(self):
        for module in [*NAMES, "_auth", "_decoders", "_multipart", "_transports", "_transports.default"]:
            loaded = importlib.import_module("httpx." + module)
            for name in dir(loaded):
                self.assertTrue(hasattr(loaded, name), f"httpx.{module}.{name}")
            exec(f"from httpx.{module} import *", {})

    def test_they_show_what_the_package_shows(self):
        from httpx._exceptions import ReadTimeout
        from httpx._models import Headers
        from httpx._urls import URL

        self.assertIs(ReadTimeout, httpx.ReadTimeout)
        self.assertIs(Headers, httpx.Headers)
        self.assertIs(URL, httpx.URL)
        self.assertIs(httpx._models.Response, httpx.Response)
        self.assertIs(httpx._content.ByteStream, httpx.ByteStream)
        self.assertFalse(hasattr(httpx._models, "bogus"))

    def test_classes_that_are_not_public_are_pickled_by_their_place(self):
        import pickle

        self.assertFalse(hasattr(httpx, "BaseClient"))
        self.assertFalse(hasattr(httpx, "UseClientDefault"))
        for shown in (httpx._auth.FunctionAuth, httpx._client.BaseClient, httpx._client.UseClientDefault):
            self.assertIs(pickle.loads(pickle.dumps(shown)), shown)

    def test_the_types_can_annotate(self):
        from httpx import _types

        self.assertIn(str, typing.get_args(_types.URLTypes))
        self.assertIn(bytes, typing.get_args(_types.RequestContent))

    def test_urlparse(self):
        parts = httpx._urlparse.urlparse("http://u:p@[::1]:8/a/../b?#f")
        self.assertEqual(tuple(parts), ("http", "u:p", "::1", 8, "/b", "", "f"))
        self.assertEqual((parts.netloc, parts.authority), ("[::1]:8", "u:p@[::1]:8"))
        self.assertEqual(str(parts), "http://u:p@[::1]:8/b?#f")
        self.assertEqual(tuple(httpx._urlparse.urlparse("a/b")), ("", "", "", None, "a/b", None, None))
        self.assertEqual(httpx._urlparse.urlparse("http://h?q").path, "")


class Package(unittest.TestCase):
    def test_versions(self):
        self.assertEqual(httpx.__version__, "0.28.1")
        self.assertEqual(httpx.__title__, "httpx")
        self.assertEqual(importlib.metadata.version("httpx"), "0.28.1")
        self.assertEqual(importlib.metadata.distribution("httpx").metadata["Name"], "httpx")
        from httpx.__version__ import __version__

        self.assertEqual(__version__, "0.28.1")

    def test_names_are_listed(self):
        self.assertEqual(httpx.__all__[0], "__description__")
        self.assertLessEqual(set(httpx.__all__), set(dir(httpx)))
        with self.assertRaises(AttributeError):
            httpx.bogus


if __name__ == "__main__":
    unittest.main()
