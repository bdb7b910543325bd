"""Classes that derive from Response and from something else, and what test doubles do to responses."""

import traceback
import unittest

import httpx


class Refused(httpx.Response, ValueError):
    """A response that can be raised, as the one of Starlette's test client."""


class Teapot(Refused):
    def __init__(self):
        super().__init__(418, json={"short": "stout"})

    @property
    def is_error(self):
        return "tipped over"


class Exceptions(unittest.TestCase):
    def test_a_response_that_is_an_exception_is_raised_and_read(self):
        with self.assertRaises(ValueError) as caught:
            raise Refused(403, json={"why": "no"}, headers={"x-a": "b"})
        response = caught.exception
        self.assertIsInstance(response, httpx.Response)
        self.assertEqual(response.status_code, 403)
        self.assertEqual(response.json(), {"why": "no"})
        self.assertEqual(response.headers["x-a"], "b")
        self.assertEqual(b"".join(response.iter_bytes()), b'{"why":"no"}')
        self.assertTrue(response.is_client_error)
        self.assertTrue(response.is_closed)

    def test_its_attributes_can_be_set(self):
        response = Refused(200, content=b"\xe9")
        response.request = httpx.Request("GET", "http://a.test/")
        response.encoding = "latin-1"
        self.assertEqual(response.url, "http://a.test/")
        self.assertEqual(response.text, "\xe9")
        self.assertIs(response.request, response.request)

    def test_its_class_may_derive_further(self):
        response = Teapot()
        self.assertEqual((response.status_code, response.is_error), (418, "tipped over"))
        self.assertEqual(response.json(), {"short": "stout"})

    def test_it_is_shown_as_a_response(self):
        self.assertEqual(repr(Refused(404)), "<Response [404 Not Found]>")
        self.assertTrue(traceback.format_exception_only(Refused(404)))

    def test_a_wrong_argument_is_refused(self):
        with self.assertRaises(TypeError):
            Refused(404, bogus=1)


class Unread(unittest.TestCase):
    """pytest-httpx makes a response unread before the client gets it."""

    def unread(self, response):
        response.is_stream_consumed = False
        response.is_closed = False
        if hasattr(response, "_content"):
            del response._content
        return response

    def test_content_is_read_once_more(self):
        response = self.unread(httpx.Response(200, content=b"abc"))
        self.assertFalse(response.is_closed)
        self.assertFalse(response.is_stream_consumed)
        with self.assertRaises(httpx.ResponseNotRead):
            response.content
        self.assertEqual(list(response.iter_raw()), [b"abc"])
        self.assertTrue(response.is_closed)
        self.assertTrue(response.is_stream_consumed)

    def test_a_client_reads_it(self):
        def handler(request):
            return self.unread(httpx.Response(200, json=[1]))

        with httpx.Client(transport=httpx.MockTransport(handler)) as client:
            response = client.get("http://a.test/")
            self.assertEqual(response.json(), [1])
            self.assertGreaterEqual(response.elapsed.total_seconds(), 0)
            with client.stream("GET", "http://a.test/") as response:
                self.assertFalse(response.is_closed)
                self.assertEqual(b"".join(response.iter_bytes()), b"[1]")

    def test_a_stream_that_was_not_read_is_unchanged(self):
        response = self.unread(httpx.Response(200, content=iter([b"a", b"b"])))
        self.assertEqual(list(response.iter_bytes()), [b"a", b"b"])

    def test_the_content_is_an_attribute_once_it_was_read(self):
        response = httpx.Response(200, content=iter([b"a", b"b"]))
        self.assertFalse(hasattr(response, "_content"))
        with self.assertRaises(AttributeError):
            del response._content
        response.read()
        self.assertEqual(response._content, b"ab")
        response._content = b"replaced"
        self.assertEqual((response.content, response.text), (b"replaced", "replaced"))

    def test_a_response_marked_as_closed_is_not_read(self):
        response = httpx.Response(200, content=iter([b"a"]))
        response.is_closed = True
        with self.assertRaises(httpx.StreamClosed):
            response.read()

    def test_a_response_marked_as_consumed_is_not_read(self):
        response = httpx.Response(200, content=iter([b"a"]))
        response.is_stream_consumed = True
        with self.assertRaises(httpx.StreamConsumed):
            response.read()


if __name__ == "__main__":
    unittest.main()
