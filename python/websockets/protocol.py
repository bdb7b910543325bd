"""One end of a connection without I/O: bytes in, frames out, bytes to write."""

import enum

from _websockets import Protocol as _Protocol, shown_value

from .exceptions import (
    ConnectionClosedError,
    ConnectionClosedOK,
    PayloadTooBig,
    ProtocolError,
)
from .frames import OK_CLOSE_CODES, CloseCode
from .streams import StreamReader

__all__ = ["Protocol", "Side", "State", "SEND_EOF"]


class Side(enum.IntEnum):
    """Which end of the connection this is."""

    SERVER, CLIENT = range(2)


SERVER = Side.SERVER
CLIENT = Side.CLIENT


class State(enum.IntEnum):
    """The states of RFC 6455."""

    CONNECTING, OPEN, CLOSING, CLOSED = range(4)


CONNECTING = State.CONNECTING
OPEN = State.OPEN
CLOSING = State.CLOSING
CLOSED = State.CLOSED

# Among the bytes to write: this direction of the stream ends here.
SEND_EOF = b""


class Protocol(_Protocol):
    """One end of a connection without I/O.

    Give it what was read by receive_data() and receive_eof(), take the frames that came from
    events_received(), and after each call write what data_to_send() returns. `max_size` limits a
    message in bytes, or is a pair of limits of a message and of a frame; None is no limit.
    """

    def __init__(self, side, *, state=OPEN, max_size=2**20, logger=None):
        if logger is None:
            import logging

            logger = logging.getLogger(f"websockets.{side.name.lower()}")
        if max_size is None or isinstance(max_size, int):
            max_size = max_size, None
        super().__init__(side, state, *max_size, logger)
        self.origin = None
        self.subprotocol = None
        self.handshake_exc = None
        self.reader = StreamReader()
        # Bytes of a message before its last frame, as extensions have decoded them.
        self._received = None

    @property
    def id(self):
        """A UUID that tells this connection from others in a log."""
        if "_id" not in self.__dict__:
            import uuid

            self._id = uuid.uuid4()
        return self._id

    @id.setter
    def id(self, value):
        self._id = value

    @property
    def close_exc(self):
        """The ConnectionClosed that says how the connection ended."""
        assert self.state is CLOSED, "connection isn't closed yet"
        rcvd, sent = self.close_rcvd, self.close_sent
        codes = [close and close.code for close in (rcvd, sent)]
        is_ok = all(code in OK_CLOSE_CODES for code in codes)
        exception = ConnectionClosedOK if is_ok else ConnectionClosedError
        exception = exception(rcvd, sent, self.close_rcvd_then_sent)
        exception.__cause__ = self.parser_exc
        return exception

    def _receive_handshake(self, data):
        """Takes bytes of the opening handshake, or None for the end of the stream.

        Returns what came after the handshake, or None while that is not complete.
        """
        if data is None:
            self.reader.feed_eof()
        else:
            self.reader.feed_data(data)
        try:
            next(self._handshake)
        except StopIteration as stop:
            self._handle_head(stop.value)
        except Exception as exc:
            self._refuse_head(exc)
        else:
            return None
        rest = bytes(self.reader.buffer)
        self.reader.discard()
        return rest

    def _encode(self, frame):
        """What the extensions make of a frame that is sent."""
        for extension in self.extensions:
            frame = extension.encode(frame)
        return frame

    def _decode(self, frame):
        """Undoes that to a frame that came; None when it fails the connection."""
        try:
            limit = self._limit()
            for extension in reversed(self.extensions):
                frame = extension.decode(frame, max_size=limit)
            frame.check()
        except Exception as exc:
            self._fail_frame(exc)
            return None
        self._received = None if frame.fin else (self._received or 0) + len(frame.data)
        return frame

    def _limit(self):
        limits = [self.max_message_size, self.max_fragment_size]
        if limits[0] is not None:
            limits[0] -= self._received or 0
        return min([limit for limit in limits if limit is not None], default=None)

    def _fail_frame(self, exc):
        code, reason = CloseCode.INTERNAL_ERROR, ""
        if isinstance(exc, ProtocolError):
            code, reason = CloseCode.PROTOCOL_ERROR, str(exc)
        elif isinstance(exc, UnicodeDecodeError):
            code, reason = CloseCode.INVALID_DATA, f"{exc.reason} at position {exc.start}"
        elif isinstance(exc, PayloadTooBig):
            exc.set_current_size(self._received)
            code, reason = CloseCode.MESSAGE_TOO_BIG, str(exc)
        else:
            # What happened is not for the peer.
            self.logger.error("parser failed", exc_info=exc)
        # A close frame has room for 123 bytes.
        self.fail(code, reason.encode()[:123].decode(errors="ignore"))
        self.parser_exc = exc

    def _fail_handshake(self, exception, cause=None):
        if cause is not None:
            exception.__cause__ = cause
        self.handshake_exc = exception
        self._end()

    def _log_message(self, direction, first_line, message):
        self.logger.debug(f"{direction} %s", first_line)
        for field in message.headers.raw_items():
            self.logger.debug(f"{direction} %s: %s", field[0], shown_value(*field))
        body = getattr(message, "body", None)
        if body:
            self.logger.debug(f"{direction} [body] (%d bytes)", len(body))


def __getattr__(name):
    # For annotations. sanic imports it.
    if name == "Event":
        from .frames import Frame
        from .http11 import Request, Response

        return Request | Response | Frame
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
