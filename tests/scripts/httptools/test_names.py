"""Which names there are, and what they say of themselves."""

import importlib
import importlib.metadata
import inspect
import unittest

import httptools

NAMES = [
    "HTTPProtocol",
    "HttpParserCallbackError",
    "HttpParserError",
    "HttpParserInvalidMethodError",
    "HttpParserInvalidStatusError",
    "HttpParserInvalidURLError",
    "HttpParserUpgrade",
    "HttpRequestParser",
    "HttpResponseParser",
    "parse_url",
]


class Names(unittest.TestCase):
    def test_the_package_s_names(self):
        for name in NAMES:
            self.assertIn(name, httptools.__all__)
            self.assertIs(getattr(httptools, name), getattr(httptools.parser, name))
        namespace = {}
        exec("from httptools import *", namespace)
        for name in (*NAMES, "parser"):
            self.assertIn(name, namespace)

    def test_the_submodules(self):
        for module, names in {
            "errors": [name for name in NAMES if name.startswith("HttpParser")],
            "parser": ["HttpRequestParser", "HttpResponseParser"],
            "url_parser": ["parse_url", "URL"],
            "protocol": ["HTTPProtocol"],
        }.items():
            imported = importlib.import_module(f"httptools.parser.{module}")
            for name in names:
                self.assertTrue(hasattr(imported, name), name)
        self.assertIs(httptools.parser.parser.HttpRequestParser, httptools.HttpRequestParser)
        self.assertIs(httptools.parser.errors.HttpParserError, httptools.HttpParserError)

    def test_the_version(self):
        self.assertEqual(httptools.__version__, importlib.metadata.version("httptools"))
        self.assertTrue(httptools.__version__.startswith("0.9"))

    def test_an_unknown_name_is_an_attribute_error(self):
        with self.assertRaisesRegex(AttributeError, "nothing"):
            httptools.nothing

    def test_the_exceptions_are_a_tree(self):
        for name in ("Callback", "InvalidMethod", "InvalidStatus", "InvalidURL"):
            error = getattr(httptools, f"HttpParser{name}Error")
            self.assertEqual(error.__mro__[1], httptools.HttpParserError)
        self.assertEqual(httptools.HttpParserError.__mro__[1], Exception)
        self.assertEqual(httptools.HttpParserUpgrade.__mro__[1], Exception)

    def test_where_things_are_defined(self):
        self.assertEqual(httptools.HttpRequestParser.__module__, "httptools.parser.parser")
        self.assertEqual(httptools.HttpParserError.__module__, "httptools.parser.errors")

    def test_signatures_and_help(self):
        for parser in (httptools.HttpRequestParser, httptools.HttpResponseParser):
            self.assertEqual(str(inspect.signature(parser)), "(protocol)")
            names = ("feed_data", "get_http_version", "should_keep_alive", "should_upgrade")
            for name in (*names, "set_dangerous_leniencies"):
                self.assertTrue(getattr(parser, name).__doc__, name)
                inspect.signature(getattr(parser, name))
            self.assertIn("on_header(name, value)", parser.__doc__)
        leniencies = inspect.signature(httptools.HttpRequestParser.set_dangerous_leniencies)
        self.assertEqual(len(leniencies.parameters), 11)
        self.assertIsNone(leniencies.parameters["lenient_headers"].default)
        for name in ("parse_url", "parse_request", "parse_response"):
            self.assertTrue(inspect.getdoc(getattr(httptools, name)))


class Subclasses(unittest.TestCase):
    def test_a_parser_with_an_init_of_its_own(self):
        class Parser(httptools.HttpRequestParser):
            def __init__(self, urls, *, more):
                super().__init__(self)
                self.urls, self.more = urls, more

            def on_url(self, url):
                self.urls.append(url)

        parser = Parser([], more=1)
        parser.feed_data(b"GET /a HTTP/1.1\r\n\r\n")
        self.assertEqual((parser.urls, parser.more), ([b"/a"], 1))

    def test_methods_can_be_replaced(self):
        original = httptools.HttpRequestParser.get_method
        httptools.HttpRequestParser.get_method = lambda self: b"PATCHED"
        try:
            self.assertEqual(httptools.HttpRequestParser(None).get_method(), b"PATCHED")
        finally:
            httptools.HttpRequestParser.get_method = original

    def test_a_url_can_be_made_and_derived_from(self):
        class URL(httptools.parser.url_parser.URL):
            pass

        url = URL(b"http", b"h", 1, b"/", None, None, None)
        self.assertEqual((url.schema, url.port, url.query), (b"http", 1, None))


if __name__ == "__main__":
    unittest.main()
