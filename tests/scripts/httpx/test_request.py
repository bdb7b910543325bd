"""Request: header fields by itself, bodies, streams, pickling."""

import asyncio
import gc
import io
import os
import pickle
import tempfile
import unittest
import warnings
import weakref

import httpx

URL = "http://example.org"


class Numbered(httpx.Request):
    """A subclass whose constructor takes other arguments."""

    def __init__(self, number):
        super().__init__("POST", URL, content=b"%d" % number)
        self.number = number


def parts():
    yield b"Hello, "
    yield b"world!"


async def async_parts():
    for part in parts():
        yield part


class HeaderFields(unittest.TestCase):
    def fields(self, *args, **kwargs):
        return httpx.Request(*args, **kwargs).headers.raw

    def test_the_host_comes_first_and_a_length_only_where_a_body_is_expected(self):
        host = (b"Host", b"example.org")
        table = {
            "get": [host],
            "delete": [host],
            "post": [host, (b"Content-Length", b"0")],
            "PUT": [host, (b"Content-Length", b"0")],
            "patch": [host, (b"Content-Length", b"0")],
        }
        for method, expected in table.items():
            with self.subTest(method):
                self.assertEqual(self.fields(method, URL), expected)

    def test_the_users_fields_win(self):
        given = [("X", "1"), ("Host", "other"), ("content-length", "3")]
        raw = self.fields("POST", URL, headers=given, content=b"abc")
        self.assertEqual(raw, [(b"X", b"1"), (b"Host", b"other"), (b"content-length", b"3")])
        raw = self.fields("POST", URL, headers={"Content-Length": "13"}, content=parts())
        self.assertNotIn(b"Transfer-Encoding", dict(raw))

    def test_each_kind_of_body_is_described(self):
        form = "application/x-www-form-urlencoded"
        table = [
            ({"content": b"abc"}, {"content-length": "3"}),
            ({"content": "é"}, {"content-length": "2"}),
            ({"content": b""}, {"content-length": "0"}),
            ({"content": parts()}, {"transfer-encoding": "chunked"}),
            ({"content": async_parts()}, {"transfer-encoding": "chunked"}),
            ({"content": [b"a", b"b"]}, {"transfer-encoding": "chunked"}),
            ({"content": io.BytesIO(b"abcd")}, {"content-length": "4"}),
            ({"json": {"a": [1, "é"]}}, {"content-length": "14", "content-type": "application/json"}),
            ({"data": {"a": ["1", 2], "b": None}}, {"content-length": "10", "content-type": form}),
            ({"data": {}}, {"content-length": "0"}),
            ({"stream": httpx.ByteStream(b"abc")}, {}),
        ]
        for arguments, expected in table:
            with self.subTest(arguments):
                headers = dict(httpx.Request("POST", URL, **arguments).headers)
                headers.pop("host", None)
                self.assertEqual(headers, expected)

    def test_a_stream_gets_no_fields_at_all(self):
        self.assertEqual(self.fields("POST", URL, stream=httpx.ByteStream(b"abc")), [])

    def test_cookies_become_a_field(self):
        request = httpx.Request("GET", URL, cookies={"a": "1", "b": "2"})
        self.assertEqual(request.headers["cookie"], "a=1; b=2")

    def test_params_replace_the_query(self):
        table = [(None, "?x=1"), ({}, ""), ({"a": "b c"}, "?a=b+c")]
        for params, expected in table:
            with self.subTest(params):
                request = httpx.Request("GET", URL + "/?x=1", params=params)
                self.assertEqual(str(request.url), URL + "/" + expected)


class Bodies(unittest.TestCase):
    def test_a_body_in_memory_is_read_already(self):
        request = httpx.Request("POST", URL, json={"a": 1})
        self.assertEqual(request.content, b'{"a":1}')
        self.assertIs(request.content, request.read())
        self.assertEqual(b"".join(request.stream), b'{"a":1}')
        self.assertIsInstance(request.stream, httpx.ByteStream)

    def test_a_streamed_body_has_to_be_read_first(self):
        request = httpx.Request("POST", URL, content=parts())
        with self.assertRaises(httpx.RequestNotRead):
            request.content
        self.assertIsInstance(request.stream, httpx.SyncByteStream)
        self.assertEqual(request.read(), b"Hello, world!")
        self.assertEqual(request.content, b"Hello, world!")
        # Now it can be sent as often as is needed.
        self.assertEqual([b"".join(request.stream) for _ in "ab"], [b"Hello, world!"] * 2)

    def test_an_asynchronous_body_is_awaited(self):
        async def main():
            request = httpx.Request("POST", URL, content=async_parts())
            self.assertIsInstance(request.stream, httpx.AsyncByteStream)
            self.assertNotIsInstance(request.stream, httpx.SyncByteStream)
            self.assertEqual(await request.aread(), b"Hello, world!")
            self.assertEqual([part async for part in request.stream], [b"Hello, world!"])
            with self.assertRaises(AssertionError):
                httpx.Request("POST", URL, content=async_parts()).read()

        asyncio.run(main())

    def test_a_generator_is_given_out_once(self):
        request = httpx.Request("POST", URL, content=parts())
        list(request.stream)
        with self.assertRaises(httpx.StreamConsumed):
            list(request.stream)
        again = httpx.Request("POST", URL, content=[b"a", b"b"])
        self.assertEqual([list(again.stream) for _ in "ab"], [[b"a", b"b"]] * 2)

    def test_a_file_is_read_in_parts_of_64_kib(self):
        with tempfile.TemporaryFile() as file:
            file.write(os.urandom(100_000))
            file.seek(0)
            request = httpx.Request("POST", URL, content=file)
            self.assertEqual(request.headers["content-length"], "100000")
            self.assertEqual([len(part) for part in request.stream], [65_536, 34_464])

    def test_a_form_with_files_can_be_read_and_read_again(self):
        files = {"file": ("a.txt", io.BytesIO(b"content"), "text/plain")}
        headers = {"Content-Type": "multipart/form-data; boundary=BOUNDARY"}
        request = httpx.Request("POST", URL, headers=headers, data={"a": "1"}, files=files)
        expected = (
            b'--BOUNDARY\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
            b'--BOUNDARY\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
            b"Content-Type: text/plain\r\n\r\ncontent\r\n--BOUNDARY--\r\n"
        )
        self.assertEqual(b"".join(request.stream), expected)
        self.assertEqual(request.headers["content-length"], str(len(expected)))
        self.assertEqual(request.read(), expected)

    def test_bytes_as_data_are_deprecated(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            request = httpx.Request("POST", URL, data=b"abc")
        self.assertEqual([it.category for it in caught], [DeprecationWarning])
        self.assertEqual(request.content, b"abc")

    def test_what_is_no_body_is_refused(self):
        for content in [1, {"a": 1}, object()]:
            with self.subTest(content), self.assertRaises(TypeError):
                httpx.Request("POST", URL, content=content)


class Attributes(unittest.TestCase):
    def test_they_can_be_set(self):
        request = httpx.Request("GET", URL)
        request.method = "POST"
        request.url = httpx.URL("http://other.org/x")
        request.headers["X"] = "1"
        request.headers = httpx.Headers({"Y": "2"})
        request.stream = httpx.ByteStream(b"new")
        request.extensions["a"] = 1
        self.assertEqual(repr(request), "<Request('POST', 'http://other.org/x')>")
        self.assertEqual((dict(request.headers), request.extensions), ({"y": "2"}, {"a": 1}))
        self.assertEqual(list(request.stream), [b"new"])

    def test_extensions_are_a_copy(self):
        given = {"timeout": {"read": 1}}
        request = httpx.Request("GET", URL, extensions=given)
        request.extensions["more"] = 1
        self.assertEqual(given, {"timeout": {"read": 1}})

    def test_a_request_in_a_cycle_is_collected(self):
        request = httpx.Request("GET", URL)
        request.extensions["self"] = request
        gone = weakref.ref(request)
        del request
        gc.collect()
        self.assertIsNone(gone())


class Pickling(unittest.TestCase):
    def test_it_keeps_all_but_extensions_and_stream(self):
        request = httpx.Request("POST", URL, json=1, headers={"X": "1"}, extensions={"a": 1})
        other = pickle.loads(pickle.dumps(request))
        self.assertEqual((other.method, other.url), ("POST", httpx.URL(URL)))
        self.assertEqual(other.headers, request.headers)
        self.assertEqual((other.content, other.extensions), (b"1", {}))
        with self.assertRaises(httpx.StreamClosed):
            list(other.stream)

    def test_an_unread_body_is_lost(self):
        other = pickle.loads(pickle.dumps(httpx.Request("POST", URL, content=parts())))
        with self.assertRaises(httpx.RequestNotRead):
            other.content
        with self.assertRaises(httpx.StreamClosed):
            other.read()

    def test_a_subclass_with_another_constructor_works(self):
        request = Numbered(7)
        other = pickle.loads(pickle.dumps(request))
        self.assertEqual((type(other), other.number, other.content), (Numbered, 7, b"7"))
        self.assertEqual(repr(request), "<Numbered('POST', 'http://example.org')>")


if __name__ == "__main__":
    unittest.main()
