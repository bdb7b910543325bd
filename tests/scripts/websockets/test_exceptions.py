"""Every exception: how it is raised, what it says, and that it survives pickling."""

import pickle
import unittest

import websockets
from websockets import exceptions
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import *
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import Close, Frame, Opcode
from websockets.headers import parse_extension
from websockets.http11 import Request, Response
from websockets.protocol import CLIENT, CLOSED, SERVER, Protocol
from websockets.proxy import parse_proxy
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def request(method="GET", protocol="HTTP/1.1", **changed):
    fields = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }
    fields.update({name.replace("_", "-"): value for name, value in changed.items()})
    fields = {name: value for name, value in fields.items() if value is not None}
    return Request("/", Headers(fields), method, protocol)


def refused(server=None, **changed):
    """Why a server refuses a request."""
    server = ServerProtocol() if server is None else server
    response = server.accept(request(**changed))
    assert response.status_code != 101
    return server.handshake_exc


def client(**options):
    return ClientProtocol(parse_uri("ws://localhost/"), **options)


class Raised(unittest.TestCase):
    def check(self, exception, kind, text):
        self.assertIs(type(exception), kind)
        self.assertEqual(str(exception), text)
        self.assertTrue(kind.__doc__)
        copy = pickle.loads(pickle.dumps(exception))
        self.assertIs(type(copy), kind)
        self.assertEqual(str(copy), text)
        self.assertEqual(vars(copy).keys(), vars(exception).keys())

    def test_WebSocketException(self):
        self.check(WebSocketException("anything"), WebSocketException, "anything")

    def test_ConnectionClosed(self):
        for rcvd, sent, order, text in [
            (None, None, None, "no close frame received or sent"),
            (Close(1002, ""), None, None, "received 1002 (protocol error); no close frame sent"),
            (None, Close(1009, ""), None, "sent 1009 (message too big); no close frame received"),
            (Close(1000, ""), Close(1000, ""), True, "received 1000 (OK); then sent 1000 (OK)"),
            (
                Close(4000, "bye"),
                Close(3000, ""),
                False,
                "sent 3000 (registered); then received 4000 (private use) bye",
            ),
        ]:
            self.check(ConnectionClosed(rcvd, sent, order), ConnectionClosed, text)

    def test_ConnectionClosedOK(self):
        server = Protocol(SERVER)
        server.receive_data(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        server.receive_eof()
        text = "received 1000 (OK); then sent 1000 (OK)"
        self.check(server.close_exc, ConnectionClosedOK, text)

    def test_ConnectionClosedError(self):
        connection = Protocol(CLIENT)
        connection.receive_eof()
        exception = connection.close_exc
        self.check(exception, ConnectionClosedError, "no close frame received or sent")
        self.assertIsInstance(exception.__cause__, EOFError)

    def test_code_and_reason_of_ConnectionClosed_warn(self):
        exception = ConnectionClosed(Close(1001, "gone"), None)
        for attribute, value in (("code", 1001), ("reason", "gone")):
            with self.assertWarnsRegex(DeprecationWarning, f"ConnectionClosed.{attribute} is"):
                self.assertEqual(getattr(exception, attribute), value)

    def test_InvalidURI(self):
        with self.assertRaises(InvalidURI) as caught:
            parse_uri("http://localhost/")
        text = "http://localhost/ isn't a valid URI: scheme isn't ws or wss"
        self.check(caught.exception, InvalidURI, text)
        self.assertEqual(caught.exception.msg, "scheme isn't ws or wss")

    def test_InvalidProxy(self):
        with self.assertRaises(InvalidProxy) as caught:
            parse_proxy("ftp://localhost/")
        text = "ftp://localhost/ isn't a valid proxy: scheme ftp isn't supported"
        self.check(caught.exception, InvalidProxy, text)

    def test_InvalidHandshake(self):
        self.check(InvalidHandshake("bad"), InvalidHandshake, "bad")

    def test_SecurityError(self):
        connection = client()
        head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 1048577\r\n\r\n"
        connection.receive_data(head)
        cause = connection.handshake_exc.__cause__
        self.check(cause, SecurityError, "body too large: 1048577 bytes")

    def test_RequestLineTooLong(self):
        connection = ServerProtocol()
        connection.receive_data(b"GET /" + b"a" * 8193)
        text = "read 8198 bytes, expected no more than 8192 bytes"
        self.check(connection.handshake_exc, RequestLineTooLong, text)
        self.assertIn(b"HTTP/1.1 414 ", connection.data_to_send()[0])

    def test_StatusLineTooLong(self):
        connection = client()
        connection.receive_data(b"HTTP/1.1 101 " + b"a" * 8193)
        text = "read 8206 bytes, expected no more than 8192 bytes"
        self.check(connection.handshake_exc, StatusLineTooLong, text)

    def test_HeaderLineTooLong(self):
        connection = ServerProtocol()
        connection.receive_data(b"GET / HTTP/1.1\r\nA: " + b"a" * 8190)
        text = "read 8193 bytes, expected no more than 8192 bytes"
        self.check(connection.handshake_exc, HeaderLineTooLong, text)
        self.assertIn(b"HTTP/1.1 431 ", connection.data_to_send()[0])

    def test_TooManyHeaders(self):
        connection = ServerProtocol()
        connection.receive_data(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 129 + b"\r\n")
        text = "expected no more than 128 headers"
        self.check(connection.handshake_exc, TooManyHeaders, text)

    def test_ProxyError(self):
        self.check(ProxyError("no proxy"), ProxyError, "no proxy")

    def test_InvalidProxyMessage(self):
        self.check(InvalidProxyMessage("no HTTP"), InvalidProxyMessage, "no HTTP")

    def test_InvalidProxyStatus(self):
        exception = InvalidProxyStatus(Response(407, "Who?", Headers()))
        self.check(exception, InvalidProxyStatus, "proxy rejected connection: HTTP 407")

    def test_InvalidMessage(self):
        connection = ServerProtocol()
        connection.receive_data(b"hello\r\n")
        text = "did not receive a valid HTTP request"
        self.check(connection.handshake_exc, InvalidMessage, text)
        self.assertIsInstance(connection.handshake_exc.__cause__, ValueError)

    def test_InvalidMethod(self):
        self.check(refused(method="POST"), InvalidMethod, "unsupported HTTP method: POST")

    def test_InvalidProtocol(self):
        text = "unsupported HTTP version: HTTP/1.0"
        self.check(refused(protocol="HTTP/1.0"), InvalidProtocol, text)

    def test_InvalidStatus(self):
        connection = client()
        connection.receive_data(b"HTTP/1.1 503 Not Now\r\nContent-Length: 0\r\n\r\n")
        text = "server rejected WebSocket connection: HTTP 503"
        self.check(connection.handshake_exc, InvalidStatus, text)
        self.assertEqual(connection.handshake_exc.response.reason_phrase, "Not Now")

    def test_InvalidHeader(self):
        text = "missing Sec-WebSocket-Key header"
        self.check(refused(Sec_WebSocket_Key=None), InvalidHeader, text)

    def test_InvalidHeader_with_an_empty_value(self):
        self.check(InvalidHeader("A", ""), InvalidHeader, "empty A header")

    def test_InvalidHeaderFormat(self):
        with self.assertRaises(InvalidHeaderFormat) as caught:
            parse_extension("a; b c")
        text = "invalid Sec-WebSocket-Extensions header: expected comma at 5 in a; b c"
        self.check(caught.exception, InvalidHeaderFormat, text)
        self.assertEqual(caught.exception.name, "Sec-WebSocket-Extensions")

    def test_InvalidHeaderValue(self):
        text = "invalid Sec-WebSocket-Version header: 8"
        self.check(refused(Sec_WebSocket_Version="8"), InvalidHeaderValue, text)

    def test_InvalidOrigin(self):
        server = ServerProtocol(origins=["https://here"])
        exception = refused(server, Origin="https://there")
        self.check(exception, InvalidOrigin, "invalid Origin header: https://there")

    def test_InvalidUpgrade(self):
        text = "invalid Upgrade header: h2c"
        self.check(refused(Upgrade="h2c"), InvalidUpgrade, text)
        text = "missing Connection header"
        self.check(refused(Connection=None), InvalidUpgrade, text)

    def test_NegotiationError(self):
        exception = refused(ServerProtocol(subprotocols=["chat", "chess"]))
        self.check(exception, NegotiationError, "missing subprotocol")

    def test_DuplicateParameter(self):
        params = [("server_no_context_takeover", None)] * 2
        with self.assertRaises(DuplicateParameter) as caught:
            ServerPerMessageDeflateFactory().process_request_params(params, [])
        text = "duplicate parameter: server_no_context_takeover"
        self.check(caught.exception, DuplicateParameter, text)

    def test_InvalidParameterName(self):
        with self.assertRaises(InvalidParameterName) as caught:
            ClientPerMessageDeflateFactory().process_response_params([("speed", "9")], [])
        self.check(caught.exception, InvalidParameterName, "invalid parameter name: speed")

    def test_InvalidParameterValue(self):
        for value, text in [
            ("16", "invalid value for parameter server_max_window_bits: 16"),
            ("", "empty value for parameter server_max_window_bits"),
            (None, "missing value for parameter server_max_window_bits"),
        ]:
            with self.subTest(value), self.assertRaises(InvalidParameterValue) as caught:
                params = [("server_max_window_bits", value)]
                ClientPerMessageDeflateFactory().process_response_params(params, [])
            self.check(caught.exception, InvalidParameterValue, text)

    def test_ProtocolError(self):
        connection = Protocol(CLIENT)
        connection.receive_data(b"\x83\x00")
        self.check(connection.parser_exc, ProtocolError, "invalid opcode")

    def test_PayloadTooBig(self):
        connection = Protocol(CLIENT, max_size=4)
        connection.receive_data(b"\x81\x05")
        text = "frame with 5 bytes exceeds limit of 4 bytes"
        self.check(connection.parser_exc, PayloadTooBig, text)
        self.assertEqual((connection.parser_exc.size, connection.parser_exc.max_size), (5, 4))

    def test_PayloadTooBig_after_other_fragments(self):
        connection = Protocol(CLIENT, max_size=4)
        connection.receive_data(b"\x01\x03abc\x80\x02")
        text = "frame with 2 bytes after reading 3 bytes exceeds limit of 4 bytes"
        self.check(connection.parser_exc, PayloadTooBig, text)

    def test_PayloadTooBig_made_of_a_text_warns(self):
        with self.assertWarns(DeprecationWarning):
            self.assertEqual(str(PayloadTooBig("too big")), "too big")

    def test_TooManyFragments(self):
        text = "fragmented message exceeds limit of 7 frames"
        self.assertEqual(str(TooManyFragments(7)), text)

    def test_InvalidState(self):
        connection = Protocol(CLIENT, state=CLOSED)
        with self.assertRaises(InvalidState) as caught:
            connection.send_text(b"too late")
        self.check(caught.exception, InvalidState, "connection is closed")
        self.assertIsInstance(caught.exception, AssertionError)

    def test_ConcurrencyError(self):
        self.check(ConcurrencyError("two at once"), ConcurrencyError, "two at once")
        self.assertTrue(issubclass(ConcurrencyError, RuntimeError))


class Tree(unittest.TestCase):
    def test_each_has_a_test_named_for_it(self):
        for name in exceptions.__all__:
            self.assertTrue(hasattr(Raised, f"test_{name}"), name)

    def test_each_is_a_name_of_the_package(self):
        for name in exceptions.__all__:
            self.assertIs(getattr(websockets, name), getattr(exceptions, name))


if __name__ == "__main__":
    unittest.main()
