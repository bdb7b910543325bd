"""permessage-deflate: what is offered, what is agreed on, and what it does to frames."""

import unittest
import zlib

from websockets.exceptions import NegotiationError, PayloadTooBig, ProtocolError
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
    enable_client_permessage_deflate,
    enable_server_permessage_deflate,
)
from websockets.frames import BINARY, CONT, PING, TEXT, Frame

SNCT = ("server_no_context_takeover", None)
CNCT = ("client_no_context_takeover", None)


def smwb(bits):
    return ("server_max_window_bits", bits and str(bits))


def cmwb(bits):
    return ("client_max_window_bits", bits and str(bits))


class Offers(unittest.TestCase):
    def test_parameters(self):
        for arguments, params in [
            ((), [cmwb(None)]),
            ((False, False, None, None), []),
            ((True, True, 8, 9), [SNCT, CNCT, smwb(8), cmwb(9)]),
        ]:
            factory = ClientPerMessageDeflateFactory(*arguments)
            self.assertEqual(factory.get_request_params(), params)

    def test_arguments_that_make_no_sense(self):
        for factory, arguments in [
            (ClientPerMessageDeflateFactory, {"server_max_window_bits": 7}),
            (ClientPerMessageDeflateFactory, {"client_max_window_bits": 8}),
            (ClientPerMessageDeflateFactory, {"client_max_window_bits": 16}),
            (ClientPerMessageDeflateFactory, {"compress_settings": {"wbits": -15}}),
            (ServerPerMessageDeflateFactory, {"server_max_window_bits": 8}),
            (ServerPerMessageDeflateFactory, {"client_max_window_bits": 16}),
            (ServerPerMessageDeflateFactory, {"compress_settings": {"wbits": -15}}),
            (ServerPerMessageDeflateFactory, {"require_client_max_window_bits": True}),
        ]:
            with self.subTest(arguments), self.assertRaises(ValueError):
                factory(**arguments)

    def test_enabling(self):
        [client] = enable_client_permessage_deflate(None)
        self.assertEqual(client.get_request_params(), [cmwb(None)])
        self.assertEqual(enable_client_permessage_deflate([client]), [client])
        [server] = enable_server_permessage_deflate([])
        self.assertEqual((server.server_max_window_bits, server.client_max_window_bits), (12, 12))


class Clients(unittest.TestCase):
    def agreed(self, arguments, params, accepted=()):
        factory = ClientPerMessageDeflateFactory(*arguments)
        it = factory.process_response_params(params, list(accepted))
        return (
            it.remote_no_context_takeover,
            it.local_no_context_takeover,
            it.remote_max_window_bits,
            it.local_max_window_bits,
        )

    def test_what_is_agreed_on(self):
        for arguments, params, agreed in [
            ((), [], (False, False, 15, 15)),
            ((), [SNCT, CNCT], (True, True, 15, 15)),
            ((False, True), [], (False, True, 15, 15)),
            ((), [smwb(8), cmwb(9)], (False, False, 8, 9)),
            ((False, False, 12, 12), [smwb(10)], (False, False, 10, 12)),
        ]:
            with self.subTest(params):
                self.assertEqual(self.agreed(arguments, params), agreed)

    def test_what_is_refused(self):
        for arguments, params, text in [
            ((True,), [], "expected server_no_context_takeover"),
            ((False, False, 10), [], "expected server_max_window_bits"),
            ((False, False, 10), [smwb(11)], "unsupported server_max_window_bits"),
            ((False, False, None, None), [cmwb(10)], "unexpected client_max_window_bits"),
            ((False, False, None, 10), [cmwb(11)], "unsupported client_max_window_bits"),
            ((), [cmwb(8)], "unsupported client_max_window_bits = 8, use 9"),
            ((), [cmwb(None)], "missing value for parameter client_max_window_bits"),
            ((), [("server_no_context_takeover", "1")], "invalid value for parameter"),
        ]:
            with self.subTest(text), self.assertRaisesRegex(NegotiationError, text):
                self.agreed(arguments, params)

    def test_one_is_enough(self):
        with self.assertRaisesRegex(NegotiationError, "received duplicate permessage-deflate"):
            self.agreed((), [], [PerMessageDeflate(False, False, 15, 15)])


class Servers(unittest.TestCase):
    def agreed(self, arguments, params):
        factory = ServerPerMessageDeflateFactory(*arguments)
        return factory.process_request_params(params, [])[0]

    def test_what_is_agreed_on(self):
        for arguments, params, answer in [
            ((), [], []),
            ((), [SNCT, CNCT], [SNCT, CNCT]),
            ((True, True), [], [SNCT, CNCT]),
            ((), [cmwb(None)], []),
            ((), [smwb(10), cmwb(8)], [smwb(10), cmwb(8)]),
            ((False, False, 12, 12), [cmwb(None)], [smwb(12), cmwb(12)]),
            ((False, False, 12, 12), [smwb(10), cmwb(15)], [smwb(10), cmwb(12)]),
            ((False, False, 12, 12), [], [smwb(12)]),
        ]:
            with self.subTest(params):
                self.assertEqual(self.agreed(arguments, params), answer)

    def test_what_is_declined(self):
        for arguments, params, text in [
            ((), [smwb(8)], "unsupported server_max_window_bits = 8, use 9"),
            ((False, False, None, 12, None, True), [], "required client_max_window_bits"),
            ((), [smwb(None)], "missing value for parameter server_max_window_bits"),
        ]:
            with self.subTest(text), self.assertRaisesRegex(NegotiationError, text):
                self.agreed(arguments, params)

    def test_what_the_extension_gets(self):
        factory = ServerPerMessageDeflateFactory(True, False, 11, 10)
        _, it = factory.process_request_params([cmwb(None)], [])
        self.assertEqual(
            repr(it),
            "PerMessageDeflate(remote_no_context_takeover=False, local_no_context_takeover=True, "
            "remote_max_window_bits=10, local_max_window_bits=11)",
        )


class Frames(unittest.TestCase):
    def setUp(self):
        self.extension = PerMessageDeflate(False, False, 15, 15)

    def test_come_back(self):
        for frame in (Frame(TEXT, "café".encode()), Frame(BINARY, bytes(100_000)), Frame(TEXT, b"")):
            encoded = self.extension.encode(frame)
            self.assertTrue(encoded.rsv1)
            self.assertEqual(self.extension.decode(encoded), frame)

    def test_any_inflater_reads_them(self):
        encoded = self.extension.encode(Frame(TEXT, b"Hello"))
        inflater = zlib.decompressobj(wbits=-15)
        self.assertEqual(inflater.decompress(encoded.data + b"\x00\x00\xff\xff"), b"Hello")

    def test_fragments_come_back(self):
        frames = [Frame(TEXT, b"caf", False), Frame(CONT, b"\xc3", False), Frame(CONT, b"\xa9")]
        encoded = [self.extension.encode(frame) for frame in frames]
        self.assertEqual([it.rsv1 for it in encoded], [True, False, False])
        self.assertEqual([self.extension.decode(it) for it in encoded], frames)

    def test_what_is_not_compressed_is_left_alone(self):
        for frame in (Frame(PING, b"x"), Frame(TEXT, b"x", False), Frame(CONT, b"y")):
            self.assertEqual(self.extension.decode(frame), frame)
        self.assertEqual(self.extension.encode(Frame(PING, b"x")), Frame(PING, b"x"))

    def test_the_context(self):
        for forget in (False, True):
            extension = PerMessageDeflate(forget, forget, 15, 15)
            first, second = [extension.encode(Frame(TEXT, b"0123456789 abcdef")) for _ in range(2)]
            self.assertEqual(first.data == second.data, forget)
            for frame in (first, second):
                self.assertEqual(extension.decode(frame).data, b"0123456789 abcdef")

    def test_settings(self):
        fast = PerMessageDeflate(False, False, 15, 15, {"level": 0, "memLevel": 1})
        encoded = fast.encode(Frame(BINARY, bytes(1000)))
        self.assertGreater(len(encoded.data), 1000)

    def test_limits(self):
        encoded = self.extension.encode(Frame(BINARY, bytes(10_000_000)))
        with self.assertRaisesRegex(PayloadTooBig, "frame exceeds limit of 1000 bytes"):
            self.extension.decode(encoded, max_size=1000)

    def test_what_no_compressor_makes(self):
        with self.assertRaisesRegex(ProtocolError, "decompression failed"):
            self.extension.decode(Frame(TEXT, b"\xff\xff\xff", rsv1=True))


if __name__ == "__main__":
    unittest.main()
