"""What packages call of the private modules: decoders, bodies, forms, URL patterns, errors."""

import asyncio
import gzip
import io
import os
import unittest
import zlib
from unittest import mock

import httpx
from httpx._client import ACCEPT_ENCODING, USER_AGENT, ClientState, HeaderTypes, _same_origin, logger
from httpx._content import (
    encode_content,
    encode_html,
    encode_json,
    encode_multipart_data,
    encode_request,
    encode_response,
    encode_text,
    encode_urlencoded_data,
)
from httpx._decoders import (
    SUPPORTED_DECODERS,
    ByteChunker,
    DeflateDecoder,
    GZipDecoder,
    IdentityDecoder,
    LineDecoder,
    MultiDecoder,
    TextChunker,
    TextDecoder,
)
from httpx._exceptions import request_context
from httpx._multipart import (
    DataField,
    FileField,
    MultipartStream,
    get_multipart_boundary_from_content_type,
)
from httpx._utils import URLPattern, get_environment_proxies, peek_filelike_length


def decode(decoder, *pieces):
    decoded = [decoder.decode(piece) for piece in pieces]
    return [*decoded, decoder.flush()]


class Decoders(unittest.TestCase):
    def test_codings(self):
        plain = b"some content " * 1000
        raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        for decoder, coded in (
            (IdentityDecoder(), plain),
            (GZipDecoder(), gzip.compress(plain)),
            (DeflateDecoder(), zlib.compress(plain)),
            (DeflateDecoder(), raw.compress(plain) + raw.flush()),
            (MultiDecoder([DeflateDecoder(), GZipDecoder()]), gzip.compress(zlib.compress(plain))),
        ):
            pieces = [coded[start : start + 7] for start in range(0, len(coded), 7)]
            self.assertEqual(b"".join(decode(decoder, *pieces)), plain)

    def test_malformed_data(self):
        with self.assertRaises(httpx.DecodingError):
            GZipDecoder().decode(b"this is no gzip data")

    def test_all_that_is_accepted_can_be_decoded(self):
        names = list(SUPPORTED_DECODERS)
        self.assertEqual(names, ["identity", "gzip", "deflate", "br", "zstd"])
        self.assertEqual(ACCEPT_ENCODING, ", ".join(names[1:]))
        for decoder in SUPPORTED_DECODERS.values():
            self.assertEqual(decode(decoder()), [b""])

    def test_lines_end_as_for_splitlines(self):
        for pieces, lines in (
            (["a\r", "\nb\rc", "\n", "\n"], [[], ["a", "b"], ["c"], [""], []]),
            (["a", "b"], [[], [], ["ab"]]),
            (["a\r"], [[], ["a"]]),
            (["\u2028a\x0bb"], [["", "a"], ["b"]]),
            ([], [[]]),
        ):
            self.assertEqual(decode(LineDecoder(), *pieces), lines)

    def test_chunks_have_one_size(self):
        self.assertEqual(decode(ByteChunker(3), b"ab", b"cdefg"), [[], [b"abc", b"def"], [b"g"]])
        self.assertEqual(decode(ByteChunker(), b"ab", b""), [[b"ab"], [], []])
        self.assertEqual(decode(TextChunker(2), "abc", "d"), [["ab"], ["cd"], []])

    def test_text_that_is_malformed_is_replaced(self):
        self.assertEqual(decode(TextDecoder(), b"\xe2\x82", b"\xac", b"\xff\xe2"), ["", "€", "�", "�"])
        self.assertEqual(decode(TextDecoder("latin-1"), b"\xe4"), ["ä", ""])


class Bodies(unittest.TestCase):
    def assert_encoded(self, encoded, headers, body):
        self.assertEqual((encoded[0], b"".join(encoded[1])), (headers, body))

    def test_requests(self):
        self.assert_encoded(encode_request(), {}, b"")
        self.assert_encoded(encode_request("a"), {"Content-Length": "1"}, b"a")
        self.assert_encoded(encode_content([b"a"]), {"Transfer-Encoding": "chunked"}, b"a")
        form = {"Content-Length": "7", "Content-Type": "application/x-www-form-urlencoded"}
        self.assert_encoded(encode_request(data={"a": [1, 2]}), form, b"a=1&a=2")
        self.assert_encoded(encode_urlencoded_data({"a": [1, 2]}), form, b"a=1&a=2")
        json = {"Content-Length": "8", "Content-Type": "application/json"}
        self.assert_encoded(encode_json({"a": "ä"}), {**json, "Content-Length": "10"}, b'{"a":"\xc3\xa4"}')
        self.assert_encoded(encode_request(json={"a": ""}), json, b'{"a":""}')

    def test_responses(self):
        text = {"Content-Length": "1", "Content-Type": "text/plain; charset=utf-8"}
        html = {"Content-Length": "1", "Content-Type": "text/html; charset=utf-8"}
        self.assert_encoded(encode_response(text="a"), text, b"a")
        self.assert_encoded(encode_text("a"), text, b"a")
        self.assert_encoded(encode_html("a"), html, b"a")
        self.assert_encoded(encode_response(None, None, "a"), html, b"a")

    def test_what_is_no_content_is_refused(self):
        with self.assertRaises(TypeError):
            encode_content({"a": 1})


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\ntext\r\n--b--\r\n"
)


class Forms(unittest.TestCase):
    def form(self):
        return MultipartStream({"a": 1}, {"f": ("n.txt", io.BytesIO(b"text"))}, boundary=b"b")

    def test_a_form_is_a_stream(self):
        form = self.form()
        self.assertEqual(b"".join(form), FORM)
        self.assertEqual(b"".join(form.iter_chunks()), FORM)
        self.assertEqual((form.boundary, form.get_content_length()), (b"b", len(FORM)))
        headers = {"Content-Length": str(len(FORM)), "Content-Type": "multipart/form-data; boundary=b"}
        self.assertEqual(form.get_headers(), headers)

    def test_in_async_code(self):
        async def read():
            return b"".join([chunk async for chunk in self.form()])

        self.assertEqual(asyncio.run(read()), FORM)

    def test_a_form_may_have_no_files(self):
        self.assertEqual(
            b"".join(MultipartStream({"a": "1"}, {}, boundary=b"b")),
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
        )

    def test_boundaries_are_random(self):
        first, second = MultipartStream({}, {}), MultipartStream({}, {})
        self.assertEqual((len(first.boundary), len(second.boundary)), (32, 32))
        self.assertNotEqual(first.boundary, second.boundary)

    def test_encoded_with_a_boundary(self):
        files = {"f": ("n.txt", b"text")}
        for headers, stream in (
            encode_multipart_data({"a": 1}, files, b"b"),
            encode_request(data={"a": 1}, files=files, boundary=b"b"),
        ):
            self.assertEqual(b"".join(stream), FORM)
            self.assertEqual(headers["Content-Type"], "multipart/form-data; boundary=b")

    def test_fields(self):
        field = DataField("a", 1)
        head = b'Content-Disposition: form-data; name="a"\r\n\r\n'
        self.assertEqual((field.render_headers(), field.render_data()), (head, b"1"))
        self.assertEqual((b"".join(field.render()), field.get_length()), (head + b"1", len(head) + 1))
        file = FileField("f", ("n.bin", b"text"))
        self.assertEqual(b"".join(file.render_data()), b"text")
        self.assertEqual(len(b"".join(file.render())), file.get_length())
        with self.assertRaises(TypeError):
            DataField("a", {})

    def test_the_boundary_of_a_content_type(self):
        found = get_multipart_boundary_from_content_type
        self.assertEqual(found(b'multipart/form-data; charset=utf-8; BOUNDARY="b"'), b"b")
        self.assertIsNone(found(b"multipart/form-data"))
        self.assertIsNone(found(b"text/plain; boundary=b"))
        self.assertIsNone(found(None))


class Utilities(unittest.TestCase):
    def test_patterns(self):
        for pattern, matching, other in (
            ("all://", "https://a:1", None),
            ("http://", "http://a", "https://a"),
            ("all://*.a.org", "http://b.a.org", "http://a.org"),
            ("all://*a.org", "http://a.org", "http://ba.org"),
            ("http://a:81", "http://a:81", "http://a"),
        ):
            self.assertTrue(URLPattern(pattern).matches(httpx.URL(matching)), pattern)
            if other:
                self.assertFalse(URLPattern(pattern).matches(httpx.URL(other)), pattern)
        with self.assertRaises(ValueError):
            URLPattern("http")

    def test_the_most_specific_pattern_comes_first(self):
        patterns = ["all://a:81", "http://aa", "http://a", "all://a", "http://", "all://"]
        shuffled = [URLPattern(pattern) for pattern in sorted(patterns)]
        self.assertEqual([pattern.pattern for pattern in sorted(shuffled)], patterns)

    def test_proxies_of_the_environment(self):
        environment = {"HTTP_PROXY": "p:1", "all_proxy": "socks5://p", "no_proxy": "::1, a.org,10.0.0.0/8"}
        with mock.patch.dict(os.environ, environment, clear=True):
            self.assertEqual(
                get_environment_proxies(),
                {
                    "http://": "http://p:1",
                    "all://": "socks5://p",
                    "all://[::1]": None,
                    "all://*a.org": None,
                    "all://10.0.0.0/8": None,
                },
            )
        with mock.patch.dict(os.environ, {"HTTP_PROXY": "p:1", "NO_PROXY": "*"}, clear=True):
            self.assertEqual(get_environment_proxies(), {})

    def test_lengths_of_files(self):
        file = io.BytesIO(b"text")
        file.read(1)
        self.assertEqual((peek_filelike_length(file), file.tell()), (4, 1))
        self.assertIsNone(peek_filelike_length(iter([b"text"])))

    def test_errors_get_their_request(self):
        request = httpx.Request("GET", "http://a")
        error = httpx.ReadTimeout("message")
        with self.assertRaises(httpx.ReadTimeout) as caught, request_context(request):
            raise error
        self.assertIs(caught.exception.request, request)

    def test_names_of_clients(self):
        self.assertEqual([state.name for state in ClientState], ["UNOPENED", "OPENED", "CLOSED"])
        self.assertEqual(logger.name, "httpx")
        self.assertIs(HeaderTypes, httpx._types.HeaderTypes)
        self.assertEqual(USER_AGENT, httpx.Client().headers["User-Agent"])
        self.assertTrue(_same_origin(httpx.URL("http://a:80/b"), httpx.URL("http://a")))
        self.assertFalse(_same_origin(httpx.URL("http://a"), httpx.URL("https://a")))

    def test_paths_of_urls_that_look_like_authorities(self):
        parsed = httpx._urlparse.urlparse("file:////a//b")
        self.assertEqual((parsed.authority, parsed.path), ("", "//a//b"))


if __name__ == "__main__":
    unittest.main()
