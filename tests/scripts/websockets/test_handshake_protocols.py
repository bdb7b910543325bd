"""ClientProtocol and ServerProtocol: the opening handshake without I/O."""

import logging
import re
import unittest

from websockets.client import ClientProtocol, backoff, process_exception
from websockets.exceptions import (
    InvalidHandshake,
    InvalidHeader,
    InvalidHeaderValue,
    InvalidMessage,
    InvalidOrigin,
    InvalidStatus,
    InvalidUpgrade,
    NegotiationError,
)
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import TEXT, Frame
from websockets.http11 import Request, Response
from websockets.protocol import CLOSED, CONNECTING, OPEN, SEND_EOF
from websockets.server import ServerProtocol
from websockets.uri import parse_uri
from websockets.utils import accept_key


def client(uri="ws://localhost/", **options):
    return ClientProtocol(parse_uri(uri), **options)


def request_of(end):
    """The request of a client, as a server gets it; and the server."""
    end.send_request(end.connect())
    return b"".join(end.data_to_send())


def shake_hands(client, server):
    server.receive_data(request_of(client))
    [request] = server.events_received()
    server.send_response(server.accept(request))
    for data in server.data_to_send():
        client.receive_data(data) if data else client.receive_eof()
    [response] = client.events_received()
    return request, response


class Both(unittest.TestCase):
    def test_agree(self):
        ends = client("ws://localhost:8000/chat?x=1"), ServerProtocol()
        request, response = shake_hands(*ends)
        self.assertIsInstance(request, Request)
        self.assertEqual((request.path, request.headers["Host"]), ("/chat?x=1", "localhost:8000"))
        self.assertIsInstance(response, Response)
        self.assertEqual(response.status_code, 101)
        for end in ends:
            self.assertIs(end.state, OPEN)
            self.assertIsNone(end.handshake_exc)
            self.assertFalse(end.close_expected())

    def test_on_subprotocol_extension_and_origin(self):
        ends = (
            client(
                subprotocols=["one", "two"],
                origin="https://page",
                extensions=[ClientPerMessageDeflateFactory()],
            ),
            ServerProtocol(
                subprotocols=["three", "two"],
                origins=[None, re.compile("https://.*")],
                extensions=[ServerPerMessageDeflateFactory()],
            ),
        )
        shake_hands(*ends)
        for end in ends:
            self.assertEqual((end.subprotocol, end.origin), ("two", "https://page"))
            [extension] = end.extensions
            self.assertIsInstance(extension, PerMessageDeflate)
        ends[0].send_text(b"x" * 1000)
        [data] = ends[0].data_to_send()
        self.assertLess(len(data), 100)
        ends[1].receive_data(data)
        self.assertEqual(ends[1].events_received(), [Frame(TEXT, b"x" * 1000)])

    def test_frames_may_follow_at_once(self):
        ends = client(), ServerProtocol()
        ends[1].receive_data(request_of(ends[0]))
        ends[1].send_response(ends[1].accept(ends[1].events_received()[0]))
        ends[1].send_text(b"hello")
        ends[0].receive_data(b"".join(ends[1].data_to_send()))
        response, frame = ends[0].events_received()
        self.assertEqual((response.status_code, frame), (101, Frame(TEXT, b"hello")))

    def test_byte_by_byte(self):
        ends = client(), ServerProtocol()
        for byte in request_of(ends[0]):
            ends[1].receive_data(bytes([byte]))
        ends[1].send_response(ends[1].accept(ends[1].events_received()[0]))
        for byte in b"".join(ends[1].data_to_send()):
            ends[0].receive_data(bytes([byte]))
        self.assertIs(ends[0].state, OPEN)


class Server(unittest.TestCase):
    def answer(self, server=None, path="/", without=(), **changed):
        server = ServerProtocol() if server is None else server
        end = client()
        request = end.connect()
        for name in (*without, *changed):
            del request.headers[name.replace("_", "-")]
        for name, value in changed.items():
            request.headers[name.replace("_", "-")] = value
        return server, server.accept(request)

    def test_what_is_refused(self):
        for without, changed, status, error in [
            ([], {"Upgrade": "h2c"}, 426, InvalidUpgrade),
            (["Connection"], {}, 426, InvalidUpgrade),
            (["Sec-WebSocket-Key"], {}, 400, InvalidHeader),
            ([], {"Sec_WebSocket_Key": "short"}, 400, InvalidHeaderValue),
            ([], {"Sec_WebSocket_Key": "AAAA"}, 400, InvalidHeaderValue),
            ([], {"Sec_WebSocket_Version": "12"}, 400, InvalidHeaderValue),
            (["Sec-WebSocket-Version"], {}, 400, InvalidHeader),
        ]:
            with self.subTest(without=without, **changed):
                server, response = self.answer(without=without, **changed)
                self.assertEqual(response.status_code, status)
                self.assertIs(type(server.handshake_exc), error)
                self.assertIn(str(server.handshake_exc), response.body.decode())
                server.send_response(response)
                self.assertEqual(server.data_to_send()[-1], SEND_EOF)
                self.assertTrue(server.close_expected())
                self.assertIs(server.state, CONNECTING)
                server.receive_eof()
                self.assertIs(server.state, CLOSED)

    def test_a_request_that_wants_no_upgrade_is_told_so(self):
        _, response = self.answer(Upgrade="h2c")
        self.assertEqual(response.headers["Upgrade"], "websocket")
        self.assertIn("You need a WebSocket client.", response.body.decode())

    def test_a_foreign_origin(self):
        for origins, allowed in [(["https://a"], False), ([None], True), ([], False)]:
            server, response = self.answer(ServerProtocol(origins=origins))
            self.assertEqual(response.status_code, 101 if allowed else 403)
            self.assertEqual(isinstance(server.handshake_exc, InvalidOrigin), not allowed)

    def test_no_common_subprotocol(self):
        server = ServerProtocol(subprotocols=["a", "b"])
        request = client(subprotocols=["c"]).connect()
        response = server.accept(request)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(
            str(server.handshake_exc), "invalid subprotocol; expected one of a, b"
        )

    def test_a_script_chooses_the_subprotocol(self):
        def choose(protocol, offered):
            self.assertIs(protocol, server)
            return offered[-1]

        server = ServerProtocol(subprotocols=["a"], select_subprotocol=choose)
        response = server.accept(client(subprotocols=["x", "y"]).connect())
        self.assertEqual(response.headers["Sec-WebSocket-Protocol"], "y")
        self.assertEqual(server.subprotocol, "y")

    def test_a_script_s_choice_that_fails_is_not_told(self):
        def choose(protocol, offered):
            raise ZeroDivisionError("secret")

        server = ServerProtocol(select_subprotocol=choose)
        with self.assertLogs("websockets.server", "ERROR"):
            response = server.accept(client().connect())
        self.assertEqual(response.status_code, 500)
        self.assertNotIn(b"secret", response.body)
        self.assertIsInstance(server.handshake_exc, ZeroDivisionError)

    def test_a_subclass_overrides_the_choice(self):
        class Own(ServerProtocol):
            def select_subprotocol(self, subprotocols):
                return "own"

        self.assertEqual(Own().accept(client().connect()).headers["Sec-WebSocket-Protocol"], "own")

    def test_reject(self):
        response = ServerProtocol().reject(404, "nothing here\n")
        self.assertEqual((response.status_code, response.reason_phrase), (404, "Not Found"))
        self.assertEqual(response.body, b"nothing here\n")
        self.assertEqual(response.headers["Content-Length"], "13")

    def test_no_http(self):
        server = ServerProtocol()
        server.receive_data(b"\x16\x03\x01 hello\r\n")
        self.assertIsInstance(server.handshake_exc, InvalidMessage)
        self.assertEqual(server.data_to_send(), [SEND_EOF])

    def test_an_end_within_the_request(self):
        server = ServerProtocol()
        server.receive_data(b"GET / HTTP/1.1\r\n")
        server.receive_eof()
        self.assertIsInstance(server.handshake_exc, InvalidMessage)
        self.assertIsInstance(server.handshake_exc.__cause__, EOFError)
        self.assertIs(server.state, CLOSED)

    def test_connections_are_logged(self):
        server = ServerProtocol()
        with self.assertLogs("websockets.server", "INFO") as logs:
            shake_hands(client(), server)
            server.receive_eof()
        self.assertEqual([it.getMessage() for it in logs.records], ["connection open", "connection closed"])


class Client(unittest.TestCase):
    def receive(self, end, **changed):
        fields = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Accept": accept_key(end.key),
        }
        fields.update({name.replace("_", "-"): value for name, value in changed.items()})
        lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
        end.receive_data("\r\n".join(["HTTP/1.1 101 Switching Protocols", *lines, "", ""]).encode())
        return end.handshake_exc

    def test_the_request(self):
        end = client("wss://me:secret@[::1]:8443/path", origin="https://page", subprotocols=["a", "b"])
        headers = end.connect().headers
        for name, value in [
            ("Host", "[::1]:8443"),
            ("Authorization", "Basic bWU6c2VjcmV0"),
            ("Origin", "https://page"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", end.key),
            ("Sec-WebSocket-Protocol", "a, b"),
        ]:
            self.assertEqual(headers[name], value)
        self.assertNotIn("Sec-WebSocket-Extensions", headers)

    def test_what_is_refused(self):
        for changed, error in [
            ({"Upgrade": None}, InvalidUpgrade),
            ({"Connection": "close"}, InvalidUpgrade),
            ({"Sec_WebSocket_Accept": None}, InvalidHeader),
            ({"Sec_WebSocket_Accept": "x"}, InvalidHeaderValue),
            ({"Sec_WebSocket_Extensions": "x"}, NegotiationError),
            ({"Sec_WebSocket_Protocol": "x"}, NegotiationError),
        ]:
            with self.subTest(**changed):
                end = client()
                self.assertIs(type(self.receive(end, **changed)), error)
                self.assertIs(end.state, CONNECTING)
                self.assertEqual(end.data_to_send(), [SEND_EOF])
                self.assertTrue(end.close_expected())
                [response] = end.events_received()
                self.assertEqual(response.status_code, 101)

    def test_a_subprotocol_that_was_not_offered(self):
        end = client(subprotocols=["a", "b"])
        self.assertEqual(str(self.receive(end, Sec_WebSocket_Protocol="c")), "unsupported subprotocol: c")
        end = client(subprotocols=["a", "b"])
        self.assertIsInstance(self.receive(end, Sec_WebSocket_Protocol="a, b"), InvalidHeader)

    def test_extensions_that_were_not_offered(self):
        end = client(extensions=[ClientPerMessageDeflateFactory()])
        text = "Unsupported extension: name = x, params = [('y', None)]"
        self.assertEqual(str(self.receive(end, Sec_WebSocket_Extensions="x; y")), text)

    def test_another_status(self):
        end = client()
        end.receive_data(b"HTTP/1.1 403 Forbidden\r\n\r\nno")
        self.assertIsNone(end.handshake_exc)
        end.receive_eof()
        self.assertIsInstance(end.handshake_exc, InvalidStatus)
        self.assertEqual(end.handshake_exc.response.body, b"no")
        self.assertIs(end.state, CLOSED)

    def test_no_http(self):
        end = client()
        end.receive_data(b"220 smtp\r\n")
        self.assertIsInstance(end.handshake_exc, InvalidMessage)
        self.assertIsInstance(end.handshake_exc, InvalidHandshake)


class Again(unittest.TestCase):
    def test_what_is_worth_another_try(self):
        eof = InvalidMessage("")
        eof.__cause__ = EOFError()
        refused = [InvalidStatus(Response(status, "", {})) for status in (500, 502, 503, 504)]
        for exception in (OSError(), TimeoutError(), eof, *refused):
            self.assertIsNone(process_exception(exception))
        for exception in (InvalidMessage(""), InvalidStatus(Response(404, "", {})), ValueError()):
            self.assertIs(process_exception(exception), exception)

    def test_delays_grow_to_a_limit(self):
        delays = backoff(initial_delay=1, min_delay=2, max_delay=7, factor=2)
        first, *rest = [next(delays) for _ in range(6)]
        self.assertLess(first, 1)
        self.assertEqual(rest, [2, 4, 7, 7, 7])


class Logs(unittest.TestCase):
    def test_the_handshake_is_logged_when_the_logger_is_on(self):
        with self.assertLogs("test.handshake", "DEBUG") as logs:
            end = client(logger=logging.getLogger("test.handshake"))
            end.send_request(end.connect())
        messages = [record.getMessage() for record in logs.records]
        self.assertEqual(messages[:3], ["= connection is CONNECTING", "> GET / HTTP/1.1", "> Host: localhost"])


if __name__ == "__main__":
    unittest.main()
