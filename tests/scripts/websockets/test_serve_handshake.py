"""What a script decides of an opening handshake."""

import asyncio
import logging
import os
import re
import sys
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import websockets
from serving import PLAIN, answer_to, echo, idle, logged, request, texts, url_of, works
from websockets.asyncio.server import serve


class ProcessRequest(unittest.IsolatedAsyncioTestCase):
    async def status_of(self, process_request, **options):
        """The response to a client, and the names of the records that it left."""
        options.setdefault("handler", idle)
        handler = options.pop("handler")
        with logged() as records:
            options |= PLAIN
            async with serve(
                handler, "127.0.0.1", 0, process_request=process_request, **options
            ) as server:
                try:
                    async with websockets.connect(url_of(server, "/path?x=1")) as websocket:
                        return websocket.response, records
                except websockets.exceptions.InvalidStatus as error:
                    return error.response, records

    async def test_it_gets_the_connection_and_the_request_and_may_let_it_pass(self):
        seen = []

        def process_request(connection, request):
            seen.append((connection, request.path, request.headers["Upgrade"]))
            self.assertIs(connection.request, request)
            self.assertEqual(connection.state.name, "CONNECTING")
            self.assertEqual(connection.remote_address[0], "127.0.0.1")
            connection.seen = True

        async def handler(websocket):
            self.assertTrue(websocket.seen)
            self.assertIs(websocket, seen[0][0])

        response, _ = await self.status_of(process_request, handler=handler)
        self.assertEqual(response.status_code, 101)
        self.assertEqual(seen[0][1:], ("/path?x=1", "websocket"))

    async def test_a_coroutine_function_is_awaited(self):
        async def process_request(connection, request):
            await asyncio.sleep(0)
            return connection.respond(403, "no\n")

        response, records = await self.status_of(process_request)
        self.assertEqual((response.status_code, response.body), (403, b"no\n"))
        self.assertIn("HTTP response sent (403 Forbidden)", texts(records))

    async def test_a_response_has_its_own_headers_and_body(self):
        def process_request(connection, request):
            response = connection.respond(200, "OK\n")
            response.headers["X-Health"] = "good"
            return response

        async with serve(
            idle, "127.0.0.1", 0, process_request=process_request, **PLAIN
        ) as server:
            answer = await answer_to(server, b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        head, _, body = answer.partition("\r\n\r\n")
        self.assertEqual(body, "OK\n")
        self.assertEqual(head.splitlines()[0], "HTTP/1.1 200 OK")
        names = [line.partition(":")[0] for line in head.splitlines()[1:]]
        self.assertEqual(
            names,
            ["Date", "Connection", "Content-Length", "Content-Type", "X-Health", "Server"],
        )

    async def test_a_change_of_the_request_counts(self):
        def process_request(connection, request):
            del request.headers["Sec-WebSocket-Key"]

        response, records = await self.status_of(process_request)
        self.assertEqual(response.status_code, 400)
        self.assertIn(b"missing Sec-WebSocket-Key header", response.body)
        self.assertIn("connection rejected (400 Bad Request)", texts(records))

    async def test_an_exception_is_logged_and_answered_with_500(self):
        def fail(connection, request):
            raise KeyError("mine")

        async def fail_later(connection, request):
            await asyncio.sleep(0)
            raise KeyError("mine")

        for process_request in fail, fail_later:
            with self.subTest(process_request.__name__):
                response, records = await self.status_of(process_request)
                self.assertEqual(response.status_code, 500)
                self.assertIn(b"See server log for more information.", response.body)
                [record] = [it for it in records if it.levelno == logging.ERROR]
                self.assertEqual(record.getMessage(), "process_request failed")
                self.assertIsInstance(record.exc_info[1], KeyError)
                self.assertEqual(record.websocket.request.path, "/path?x=1")

    async def test_what_is_no_response_is_answered_with_500(self):
        response, records = await self.status_of(lambda connection, request: "hello")
        self.assertEqual(response.status_code, 500)
        [record] = [it for it in records if it.levelno == logging.ERROR]
        self.assertIn("process_request must return a Response", str(record.exc_info[1]))

    async def test_line_breaks_in_a_header_cannot_smuggle_others(self):
        def process_request(connection, request):
            response = connection.respond(200, "")
            response.headers["X-Tag"] = "a\r\nSet-Cookie: b"
            return response

        response, _ = await self.status_of(process_request)
        self.assertEqual(response.status_code, 500)
        self.assertNotIn("Set-Cookie", response.headers)

    async def test_respond_knows_the_statuses_of_http_alone(self):
        def process_request(connection, request):
            with self.assertRaises(ValueError):
                connection.respond(999, "?")
            return connection.respond(418, "short and stout\n")

        response, _ = await self.status_of(process_request)
        self.assertEqual(response.status_code, 418)

    async def test_a_client_that_leaves_meanwhile_harms_nobody(self):
        arrived = asyncio.Event()
        leave = asyncio.Event()

        async def process_request(connection, request):
            if request.path == "/":
                arrived.set()
                await leave.wait()

        async with serve(
            echo, "127.0.0.1", 0, process_request=process_request, **PLAIN
        ) as server:
            port = server.sockets[0].getsockname()[1]
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request())
            await arrived.wait()
            writer.close()
            await writer.wait_closed()
            leave.set()
            await works(self, server)


class ProcessResponse(unittest.IsolatedAsyncioTestCase):
    async def response_to(self, process_response, **options):
        async with serve(
            idle, "127.0.0.1", 0, process_response=process_response, **options, **PLAIN
        ) as server:
            try:
                async with websockets.connect(url_of(server)) as websocket:
                    return websocket.response
            except websockets.exceptions.InvalidStatus as error:
                return error.response

    async def test_it_may_change_the_response(self):
        def process_response(connection, request, response):
            self.assertIs(connection.response, response)
            response.headers["X-Tag"] = "mine"

        response = await self.response_to(process_response)
        self.assertEqual((response.status_code, response.headers["X-Tag"]), (101, "mine"))

    async def test_it_may_replace_the_response(self):
        async def process_response(connection, request, response):
            await asyncio.sleep(0)
            return connection.respond(503, "later\n")

        response = await self.response_to(process_response)
        self.assertEqual((response.status_code, response.body), (503, b"later\n"))

    async def test_it_sees_refusals_too(self):
        seen = []

        def process_response(connection, request, response):
            seen.append(response.status_code)

        await self.response_to(process_response, origins=["https://example.com"])
        self.assertEqual(seen, [403])

    async def test_an_exception_is_logged_and_answered_with_500(self):
        def process_response(connection, request, response):
            raise KeyError("mine")

        with logged(logging.ERROR) as records:
            response = await self.response_to(process_response)
        self.assertEqual(response.status_code, 500)
        self.assertEqual(texts(records), ["process_response failed"])

    async def test_the_server_header_may_be_another_or_none(self):
        for header, expected in [("mine", "mine"), (None, None)]:
            async with serve(idle, "127.0.0.1", 0, server_header=header, **PLAIN) as server:
                async with websockets.connect(url_of(server)) as websocket:
                    self.assertEqual(websocket.response.headers.get("Server"), expected)
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server)) as websocket:
                self.assertRegex(websocket.response.headers["Server"], "^Tauraro websockets/")


class Origins(unittest.IsolatedAsyncioTestCase):
    async def connects(self, origins, origin):
        async with serve(idle, "127.0.0.1", 0, origins=origins, **PLAIN) as server:
            try:
                async with websockets.connect(url_of(server), origin=origin):
                    return True
            except websockets.exceptions.InvalidStatus as error:
                self.assertEqual(error.response.status_code, 403)
                self.assertIn(b"Origin header", error.response.body)
                return False

    async def test_without_a_list_any_origin_may_connect(self):
        self.assertTrue(await self.connects(None, "https://example.com"))
        self.assertTrue(await self.connects(None, None))

    async def test_a_str_is_matched_as_a_whole(self):
        origins = ["https://example.com"]
        self.assertTrue(await self.connects(origins, "https://example.com"))
        self.assertFalse(await self.connects(origins, "https://example.com.evil.org"))
        self.assertFalse(await self.connects(origins, None))

    async def test_a_pattern_is_matched_as_a_whole(self):
        origins = [re.compile(r"https://\w+\.example\.com")]
        self.assertTrue(await self.connects(origins, "https://a.example.com"))
        self.assertFalse(await self.connects(origins, "https://a.example.com.evil.org"))
        self.assertFalse(await self.connects(origins, None))

    async def test_none_lets_in_what_is_no_browser(self):
        self.assertTrue(await self.connects([None], None))
        self.assertFalse(await self.connects([None], "https://example.com"))

    async def test_an_empty_list_lets_nobody_in(self):
        self.assertFalse(await self.connects([], None))

    async def test_several_origins_in_a_request_are_refused(self):
        async with serve(idle, "127.0.0.1", 0, origins=["a"], **PLAIN) as server:
            twice = request().replace(b"\r\n\r\n", b"\r\nOrigin: a\r\nOrigin: b\r\n\r\n")
            answer = await answer_to(server, twice)
        self.assertTrue(answer.startswith("HTTP/1.1 400 "), answer)


class Subprotocols(unittest.IsolatedAsyncioTestCase):
    async def selected(self, offered, **options):
        chosen = asyncio.get_running_loop().create_future()

        async def handler(websocket):
            chosen.set_result(websocket.subprotocol)

        async with serve(handler, "127.0.0.1", 0, **options, **PLAIN) as server:
            async with websockets.connect(url_of(server), subprotocols=offered) as websocket:
                self.assertEqual(websocket.subprotocol, await chosen)
                return websocket.subprotocol

    async def refused(self, offered, status, **options):
        with self.assertRaises(websockets.exceptions.InvalidStatus) as caught:
            await self.selected(offered, **options)
        self.assertEqual(caught.exception.response.status_code, status)
        return caught.exception.response.body.decode()

    async def test_the_server_s_preference_counts(self):
        chosen = await self.selected(["a", "b"], subprotocols=["c", "b", "a"])
        self.assertEqual(chosen, "b")

    async def test_a_server_without_subprotocols_takes_none(self):
        self.assertIsNone(await self.selected(["a"]))

    async def test_a_client_without_one_is_refused(self):
        text = await self.refused(None, 400, subprotocols=["a"])
        self.assertIn("missing subprotocol", text)

    async def test_none_in_common_is_refused(self):
        text = await self.refused(["a"], 400, subprotocols=["b", "c"])
        self.assertIn("invalid subprotocol; expected one of b, c", text)

    async def test_a_callback_may_choose(self):
        def select(connection, offered):
            self.assertIsInstance(connection, websockets.asyncio.server.ServerConnection)
            self.assertEqual(offered, ["a", "b"])
            return offered[-1]

        self.assertEqual(await self.selected(["a", "b"], select_subprotocol=select), "b")

    async def test_a_callback_may_do_without(self):
        def select(connection, offered):
            return None

        chosen = await self.selected(["a"], subprotocols=["b"], select_subprotocol=select)
        self.assertIsNone(chosen)

    async def test_a_callback_may_refuse(self):
        def select(connection, offered):
            raise websockets.exceptions.NegotiationError("none of these")

        text = await self.refused(["a"], 400, select_subprotocol=select)
        self.assertIn("none of these", text)

    async def test_a_callback_that_fails_is_logged(self):
        def select(connection, offered):
            raise KeyError("mine")

        with logged(logging.ERROR) as records:
            await self.refused(["a"], 500, select_subprotocol=select)
        self.assertEqual(texts(records), ["opening handshake failed"])

    async def test_a_str_is_no_list(self):
        with self.assertRaisesRegex(TypeError, "subprotocols must be a list, not a str"):
            serve(idle, "127.0.0.1", 0, subprotocols="chat")


if __name__ == "__main__":
    unittest.main()
