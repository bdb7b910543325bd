"""Response objects that a script makes: fields, text, status, links, cookies, pickling."""

import gc
import gzip
import pickle
import unittest
import weakref

import httpx

URL = "http://example.org"


def answer(code=200, **arguments):
    return httpx.Response(code, request=httpx.Request("GET", URL), **arguments)


class Labelled(httpx.Response):
    """A subclass whose constructor takes other arguments."""

    def __init__(self, label):
        super().__init__(200, text=label)
        self.label = label


class HeaderFields(unittest.TestCase):
    def test_each_kind_of_content_is_described(self):
        table = [
            ({}, {}),
            ({"content": b""}, {}),
            ({"content": b"abc"}, {"content-length": "3"}),
            ({"content": "é"}, {"content-length": "2"}),
            ({"text": "a"}, {"content-length": "1", "content-type": "text/plain; charset=utf-8"}),
            ({"html": "a"}, {"content-length": "1", "content-type": "text/html; charset=utf-8"}),
            ({"json": [1]}, {"content-length": "3", "content-type": "application/json"}),
            ({"content": [b"a"]}, {"transfer-encoding": "chunked"}),
            ({"stream": httpx.ByteStream(b"abc")}, {}),
            ({"content": [b"a"], "headers": {"Content-Length": "1"}}, {"content-length": "1"}),
        ]
        for arguments, expected in table:
            with self.subTest(arguments):
                self.assertEqual(dict(httpx.Response(200, **arguments).headers), expected)


class Status(unittest.TestCase):
    def test_reason_phrases(self):
        table = {200: "OK", 404: "Not Found", 413: "Request Entity Too Large", 299: "", 999: ""}
        for code, phrase in table.items():
            with self.subTest(code):
                response = httpx.Response(code)
                self.assertEqual(response.reason_phrase, phrase)
                self.assertEqual(repr(response), f"<Response [{code} {phrase}]>")

    def test_the_extensions_say_version_and_reason(self):
        extensions = {"http_version": b"HTTP/2", "reason_phrase": b"F\xc3ine"}
        response = httpx.Response(200, extensions=extensions)
        self.assertEqual((response.http_version, response.reason_phrase), ("HTTP/2", "Fine"))
        self.assertEqual(httpx.Response(200).http_version, "HTTP/1.1")

    def test_predicates(self):
        names = ["informational", "success", "redirect", "client_error", "server_error", "error"]
        table = {100: [0], 204: [1], 304: [2], 404: [3, 5], 503: [4, 5], 600: []}
        for code, true in table.items():
            response = httpx.Response(code)
            found = [i for i, name in enumerate(names) if getattr(response, "is_" + name)]
            self.assertEqual(found, true, code)

    def test_a_redirect_needs_a_location(self):
        location = {"Location": "/x"}
        for code in [301, 302, 303, 307, 308]:
            self.assertTrue(httpx.Response(code, headers=location).has_redirect_location)
            self.assertFalse(httpx.Response(code).has_redirect_location)
        self.assertFalse(httpx.Response(300, headers=location).has_redirect_location)

    def test_raise_for_status_says_what_went_wrong(self):
        more = "For more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/"
        table = [
            (answer(101), "Informational response '101 Switching Protocols' for url '{}'\n{}101"),
            (
                answer(303, headers={"location": "https://other.org"}),
                "Redirect response '303 See Other' for url '{}'\n"
                "Redirect location: 'https://other.org'\n{}303",
            ),
            (answer(304), "Redirect response '304 Not Modified' for url '{}'\n{}304"),
            (answer(403), "Client error '403 Forbidden' for url '{}'\n{}403"),
            (answer(500), "Server error '500 Internal Server Error' for url '{}'\n{}500"),
            (answer(600), "Invalid status code '600 ' for url '{}'\n{}600"),
        ]
        for response, text in table:
            with self.subTest(response), self.assertRaises(httpx.HTTPStatusError) as caught:
                response.raise_for_status()
            self.assertEqual(str(caught.exception), text.format(URL, more))
            self.assertIs(caught.exception.response, response)
            self.assertIs(caught.exception.request, response.request)
        fine = answer()
        self.assertIs(fine.raise_for_status(), fine)

    def test_without_a_request(self):
        response = httpx.Response(200)
        with self.assertRaisesRegex(RuntimeError, "^The request instance has not been set on"):
            response.request
        with self.assertRaisesRegex(RuntimeError, "^Cannot call `raise_for_status`"):
            response.raise_for_status()
        request = httpx.Request("GET", URL)
        response.request = request
        self.assertIs(response.request, request)
        self.assertEqual(response.url, httpx.URL(URL))


class Text(unittest.TestCase):
    def read(self, content, content_type="text/plain", **arguments):
        headers = {"Content-Type": content_type}
        return httpx.Response(200, content=content, headers=headers, **arguments)

    def test_the_encoding_is_the_charset_or_the_default(self):
        latin = "é".encode("latin-1")
        table = [
            (self.read(latin, "text/plain; charset=latin-1"), "é", "latin-1"),
            (self.read(latin, "text/plain; charset=nonsense"), "\ufffd", "utf-8"),
            (self.read(latin, default_encoding="latin-1"), "é", "latin-1"),
            (self.read(latin, default_encoding=lambda content: "latin-1"), "é", "latin-1"),
            (self.read(b""), "", "utf-8"),
            (httpx.Response(200, content="é"), "é", "utf-8"),
        ]
        for response, text, encoding in table:
            self.assertEqual((response.text, response.encoding), (text, encoding))

    def test_the_encoding_can_be_set_before_the_text_is_read(self):
        response = self.read("é".encode("latin-1"))
        response.encoding = "latin-1"
        self.assertEqual(response.text, "é")
        with self.assertRaisesRegex(ValueError, "Setting encoding after `text`"):
            response.encoding = "utf-8"

    def test_charset_encoding(self):
        self.assertEqual(self.read(b"", "a/b; charset=UTF-8").charset_encoding, "utf-8")
        self.assertIsNone(self.read(b"").charset_encoding)
        self.assertIsNone(httpx.Response(200).charset_encoding)

    def test_json(self):
        response = httpx.Response(200, json={"a": 2**70})
        self.assertEqual(response.json(), {"a": 2**70})
        self.assertEqual(response.json(parse_int=str), {"a": str(2**70)})


class Content(unittest.TestCase):
    def test_content_in_memory_is_read_and_closed(self):
        response = httpx.Response(200, content=b"abc")
        self.assertIs(response.content, response.content)
        self.assertIs(response.read(), response.content)
        self.assertTrue(response.is_closed and response.is_stream_consumed)
        self.assertEqual(list(response.iter_bytes(2)), [b"ab", b"c"])
        self.assertEqual(list(response.iter_bytes()), [b"abc"])
        with self.assertRaises(httpx.StreamConsumed):
            next(response.iter_raw())

    def test_it_is_decoded_when_the_response_is_made(self):
        packed = gzip.compress(b"hello")
        response = httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=packed)
        self.assertEqual(response.content, b"hello")
        with self.assertRaises(httpx.DecodingError):
            httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=b"no gzip")

    def test_the_time_is_not_known(self):
        with self.assertRaisesRegex(RuntimeError, "^'.elapsed' may only be accessed after"):
            httpx.Response(200).elapsed


class Fields(unittest.TestCase):
    def test_links_are_known_by_rel_or_url(self):
        link = '<https://a/2>; rel="next"; title=x, <https://a/0>, <b>; rel=prev; oops; c=d'
        response = httpx.Response(200, headers={"Link": link})
        expected = {
            "next": {"url": "https://a/2", "rel": "next", "title": "x"},
            "https://a/0": {"url": "https://a/0"},
            "prev": {"url": "b", "rel": "prev"},
        }
        self.assertEqual(response.links, expected)
        self.assertEqual(httpx.Response(200).links, {})

    def test_cookies_come_from_the_header_fields(self):
        fields = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2")]
        response = answer(headers=fields)
        self.assertEqual(dict(response.cookies), {"a": "1", "b": "2"})
        self.assertIs(response.cookies, response.cookies)

    def test_history_is_a_list_of_ones_own(self):
        first = [answer(302)]
        response = answer(history=first)
        response.history.append(None)
        self.assertEqual(len(first), 1)
        self.assertIsNone(response.next_request)
        response.next_request = request = httpx.Request("GET", URL)
        self.assertIs(response.next_request, request)

    def test_a_response_in_a_cycle_is_collected(self):
        response = httpx.Response(200)
        response.history.append(response)
        gone = weakref.ref(response)
        del response
        gc.collect()
        self.assertIsNone(gone())


class Pickling(unittest.TestCase):
    def test_it_keeps_all_but_extensions_and_stream(self):
        response = answer(404, text="é", extensions={"a": 1}, history=[answer(302)])
        other = pickle.loads(pickle.dumps(response))
        self.assertEqual((other.status_code, other.text, other.extensions), (404, "é", {}))
        self.assertEqual((other.headers, other.url), (response.headers, httpx.URL(URL)))
        self.assertEqual([it.status_code for it in other.history], [302])
        self.assertTrue(other.is_closed)
        with self.assertRaises(httpx.StreamClosed):
            list(other.stream)

    def test_content_that_was_not_read_is_lost(self):
        other = pickle.loads(pickle.dumps(httpx.Response(200, content=iter([b"a"]))))
        with self.assertRaises(httpx.ResponseNotRead):
            other.content
        with self.assertRaises(httpx.StreamClosed):
            other.read()

    def test_a_subclass_with_another_constructor_works(self):
        other = pickle.loads(pickle.dumps(Labelled("x")))
        self.assertEqual((type(other), other.label, other.text), (Labelled, "x", "x"))


if __name__ == "__main__":
    unittest.main()
