import enum
import uuid
from typing import Literal, TypeAlias

from .exceptions import ConnectionClosed
from .extensions import Extension
from .frames import Close, CloseCode, Frame
from .http11 import Request, Response
from .streams import StreamReader
from .typing import BytesLike, LoggerLike, Origin, Subprotocol

__all__ = ["Protocol", "Side", "State", "SEND_EOF"]

Event: TypeAlias = Request | Response | Frame

class Side(enum.IntEnum):
    SERVER = 0
    CLIENT = 1

SERVER: Literal[Side.SERVER]
CLIENT: Literal[Side.CLIENT]

class State(enum.IntEnum):
    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3

CONNECTING: Literal[State.CONNECTING]
OPEN: Literal[State.OPEN]
CLOSING: Literal[State.CLOSING]
CLOSED: Literal[State.CLOSED]
SEND_EOF: bytes

class Protocol:
    id: uuid.UUID
    logger: LoggerLike
    debug: bool
    state: State
    origin: Origin | None
    extensions: list[Extension]
    subprotocol: Subprotocol | None
    handshake_exc: Exception | None
    parser_exc: Exception | None
    reader: StreamReader
    def __init__(
        self,
        side: Side,
        *,
        state: State = ...,
        max_size: tuple[int | None, int | None] | int | None = 1048576,
        logger: LoggerLike | None = None,
    ) -> None: ...
    @property
    def side(self) -> Side: ...
    @property
    def max_message_size(self) -> int | None: ...
    @property
    def max_fragment_size(self) -> int | None: ...
    @property
    def expect_continuation_frame(self) -> bool: ...
    @property
    def eof_sent(self) -> bool: ...
    @property
    def close_rcvd(self) -> Close | None: ...
    @property
    def close_sent(self) -> Close | None: ...
    @property
    def close_rcvd_then_sent(self) -> bool | None: ...
    @property
    def close_code(self) -> int | None: ...
    @property
    def close_reason(self) -> str | None: ...
    @property
    def close_exc(self) -> ConnectionClosed: ...
    def receive_data(self, data: bytes | bytearray) -> None: ...
    def receive_eof(self) -> None: ...
    def events_received(self) -> list[Event]: ...
    def data_to_send(self) -> list[bytes]: ...
    def close_expected(self) -> bool: ...
    def send_continuation(self, data: BytesLike, fin: bool) -> None: ...
    def send_text(self, data: BytesLike, fin: bool = True) -> None: ...
    def send_binary(self, data: BytesLike, fin: bool = True) -> None: ...
    def send_close(self, code: CloseCode | int | None = None, reason: str = "") -> None: ...
    def send_ping(self, data: BytesLike) -> None: ...
    def send_pong(self, data: BytesLike) -> None: ...
    def fail(self, code: CloseCode | int, reason: str = "") -> None: ...
