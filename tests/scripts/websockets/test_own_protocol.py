"""The protocol without I/O, where the package would raise out of it."""

import unittest

from websockets.exceptions import ProtocolError
from websockets.extensions.base import Extension
from websockets.frames import Close
from websockets.protocol import CLIENT, Protocol


class Extensions(unittest.TestCase):
    def test_a_reason_that_is_too_long_is_cut(self):
        class Wordy(Extension):
            name = "x-wordy"

            def decode(self, frame, *, max_size=None):
                raise ProtocolError("é" * 100)

        client = Protocol(CLIENT)
        client.extensions = [Wordy()]
        client.receive_data(b"\x81\x00")
        self.assertEqual(client.close_sent, Close(1002, "é" * 61))
        self.assertEqual(str(client.parser_exc), "é" * 100)


class Opcodes(unittest.TestCase):
    def test_a_reserved_one_is_refused_at_its_byte(self):
        client = Protocol(CLIENT)
        client.receive_data(b"\x83")
        self.assertIsInstance(client.parser_exc, ProtocolError)


if __name__ == "__main__":
    unittest.main()
