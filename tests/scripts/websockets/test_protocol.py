"""One end of a connection without I/O: frames, fragments, control frames, closing, failing."""

import dataclasses
import logging
import unittest

from websockets.exceptions import InvalidState, ProtocolError
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import BINARY, CLOSE, CONT, PING, PONG, TEXT, Close, Frame
from websockets.protocol import (
    CLIENT,
    CLOSED,
    CLOSING,
    CONNECTING,
    OPEN,
    SEND_EOF,
    SERVER,
    Protocol,
    State,
)


def deliver(sender, receiver):
    """Hands on what one end sends to the other, and returns the events there."""
    for data in sender.data_to_send():
        if data == SEND_EOF:
            receiver.receive_eof()
        else:
            receiver.receive_data(data)
    return receiver.events_received()


class Ends(unittest.TestCase):
    def setUp(self):
        self.client, self.server = Protocol(CLIENT), Protocol(SERVER)
        self.both = [(self.client, self.server), (self.server, self.client)]


class Frames(Ends):
    def test_whole_messages_arrive(self):
        for sender, receiver in self.both:
            sender.send_text("κόσμε".encode())
            sender.send_binary(bytearray(b"\x00\xff"))
            sender.send_binary(memoryview(b"view"))
            events = deliver(sender, receiver)
            expected = [("κόσμε".encode(), TEXT), (b"\x00\xff", BINARY), (b"view", BINARY)]
            self.assertEqual([(it.data, it.opcode) for it in events], expected)

    def test_a_client_masks_and_a_server_does_not(self):
        self.server.send_text(b"Spam")
        self.assertEqual(self.server.data_to_send(), [b"\x81\x04Spam"])
        self.client.send_text(b"Spam")
        [data] = self.client.data_to_send()
        self.assertEqual((data[:2], len(data)), (b"\x81\x84", 10))

    def test_each_fragment_is_an_event(self):
        for sender, receiver in self.both:
            sender.send_text(b"a", fin=False)
            self.assertTrue(sender.expect_continuation_frame)
            sender.send_continuation(b"b", fin=False)
            sender.send_pong(b"between")
            sender.send_continuation(b"c", True)
            self.assertFalse(sender.expect_continuation_frame)
            self.assertEqual(
                deliver(sender, receiver),
                [
                    Frame(TEXT, b"a", False),
                    Frame(CONT, b"b", False),
                    Frame(PONG, b"between"),
                    Frame(CONT, b"c"),
                ],
            )

    def test_fragments_out_of_turn_are_refused(self):
        with self.assertRaisesRegex(ProtocolError, "unexpected continuation frame"):
            self.client.send_continuation(b"", True)
        self.client.send_text(b"", False)
        for send in (self.client.send_text, self.client.send_binary):
            with self.assertRaisesRegex(ProtocolError, "expected a continuation frame"):
                send(b"")

    def test_bytes_may_come_one_by_one(self):
        self.client.send_binary(bytes(300))
        self.client.send_text(b"end")
        data = b"".join(self.client.data_to_send())
        for at in range(len(data)):
            self.server.receive_data(data[at : at + 1])
        events = self.server.events_received()
        self.assertEqual(events, [Frame(BINARY, bytes(300)), Frame(TEXT, b"end")])

    def test_a_large_payload_arrives_whole(self):
        for sender, receiver in self.both:
            payload = bytes(range(256)) * 4000
            sender.send_binary(payload)
            self.assertEqual(deliver(sender, receiver), [Frame(BINARY, payload)])

    def test_only_bytes_are_sent(self):
        for value in ("str", 1, None):
            with self.subTest(value), self.assertRaises(TypeError):
                self.client.send_text(value)

    def test_text_is_left_to_whoever_decodes_it(self):
        self.server.send_text(b"\xff")
        self.assertEqual(deliver(self.server, self.client), [Frame(TEXT, b"\xff")])


class Control(Ends):
    def test_a_ping_is_answered_by_itself(self):
        for sender, receiver in self.both:
            sender.send_ping(b"are you there")
            self.assertEqual(deliver(sender, receiver), [Frame(PING, b"are you there")])
            self.assertEqual(deliver(receiver, sender), [Frame(PONG, b"are you there")])

    def test_a_pong_is_not_answered(self):
        self.client.send_pong(b"here")
        self.assertEqual(deliver(self.client, self.server), [Frame(PONG, b"here")])
        self.assertEqual(self.server.data_to_send(), [])

    def test_too_long_a_ping_is_refused(self):
        with self.assertRaisesRegex(ProtocolError, "control frame too long"):
            self.client.send_ping(bytes(126))


class Closing(Ends):
    def test_both_ways(self):
        for closing, other in ((Protocol(CLIENT), Protocol(SERVER)), (Protocol(SERVER), Protocol(CLIENT))):
            closing.send_close(1001, "bye")
            self.assertIs(closing.state, CLOSING)
            self.assertTrue(closing.close_expected())
            [event] = deliver(closing, other)
            self.assertEqual((event.opcode, event.data), (CLOSE, b"\x03\xe9bye"))
            self.assertEqual(other.close_rcvd, Close(1001, "bye"))
            self.assertTrue(other.close_rcvd_then_sent)
            deliver(other, closing)
            deliver(closing, other)
            deliver(other, closing)
            for end in (closing, other):
                self.assertIs(end.state, CLOSED)
                self.assertEqual((end.close_code, end.close_reason), (1001, "bye"))
                self.assertIsNone(end.parser_exc)
            self.assertFalse(closing.close_rcvd_then_sent)

    def test_a_server_ends_the_stream_first(self):
        self.client.send_close(1000)
        deliver(self.client, self.server)
        self.assertEqual(self.server.data_to_send(), [b"\x88\x02\x03\xe8", SEND_EOF])
        self.assertTrue(self.server.eof_sent)

    def test_without_a_code(self):
        self.server.send_close()
        self.assertEqual(self.server.data_to_send(), [b"\x88\x00"])
        self.assertEqual(self.server.close_sent, Close(1005, ""))

    def test_what_may_not_be_sent(self):
        with self.assertRaisesRegex(ProtocolError, "reason without a code"):
            self.client.send_close(reason="why")
        for code in (1004, 1005, 1006, 1015, 2999, 5000, 70000, -1):
            with self.subTest(code), self.assertRaisesRegex(ProtocolError, "invalid status code"):
                self.client.send_close(code)
        with self.assertRaises(ProtocolError):
            self.client.send_close(1000, "x" * 124)
        self.assertIs(self.client.state, OPEN)

    def test_no_data_after_it(self):
        self.client.send_close()
        for send in (self.client.send_text, self.client.send_binary):
            with self.assertRaisesRegex(InvalidState, "connection is closing"):
                send(b"")
        with self.assertRaises(InvalidState):
            self.client.send_close()
        self.client.send_ping(b"still")

    def test_nothing_is_known_before_the_end(self):
        self.assertIsNone(self.client.close_code)
        self.assertIsNone(self.client.close_reason)
        with self.assertRaises(AssertionError):
            self.client.close_exc


class Failing(Ends):
    def check(self, receiver, data, code, text):
        receiver.receive_data(data)
        receiver.events_received()
        self.assertEqual(str(receiver.parser_exc), text)
        self.assertEqual(receiver.close_sent, Close(code, text))
        self.assertIs(receiver.state, CLOSING)
        self.assertEqual(receiver.eof_sent, receiver.side is SERVER)
        # Whatever still comes is ignored.
        receiver.receive_data(b"\x81\x00" * 3)
        self.assertEqual(receiver.events_received(), [])

    def test_what_the_protocol_forbids(self):
        for data, text in [
            (b"\x83\x00", "invalid opcode"),
            (b"\xc1\x00", "reserved bits must be 0"),
            (b"\x81\x80\x00\x00\x00\x00", "incorrect masking"),
            (b"\x80\x00", "unexpected continuation frame"),
            (b"\x01\x00\x81\x00", "expected a continuation frame"),
            (b"\x09\x00", "fragmented control frame"),
            (b"\x89\x7e\x00\x7e" + bytes(126), "control frame too long"),
            (b"\x88\x01\x00", "close frame too short"),
            (b"\x88\x02\x03\xec", "invalid status code"),
        ]:
            with self.subTest(text):
                self.check(Protocol(CLIENT), data, 1002, text)
        self.check(self.server, b"\x81\x00", 1002, "incorrect masking")

    def test_limits(self):
        for limit, data, text in [
            (3, b"\x81\x04", "frame with 4 bytes exceeds limit of 3 bytes"),
            ((None, 3), b"\x81\x04", "frame with 4 bytes exceeds limit of 3 bytes"),
            ((3, None), b"\x01\x02ab\x80\x02", "frame with 2 bytes after reading 2 bytes exceeds limit of 3 bytes"),
        ]:
            with self.subTest(limit):
                self.check(Protocol(CLIENT, max_size=limit), data, 1009, text)
        unlimited = Protocol(CLIENT, max_size=None)
        unlimited.receive_data(b"\x82\x7f\x00\x00\x00\x00\x7f\xff\xff\xff")
        self.assertIsNone(unlimited.parser_exc)

    def test_by_the_caller(self):
        self.server.fail(1011, "out of order")
        self.assertEqual(self.server.data_to_send(), [b"\x88\x0e\x03\xf3out of order", SEND_EOF])
        with self.assertRaises(ProtocolError):
            self.client.fail(1004)

    def test_without_a_close_frame(self):
        self.server.fail(1006)
        self.assertEqual(self.server.data_to_send(), [SEND_EOF])

    def test_an_end_without_a_close_frame(self):
        for end in (self.client, self.server):
            end.receive_data(b"\x81")
            end.receive_eof()
            end.receive_eof()
            self.assertIs(end.state, CLOSED)
            self.assertIsInstance(end.parser_exc, EOFError)
            self.assertEqual((end.close_code, end.close_reason), (1006, ""))
            self.assertEqual(end.data_to_send(), [SEND_EOF])
            with self.assertRaises(EOFError):
                end.receive_data(b"more")


class Reversed(Extension):
    """Reverses payloads, and marks them with RSV2."""

    name = "x-reverse"

    def encode(self, frame):
        return dataclasses.replace(frame, data=bytes(frame.data)[::-1], rsv2=True)

    def decode(self, frame, *, max_size=None):
        if not frame.rsv2:
            raise ProtocolError("not reversed")
        return dataclasses.replace(frame, data=frame.data[::-1], rsv2=False)


class Extensions(Ends):
    def test_compression_is_the_engine_s(self):
        for sender, receiver in self.both:
            for end in (sender, receiver):
                end.extensions = [PerMessageDeflate(False, False, 12, 12)]
            text = b"again and " * 200
            sender.send_text(text[:1000], fin=False)
            sender.send_continuation(text[1000:], fin=True)
            self.assertLess(sum(map(len, sender.data_to_send())), 100)
            sender.send_text(text)
            [data] = sender.data_to_send()
            self.assertEqual(data[0], 0xC1)
            self.setUp()

    def test_compressed_messages_arrive(self):
        for sender, receiver in self.both:
            for end in (sender, receiver):
                end.extensions = [PerMessageDeflate(False, False, 12, 12)]
            for _ in range(3):
                sender.send_text(b"again and again", fin=False)
                sender.send_ping(b"")
                sender.send_continuation(b" and again", fin=True)
                events = [it for it in deliver(sender, receiver) if it.opcode is not PING]
                self.assertEqual(b"".join([it.data for it in events]), b"again and again and again")
            self.setUp()

    def test_a_script_s_own(self):
        for end in (self.client, self.server):
            end.extensions = [Reversed()]
        self.client.send_text(b"abc")
        [data] = self.client.data_to_send()
        self.assertEqual(data[0], 0xA1)
        self.server.receive_data(data)
        self.assertEqual(self.server.events_received(), [Frame(TEXT, b"abc")])

    def test_several(self):
        for end in (self.client, self.server):
            end.extensions = [PerMessageDeflate(False, False, 15, 15), Reversed()]
        for _ in range(2):
            self.client.send_binary(b"abc" * 100, fin=False)
            self.client.send_continuation(b"def", fin=True)
            events = deliver(self.client, self.server)
            self.assertEqual([it.data for it in events], [b"abc" * 100, b"def"])

    def test_one_that_refuses_a_frame_fails_the_connection(self):
        self.client.extensions = [Reversed()]
        self.client.receive_data(b"\x81\x00")
        self.assertEqual(self.client.close_sent, Close(1002, "not reversed"))
        self.assertIsInstance(self.client.parser_exc, ProtocolError)

    def test_one_that_breaks_fails_the_connection_without_telling_why(self):
        class Broken(Reversed):
            def decode(self, frame, *, max_size=None):
                raise ZeroDivisionError("secret")

        self.client.extensions = [Broken()]
        with self.assertLogs("websockets.client", "ERROR"):
            self.client.receive_data(b"\x81\x00")
        self.assertEqual(self.client.close_sent, Close(1011, ""))
        self.assertIsInstance(self.client.parser_exc, ZeroDivisionError)


class Attributes(unittest.TestCase):
    def test_of_a_new_end(self):
        end = Protocol(CLIENT, max_size=(10, 5))
        self.assertIs(end.side, CLIENT)
        self.assertIs(end.state, State.OPEN)
        self.assertEqual((end.max_message_size, end.max_fragment_size), (10, 5))
        self.assertEqual(end.extensions, [])
        for name in ("close_rcvd", "close_sent", "close_rcvd_then_sent", "handshake_exc", "origin"):
            self.assertIsNone(getattr(end, name))
        self.assertEqual(end.id, end.id)
        self.assertNotEqual(end.id, Protocol(CLIENT).id)
        self.assertIs(end.logger, logging.getLogger("websockets.client"))
        self.assertIs(Protocol(SERVER).logger, logging.getLogger("websockets.server"))

    def test_the_state_can_be_given(self):
        for state in State:
            self.assertIs(Protocol(SERVER, state=state).state, state)
        self.assertFalse(Protocol(CLIENT, state=CONNECTING).close_expected())

    def test_subclasses_and_patches(self):
        class Own(Protocol):
            def __init__(self, *args, **named):
                super().__init__(*args, **named)
                self.count = 0

            def receive_data(self, data):
                self.count += 1
                super().receive_data(data)

        own = Own(CLIENT)
        own.receive_data(b"\x81\x00")
        self.assertEqual((own.count, own.events_received()), (1, [Frame(TEXT, b"")]))

    def test_frames_are_logged_when_the_logger_is_on(self):
        with self.assertLogs("test.websockets", "DEBUG") as logs:
            end = Protocol(SERVER, logger=logging.getLogger("test.websockets"))
            end.receive_data(Frame(PING, b"hi").serialize(mask=True))
            end.send_text(b"hello")
            end.send_close(1000)
        messages = [record.getMessage() for record in logs.records]
        self.assertEqual(
            messages,
            [
                "= connection is OPEN",
                "< PING 'hi' [text, 2 bytes]",
                "> PONG 'hi' [text, 2 bytes]",
                "> TEXT 'hello' [5 bytes]",
                "> CLOSE 1000 (OK) [2 bytes]",
                "= connection is CLOSING",
            ],
        )


class Names(unittest.TestCase):
    def test_what_events_are_has_a_name(self):
        from websockets.protocol import Event

        self.assertIsInstance(Frame(TEXT, b""), Event)


if __name__ == "__main__":
    unittest.main()
