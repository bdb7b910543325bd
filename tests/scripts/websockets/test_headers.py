"""`websockets.datastructures.Headers`."""

import asyncio
import pickle
import unittest
from copy import deepcopy

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.datastructures import Headers, MultipleValuesError
from websockets.exceptions import InvalidHeaderValue


class Repeated(unittest.TestCase):
    def setUp(self):
        self.headers = Headers([("Set-Cookie", "a=1"), ("Host", "h"), ("set-cookie", "b=2")])

    def test_all_values_are_kept(self):
        self.assertEqual(self.headers.get_all("SET-COOKIE"), ["a=1", "b=2"])
        with self.assertRaises(MultipleValuesError):
            self.headers["Set-Cookie"]

    def test_clear_removes_them_all(self):
        self.headers.clear()
        self.assertEqual((len(self.headers), list(self.headers.raw_items())), (0, []))

    def test_a_control_character_is_refused(self):
        for value in ("a\nb", "a\rb", "\x00", "€"):
            with self.subTest(value), self.assertRaises(InvalidHeaderValue):
                self.headers["X"] = value
        self.assertNotIn("X", self.headers)


class Mapping(unittest.TestCase):
    def test_names_are_in_any_case(self):
        headers = Headers({"Host": "h"}, server="s")
        self.assertEqual((headers["HOST"], headers.get("Server")), ("h", "s"))
        self.assertEqual((len(headers), list(headers)), (2, ["host", "server"]))
        self.assertEqual(headers, Headers([("SERVER", "s"), ("host", "h")]))
        del headers["hOST"]
        self.assertEqual(list(headers.raw_items()), [("server", "s")])
        with self.assertRaises(KeyError):
            del headers["host"]

    def test_copies_are_apart(self):
        headers = Headers(a="1")
        copy = headers.copy()
        copy["b"] = "2"
        self.assertEqual((str(headers), copy.serialize()), ("a: 1\r\n\r\n", b"a: 1\r\nb: 2\r\n\r\n"))


class OnTheWire(unittest.IsolatedAsyncioTestCase):
    async def test_text_is_iso_8859_1_both_ways(self):
        async def handler(websocket):
            await websocket.send(websocket.request.headers["X-Name"])

        def answer(connection, request, response):
            response.headers["X-Answer"] = request.headers["X-Name"]

        async with serve(handler, "127.0.0.1", 0, process_response=answer) as server:
            uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            async with connect(uri, additional_headers={"X-Name": "Zoë"}) as client:
                self.assertEqual(await client.recv(), "Zoë")
                self.assertEqual(client.response.headers["X-Answer"], "Zoë")

    async def test_bytes_beyond_ascii_are_seen_as_they_came(self):
        seen = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            seen.set_result(websocket.request.headers["X-Name"])

        async with serve(handler, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            lines = [
                "GET / HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "X-Name: ë",
                "\r\n",
            ]
            writer.write("\r\n".join(lines).encode("utf-8"))
            self.assertEqual((await seen).encode("iso-8859-1"), "ë".encode("utf-8"))
            writer.close()
            await writer.wait_closed()

    async def test_fields_of_a_handshake_are_headers_like_others(self):
        seen = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            seen.set_result(websocket.request.headers)

        async with serve(handler, "127.0.0.1", 0) as server:
            uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            sent = [("X-Tag", "a"), ("Cookie", "secret"), ("x-tag", "b")]
            async with connect(uri, additional_headers=sent):
                headers = await seen
        self.assertEqual((headers.get_all("X-TAG"), headers.get_all("X-None")), (["a", "b"], []))
        self.assertEqual(("COOKIE" in headers, "X-None" in headers), (True, False))
        with self.assertRaises(MultipleValuesError):
            headers["x-tag"]
        with self.assertRaisesRegex(KeyError, "x-none"):
            headers["X-None"]
        alike = Headers(headers)
        for copy in (headers.copy(), pickle.loads(pickle.dumps(headers)), deepcopy(headers), alike):
            self.assertEqual(copy, headers)
            copy["X-More"] = "c"
            self.assertNotIn("X-More", headers)
        self.assertEqual([it for it in headers.raw_items() if it in sent], sent)
        del headers["x-tag"]
        self.assertNotIn("X-Tag", headers)

    async def test_text_that_no_field_can_have(self):
        async with serve(lambda websocket: websocket.wait_closed(), "127.0.0.1", 0) as server:
            uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            with self.assertRaises(InvalidHeaderValue):
                await connect(uri, additional_headers={"X-Name": "€"})


if __name__ == "__main__":
    unittest.main()
