"""Frames, their opcodes, and the codes of close frames (RFC 6455 sections 5 and 7.4)."""

import enum
import os

from _websockets import Frame as _Frame, serialize_frame

from ._record import record
from .exceptions import PayloadTooBig, ProtocolError

__all__ = ["Opcode", "CloseCode", "Frame", "Close"]


class Opcode(enum.IntEnum):
    """What a frame is."""

    CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


CONT = Opcode.CONT
TEXT = Opcode.TEXT
BINARY = Opcode.BINARY
CLOSE = Opcode.CLOSE
PING = Opcode.PING
PONG = Opcode.PONG

DATA_OPCODES = CONT, TEXT, BINARY
CTRL_OPCODES = CLOSE, PING, PONG


class CloseCode(enum.IntEnum):
    """The close codes of RFC 6455, section 7.4.1, and of its registry."""

    NORMAL_CLOSURE = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS_RCVD = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MANDATORY_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014
    TLS_HANDSHAKE = 1015


CLOSE_CODE_EXPLANATIONS = {
    1000: "OK",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1005: "no status received [internal]",
    1006: "abnormal closure [internal]",
    1007: "invalid frame payload data",
    1008: "policy violation",
    1009: "message too big",
    1010: "mandatory extension",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    1015: "TLS handshake failure [internal]",
}

# The others stand for something that was not sent.
EXTERNAL_CLOSE_CODES = {code for code in CloseCode if code not in (1005, 1006, 1015)}

# Nothing went wrong.
OK_CLOSE_CODES = {
    CloseCode.NORMAL_CLOSURE,
    CloseCode.GOING_AWAY,
    CloseCode.NO_STATUS_RCVD,
}


class Frame(_Frame):
    """A frame: opcode, data, fin, and the reserved bits rsv1, rsv2, rsv3."""

    # Characters that str() shows of the data; a multiple of 3.
    MAX_LOG_SIZE = int(os.environ.get("WEBSOCKETS_MAX_LOG_SIZE", "75"))

    def __str__(self):
        """The frame for a log: opcode, beginning and end of the data, its kind and length."""
        expected = {TEXT: True, BINARY: False, CLOSE: True}.get(self.opcode)
        is_text, shown = expected, "''"
        if self.data:
            is_text, shown = self._shown()
        kind = "" if is_text == expected else "text" if is_text else "binary"
        length = len(self.data)
        notes = [kind, f"{length} byte{'' if length == 1 else 's'}", "" if self.fin else "continued"]
        notes = ", ".join([note for note in notes if note])
        return f"{self.opcode.name} {shown} [{notes}]"

    def _shown(self):
        """Whether the data is text, and what to show of it."""
        data = bytes(self.data)
        text = self._text(data)
        if text is None:
            shown = self._hexadecimal(data)
        else:
            shown = text
        limit = self.MAX_LOG_SIZE
        if len(shown) > limit:
            part = limit // 3 - 1
            shown = f"{shown[: 2 * part]}...{shown[-part:]}"
        return text is not None, shown

    def _text(self, data):
        """The data as text, or None."""
        if self.opcode is CLOSE:
            try:
                return str(Close.parse(data))
            except (ProtocolError, UnicodeDecodeError):
                return None
        if self.opcode in CTRL_OPCODES:
            # Four random bytes may happen to be UTF-8; they are hardly ever printable ASCII.
            is_ascii = all(byte in b"\t\n\v\f\r" or 32 <= byte < 127 for byte in data)
            return repr(data.decode("ascii")) if is_ascii else None
        starts_clean = self.opcode is not CONT
        limit = self.MAX_LOG_SIZE
        if len(data) <= 4 * limit:
            if is_utf8_fragment(data, starts_clean, self.fin):
                return repr(data.decode(errors="replace"))
            return None
        # The middle is not shown, so it is not looked at. Four bytes a character at most.
        start, end = data[: 8 * limit // 3], data[-4 * limit // 3 :]
        if is_utf8_fragment(start, starts_clean) and is_utf8_fragment(end, False, self.fin):
            return repr((start + end).decode(errors="replace"))
        return None

    def _hexadecimal(self, data):
        if self.opcode in DATA_OPCODES and len(data) > self.MAX_LOG_SIZE // 3:
            # Two bytes more than fit, so that the ellipsis falls between beginning and end.
            part = (self.MAX_LOG_SIZE // 3 - 1) // 3
            data = data[: 2 * part] + bytes(2) + data[-part:]
        return data.hex(" ")

    def serialize(self, *, mask, extensions=None):
        """The frame as bytes; `extensions` encode the data, `mask` says whether to mask it.

        Raises ProtocolError.
        """
        import secrets

        self.check()
        frame = self
        for extension in extensions or ():
            frame = extension.encode(frame)
        return serialize_frame(frame, secrets.token_bytes(4) if mask else None)

    @classmethod
    def parse(cls, read_exact, *, mask, max_size=None, extensions=None):
        """A generator that reads a frame by `read_exact(count)`, itself a generator.

        `mask` says whether the peer has to mask, `max_size` limits the data in bytes, `extensions`
        decode it, the last first. Raises EOFError, PayloadTooBig, ProtocolError.
        """
        first, second = yield from read_exact(2)
        fin, rsv1, rsv2, rsv3 = [bool(first & bit) for bit in (0x80, 0x40, 0x20, 0x10)]
        try:
            opcode = Opcode(first & 0x0F)
        except ValueError as exc:
            raise ProtocolError("invalid opcode") from exc
        if bool(second & 0x80) != mask:
            raise ProtocolError("incorrect masking")
        length = second & 0x7F
        if length > 125:
            length = int.from_bytes((yield from read_exact(2 if length == 126 else 8)), "big")
        if max_size is not None and length > max_size:
            raise PayloadTooBig(length, max_size)
        key = (yield from read_exact(4)) if mask else None
        data = yield from read_exact(length)
        if mask:
            from .utils import apply_mask

            data = apply_mask(data, key)
        frame = cls(opcode, data, fin, rsv1, rsv2, rsv3)
        for extension in reversed(extensions or ()):
            frame = extension.decode(frame, max_size=max_size)
        frame.check()
        return frame


record(Frame, ("opcode", "data", "fin", "rsv1", "rsv2", "rsv3"), (True, False, False, False))


@record
class Close:
    """What a close frame says: a code and a reason."""

    def __init__(self, code, reason):
        self.code = code
        self.reason = reason

    def __str__(self):
        if 3000 <= self.code < 4000:
            explanation = "registered"
        elif 4000 <= self.code < 5000:
            explanation = "private use"
        else:
            explanation = CLOSE_CODE_EXPLANATIONS.get(self.code, "unknown")
        text = f"{self.code} ({explanation})"
        return f"{text} {self.reason}" if self.reason else text

    @classmethod
    def parse(cls, data):
        """Reads a close frame's data; raises ProtocolError or UnicodeDecodeError."""
        if not data:
            return cls(CloseCode.NO_STATUS_RCVD, "")
        if len(data) == 1:
            raise ProtocolError("close frame too short")
        close = cls(int.from_bytes(data[:2], "big"), data[2:].decode())
        close.check()
        return close

    def serialize(self):
        """The data of a close frame; raises ProtocolError."""
        self.check()
        return int(self.code).to_bytes(2, "big") + self.reason.encode()

    def check(self):
        """Raises ProtocolError when the code may not be sent."""
        if self.code not in EXTERNAL_CLOSE_CODES and not 3000 <= self.code < 5000:
            raise ProtocolError("invalid status code")


def is_utf8_fragment(data, must_start_clean=False, must_end_clean=False):
    """Whether bytes look like a piece of text, cut anywhere unless told otherwise."""
    import codecs

    if not must_start_clean:
        continuation = 0
        while continuation < min(3, len(data)) and data[continuation] & 0xC0 == 0x80:
            continuation += 1
        data = data[continuation:]
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data, must_end_clean)
    except UnicodeDecodeError:
        return False
    # Control characters are not what text has.
    return "\\x" not in repr(text)
