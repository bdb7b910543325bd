"""The values of header fields that the opening handshake parses and builds."""

import unittest

from websockets import headers
from websockets.exceptions import InvalidHeaderFormat, InvalidHeaderValue


class Lists(unittest.TestCase):
    def test_connection(self):
        for value, options in [
            ("Upgrade", ["Upgrade"]),
            ("keep-alive,Upgrade", ["keep-alive", "Upgrade"]),
            (",, keep-alive ,\t, Upgrade ,", ["keep-alive", "Upgrade"]),
        ]:
            self.assertEqual(headers.parse_connection(value), options)

    def test_upgrade(self):
        self.assertEqual(headers.parse_upgrade("websocket, h2c/2"), ["websocket", "h2c/2"])

    def test_what_is_no_list(self):
        for parse in (headers.parse_connection, headers.parse_upgrade, headers.parse_subprotocol):
            for value in ("", ",", "a b", "a;", "é", '"a"'):
                with self.subTest(value), self.assertRaises(InvalidHeaderFormat):
                    parse(value)

    def test_an_error_tells_the_position(self):
        with self.assertRaises(InvalidHeaderFormat) as caught:
            headers.parse_subprotocol("chat, ?!@")
        text = "invalid Sec-WebSocket-Protocol header: expected token at 6 in chat, ?!@"
        self.assertEqual(str(caught.exception), text)

    def test_subprotocols_come_back(self):
        names = ["chat", "super.chat"]
        self.assertEqual(headers.parse_subprotocol(headers.build_subprotocol(names)), names)
        headers.validate_subprotocols(names)

    def test_subprotocols_that_cannot_be_offered(self):
        for names, error in (("chat", TypeError), (5, TypeError), (["a b"], ValueError)):
            with self.subTest(names), self.assertRaises(error):
                headers.validate_subprotocols(names)


class Extensions(unittest.TestCase):
    def test_come_back(self):
        extensions = [("x", []), ("y", [("a", None), ("b", "1")]), ("x", [("a", "b")])]
        value = headers.build_extension(extensions)
        self.assertEqual(value, "x, y; a; b=1, x; a=b")
        self.assertEqual(headers.parse_extension(value), extensions)

    def test_white_space_and_quotes(self):
        value = ' x ; a = "b" ;c, ,y;d=\t"\\e"'.strip()
        expected = [("x", [("a", "b"), ("c", None)]), ("y", [("d", "e")])]
        self.assertEqual(headers.parse_extension(value), expected)

    def test_what_is_no_extension(self):
        for value, text in [
            ("x;", "expected token at 2"),
            ("x; a=", "expected token at 5"),
            ('x; a="b', "expected quoted string at 5"),
            ('x; a="b c"', "invalid quoted header content at 5"),
            ("x y", "expected comma at 2"),
        ]:
            with self.subTest(value), self.assertRaisesRegex(InvalidHeaderFormat, text):
                headers.parse_extension(value)


class Host(unittest.TestCase):
    def test_the_port_is_told_unless_it_is_the_usual_one(self):
        for arguments, value in [
            (("localhost", 80, False), "localhost"),
            (("localhost", 443, False), "localhost:443"),
            (("localhost", 443, True), "localhost"),
            (("::1", 8080, False), "[::1]:8080"),
        ]:
            self.assertEqual(headers.build_host(*arguments), value)
        host = headers.build_host("localhost", 80, False, always_include_port=True)
        self.assertEqual(host, "localhost:80")


class Basic(unittest.TestCase):
    def test_credentials_come_back(self):
        for pair in (("me", "secret"), ("me", ""), ("mé", "a:b"), ("\udcff", "x")):
            value = headers.build_authorization_basic(*pair)
            self.assertEqual(headers.parse_authorization_basic(value), pair)

    def test_the_scheme_is_in_any_case(self):
        self.assertEqual(headers.parse_authorization_basic("bASIC bWU6eA=="), ("me", "x"))

    def test_what_is_no_authorization(self):
        for value, error, text in [
            ("Digest x", InvalidHeaderValue, "unsupported scheme: Digest"),
            ("Basic", InvalidHeaderFormat, "expected space after scheme at 5"),
            ("Basic ", InvalidHeaderFormat, "expected token68 at 6"),
            ("Basic bWU6eA== x", InvalidHeaderFormat, "trailing data at 14"),
            ("Basic x", InvalidHeaderValue, "expected base64-encoded credentials"),
            ("Basic bWU=", InvalidHeaderValue, "expected username:password credentials"),
        ]:
            with self.subTest(value), self.assertRaisesRegex(error, text):
                headers.parse_authorization_basic(value)

    def test_a_challenge(self):
        value = headers.build_www_authenticate_basic('the "inner" circle')
        self.assertEqual(value, 'Basic realm="the \\"inner\\" circle", charset="UTF-8"')
        with self.assertRaises(ValueError):
            headers.build_www_authenticate_basic("a\nb")


if __name__ == "__main__":
    unittest.main()
