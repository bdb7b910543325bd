"""`files=`: multipart bodies, from bytes and from files that are read while they are sent."""

import base64
import io
import os
import sys
import tempfile
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

HEADERS = {"Content-Type": "multipart/form-data; boundary=B"}


def post(**kwargs):
    return httpx.post(server("HTTP") + "/echo", **kwargs).json()


def body(**kwargs):
    """What arrives of a form whose boundary is B."""
    return base64.b64decode(post(headers=HEADERS, **kwargs)["body_base64"])


def part(content, disposition, content_type=None):
    """A form of one part as it goes over the wire."""
    fields = [b"Content-Disposition: form-data; " + disposition.encode()]
    if content_type is not None:
        fields.append(b"Content-Type: " + content_type.encode())
    return b"--B\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + content + b"\r\n--B--\r\n"


class Unseekable(io.RawIOBase):
    """A pipe, as it were."""

    def __init__(self, content):
        self.content = io.BytesIO(content)

    def readable(self):
        return True

    def read(self, size=-1):
        return self.content.read(size)


class Values(unittest.TestCase):
    def test_bytes_and_str_are_files_named_upload(self):
        expected = part(b"x", 'name="f"; filename="upload"', "application/octet-stream")
        for value in (b"x", "x", io.BytesIO(b"x")):
            with self.subTest(value):
                self.assertEqual(body(files={"f": value}), expected)

    def test_a_pair_names_the_file_and_so_its_type(self):
        expected = part(b"{}", 'name="f"; filename="a.json"', "application/json")
        self.assertEqual(body(files={"f": ("a.json", b"{}")}), expected)

    def test_the_type_of_a_compressed_file_is_that_of_its_content(self):
        expected = part(b"", 'name="f"; filename="a.tar.gz"', "application/x-tar")
        self.assertEqual(body(files={"f": ("a.tar.gz", b"")}), expected)

    def test_a_third_item_is_the_type(self):
        expected = part(b"", 'name="f"; filename="a.json"', "text/x")
        self.assertEqual(body(files={"f": ("a.json", b"", "text/x")}), expected)

    def test_a_fourth_item_is_header_fields(self):
        value = ("a", "b", "text/x", {"X-Other": "ü"})
        expected = part(b"b", 'name="f"; filename="a"\r\nX-Other: ü', "text/x")
        self.assertEqual(body(files={"f": value}), expected)

    def test_a_content_type_among_the_header_fields_wins(self):
        value = ("a", "b", "text/x", {"content-type": "text/y"})
        expected = part(b"b", 'name="f"; filename="a"\r\ncontent-type: text/y')
        self.assertEqual(body(files={"f": value}), expected)

    def test_a_file_without_a_name_is_a_field(self):
        for name in (None, ""):
            self.assertEqual(body(files={"f": (name, "x")}), part(b"x", 'name="f"'))

    def test_pairs_may_repeat_a_name(self):
        sent = body(files=[("f", ("a", b"1", "t/t")), ("f", ("b", b"2", "t/t"))])
        self.assertEqual(sent.count(b'name="f"'), 2)
        self.assertLess(sent.index(b'"a"'), sent.index(b'"b"'))

    def test_names_cannot_leave_their_quotes(self):
        expected = part(b"", 'name="a%22\\\\%0D%0Ab\x1b"; filename="%00ü"', "text/x")
        self.assertEqual(body(files={'a"\\\r\nb\x1b': ("\0ü", b"", "text/x")}), expected)


class Data(unittest.TestCase):
    def test_fields_come_before_files(self):
        sent = body(data={"z": "1"}, files={"a": b"2"})
        self.assertLess(sent.index(b'name="z"'), sent.index(b'name="a"'))

    def test_values_are_written_as_in_a_form(self):
        values = [1, "b", b"\xff", None, True, 1.5]
        sent = body(data={"a": values}, files={"f": (None, b"")})
        head = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
        expected = [b"1", b"b", b"\xff", b"", b"true", b"1.5"]
        self.assertTrue(sent.startswith(b"".join(head + it + b"\r\n" for it in expected)))

    def test_no_files_leave_the_form(self):
        self.assertEqual(post(data={"a": "1"}, files={})["body"], "a=1")

    def test_other_types_are_refused(self):
        for data, error in (
            ({"a": {"b": 1}}, "Expected primitive type, got <class 'dict'>: {'b': 1}"),
            ({5: "a"}, "Expected str, got <class 'int'>: 5"),
            ({"a": [[1]]}, "Expected primitive type, got <class 'list'>: [1]"),
        ):
            with self.assertRaises(TypeError) as caught:
                body(data=data, files={"f": b""})
            self.assertIn(error, str(caught.exception))


class Head(unittest.TestCase):
    def test_the_boundary_is_random_unless_given(self):
        types = {dict(post(files={"f": b""})["headers"])["content-type"] for _ in range(2)}
        self.assertEqual(len(types), 2)
        for content_type in types:
            self.assertRegex(content_type, "^multipart/form-data; boundary=[0-9a-f]{32}$")

    def test_the_length_is_known_beforehand_where_it_can_be(self):
        echoed = post(files={"a": b"x", "b": io.BytesIO(b"yz")})
        length = str(len(base64.b64decode(echoed["body_base64"])))
        self.assertEqual(dict(echoed["headers"])["content-length"], length)

    def test_of_unknown_length_it_is_sent_chunked(self):
        echoed = post(files={"f": Unseekable(b"abc")}, headers=HEADERS)
        headers = dict(echoed["headers"])
        self.assertEqual(headers["transfer-encoding"], "chunked")
        self.assertNotIn("content-length", headers)
        expected = part(b"abc", 'name="f"; filename="upload"', "application/octet-stream")
        self.assertEqual(base64.b64decode(echoed["body_base64"]), expected)


class Files(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "big.txt")
        self.content = bytes(range(256)) * 4096
        with open(self.path, "wb") as file:
            file.write(self.content)

    def test_a_file_is_sent_whole_from_its_start(self):
        expected = part(self.content, 'name="f"; filename="big.txt"', "text/plain")
        with open(self.path, "rb") as file:
            file.seek(1000)
            self.assertEqual(body(files={"f": file}), expected)

    def test_a_file_is_read_in_pieces(self):
        sizes = []

        class Recorder(io.BytesIO):
            def read(self, size=-1):
                sizes.append(size)
                return super().read(size)

        body(files={"f": Recorder(self.content)})
        self.assertEqual(set(sizes), {65536})
        self.assertEqual(len(sizes), len(self.content) // 65536 + 1)

    def test_text_files_are_refused(self):
        with self.assertRaisesRegex(TypeError, "must be opened in binary mode"):
            with open(self.path) as file:
                body(files={"f": file})
        with self.assertRaisesRegex(TypeError, "require 'io.BytesIO', not 'io.StringIO'"):
            body(files={"f": io.StringIO("x")})

    def test_a_closed_file_is_refused(self):
        file = io.BytesIO(b"x")
        file.close()
        with self.assertRaises(ValueError):
            body(files={"f": file})

    def test_what_read_raises_reaches_the_script(self):
        class Failing(io.BytesIO):
            def read(self, size=-1):
                raise KeyError("mine")

        with self.assertRaises(KeyError) as caught:
            body(files={"f": Failing(b"abc")})
        self.assertEqual(caught.exception.args, ("mine",))

    def test_what_is_no_file_fails_when_it_is_read(self):
        with self.assertRaisesRegex(AttributeError, "'int' object has no attribute 'read'"):
            body(files={"f": 5})

    def test_two_files_arrive_in_their_order(self):
        with open(self.path, "rb") as one, open(self.path, "rb") as two:
            sent = body(files=[("a", one), ("b", two)])
        self.assertEqual(sent.count(self.content), 2)


class Shapes(unittest.TestCase):
    def test_what_is_neither_mapping_nor_pairs_is_refused(self):
        for files, error in (
            (5, TypeError),
            ("x", ValueError),
            ([5], TypeError),
            ([("a",)], ValueError),
            ([("a", "b", "c")], ValueError),
            ({"a": ("n",)}, ValueError),
            ({"a": ("n", b"", "t", {}, 5)}, ValueError),
            ({5: b"x"}, TypeError),
            ({"a": (b"n", b"x")}, TypeError),
        ):
            with self.subTest(files), self.assertRaises(error):
                body(files=files)


class Async(unittest.IsolatedAsyncioTestCase):
    async def test_an_async_client_sends_files_too(self):
        async with httpx.AsyncClient() as client:
            url = server("HTTP") + "/echo"
            files = {"f": ("a", io.BytesIO(b"x" * 200_000), "t/t")}
            echoed = (await client.post(url, files=files, headers=HEADERS)).json()
        expected = part(b"x" * 200_000, 'name="f"; filename="a"', "t/t")
        self.assertEqual(base64.b64decode(echoed["body_base64"]), expected)


if __name__ == "__main__":
    unittest.main()
