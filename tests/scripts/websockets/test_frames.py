"""Frames and close codes as objects, as bytes and in a log."""

import copy
import dataclasses
import pickle
import unittest

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.extensions.base import Extension
from websockets.frames import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    Close,
    CloseCode,
    Frame,
    Opcode,
)
from websockets.streams import StreamReader
from websockets.utils import apply_mask


def parse(data, **options):
    reader = StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    try:
        next(Frame.parse(reader.read_exact, **options))
    except StopIteration as stop:
        return stop.value


class Serialized(unittest.TestCase):
    def test_comes_back(self):
        for length in (0, 1, 125, 126, 65535, 65536):
            for mask in (False, True):
                for fin in (False, True):
                    frame = Frame(BINARY, bytes(length), fin)
                    data = frame.serialize(mask=mask)
                    self.assertEqual(parse(data, mask=mask), frame)

    def test_as_rfc_6455_shows_it(self):
        self.assertEqual(Frame(TEXT, b"Hello").serialize(mask=False), b"\x81\x05Hello")
        data = b"\x81\x857\xfa!=\x7f\x9fMQX"
        self.assertEqual(parse(data, mask=True), Frame(TEXT, b"Hello"))

    def test_what_may_not_be_sent(self):
        for frame, text in [
            (Frame(TEXT, b"", rsv1=True), "reserved bits must be 0"),
            (Frame(PING, bytes(126)), "control frame too long"),
            (Frame(PONG, b"", fin=False), "fragmented control frame"),
        ]:
            with self.subTest(text):
                with self.assertRaisesRegex(ProtocolError, text):
                    frame.check()
                with self.assertRaisesRegex(ProtocolError, text):
                    frame.serialize(mask=False)

    def test_what_may_not_come(self):
        for data, options, error, text in [
            (b"\x83\x00", {"mask": False}, ProtocolError, "invalid opcode"),
            (b"\x81\x00", {"mask": True}, ProtocolError, "incorrect masking"),
            (b"\xa1\x00", {"mask": False}, ProtocolError, "reserved bits must be 0"),
            (b"\x81\x05", {"mask": False, "max_size": 4}, PayloadTooBig, "with 5 bytes exceeds"),
            (b"\x81\x05abc", {"mask": False}, EOFError, "expected 5 bytes"),
        ]:
            with self.subTest(text), self.assertRaisesRegex(error, text):
                parse(data, **options)

    def test_extensions_change_it(self):
        class Marked(Extension):
            def encode(self, frame):
                return dataclasses.replace(frame, rsv3=True)

            def decode(self, frame, *, max_size=None):
                return dataclasses.replace(frame, rsv3=False)

        data = Frame(TEXT, b"x").serialize(mask=False, extensions=[Marked()])
        self.assertEqual(data, b"\x91\x01x")
        self.assertEqual(parse(data, mask=False, extensions=[Marked()]), Frame(TEXT, b"x"))


class Objects(unittest.TestCase):
    def test_fields(self):
        frame = Frame(TEXT, b"x")
        self.assertEqual((frame.opcode, frame.data, frame.fin), (TEXT, b"x", True))
        self.assertEqual((frame.rsv1, frame.rsv2, frame.rsv3), (False, False, False))
        frame.fin = False
        frame.rsv2 = True
        self.assertEqual(frame, Frame(TEXT, b"x", False, rsv2=True))
        self.assertNotEqual(frame, Frame(TEXT, b"x"))
        self.assertEqual([it.name for it in dataclasses.fields(Frame)][:3], ["opcode", "data", "fin"])

    def test_copies(self):
        frame = Frame(BINARY, b"\x00", False)
        for other in (copy.copy(frame), pickle.loads(pickle.dumps(frame))):
            self.assertEqual(other, frame)

    def test_subclasses(self):
        class Own(Frame):
            def __init__(self, text):
                super().__init__(TEXT, text.encode())

        self.assertEqual(Own("x").serialize(mask=False), b"\x81\x01x")


class Logged(unittest.TestCase):
    def test_text(self):
        for frame, text in [
            (Frame(TEXT, b"Spam"), "TEXT 'Spam' [4 bytes]"),
            (Frame(TEXT, "café".encode(), False), "TEXT 'café' [5 bytes, continued]"),
            (Frame(TEXT, b"\xff"), "TEXT ff [binary, 1 byte]"),
            (Frame(BINARY, b"Eggs"), "BINARY 'Eggs' [text, 4 bytes]"),
            (Frame(BINARY, b"\x00\x01"), "BINARY 00 01 [2 bytes]"),
            (Frame(CONT, b"\xa9", False), "CONT '\ufffd' [text, 1 byte, continued]"),
            (Frame(CONT, b""), "CONT '' [0 bytes]"),
            (Frame(PING, b"ping"), "PING 'ping' [text, 4 bytes]"),
            (Frame(PONG, b"\xe9\x00"), "PONG e9 00 [binary, 2 bytes]"),
            (Frame(CLOSE, b"\x03\xe8"), "CLOSE 1000 (OK) [2 bytes]"),
            (Frame(CLOSE, b"\x03"), "CLOSE 03 [binary, 1 byte]"),
        ]:
            with self.subTest(text):
                self.assertEqual(str(frame), text)

    def test_the_middle_is_left_out(self):
        text = str(Frame(TEXT, b"a" * 1000))
        self.assertEqual(text, f"TEXT '{'a' * 47}...{'a' * 23}' [1000 bytes]")
        text = str(Frame(BINARY, bytes(1000)))
        self.assertEqual(text, f"BINARY {'00 ' * 16}...{' 00' * 8} [1000 bytes]")


class Closes(unittest.TestCase):
    def test_come_back(self):
        close = Close(CloseCode.GOING_AWAY, "café")
        self.assertEqual(Close.parse(close.serialize()), close)
        self.assertEqual(Close.parse(b""), Close(1005, ""))

    def test_as_text(self):
        for close, text in [
            (Close(1000, ""), "1000 (OK)"),
            (Close(1006, ""), "1006 (abnormal closure [internal])"),
            (Close(3000, "x"), "3000 (registered) x"),
            (Close(4000, ""), "4000 (private use)"),
            (Close(999, ""), "999 (unknown)"),
        ]:
            self.assertEqual(str(close), text)

    def test_what_may_not_be_sent(self):
        for code in (0, 1005, 1006, 1015, 2999, 5000):
            with self.assertRaisesRegex(ProtocolError, "invalid status code"):
                Close(code, "").serialize()
        with self.assertRaisesRegex(ProtocolError, "close frame too short"):
            Close.parse(b"\x03")
        with self.assertRaises(UnicodeDecodeError):
            Close.parse(b"\x03\xe8\xff")

    def test_opcodes(self):
        self.assertEqual([int(it) for it in Opcode], [0, 1, 2, 8, 9, 10])


class Masks(unittest.TestCase):
    def test_twice_is_nothing(self):
        for data in (b"", b"abc", bytearray(range(100)), memoryview(b"abcdefgh")[::-1]):
            masked = apply_mask(data, b"\x01\x02\x03\x04")
            self.assertEqual(apply_mask(masked, bytearray(b"\x01\x02\x03\x04")), bytes(data))

    def test_bad_keys(self):
        with self.assertRaisesRegex(ValueError, "mask must contain 4 bytes"):
            apply_mask(b"", b"123")
        with self.assertRaises(TypeError):
            apply_mask("str", b"1234")


if __name__ == "__main__":
    unittest.main()
