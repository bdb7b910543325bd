import enum
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Self

from .extensions import Extension
from .typing import BytesLike

__all__ = ["Opcode", "CloseCode", "Frame", "Close"]

class Opcode(enum.IntEnum):
    CONT = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10

CONT = Opcode.CONT
TEXT = Opcode.TEXT
BINARY = Opcode.BINARY
CLOSE = Opcode.CLOSE
PING = Opcode.PING
PONG = Opcode.PONG
DATA_OPCODES: tuple[Opcode, ...]
CTRL_OPCODES: tuple[Opcode, ...]

class CloseCode(enum.IntEnum):
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

CLOSE_CODE_EXPLANATIONS: dict[int, str]
EXTERNAL_CLOSE_CODES: set[CloseCode]
OK_CLOSE_CODES: set[CloseCode]

@dataclass
class Frame:
    opcode: Opcode
    data: BytesLike
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False
    MAX_LOG_SIZE = 75
    def check(self) -> None: ...
    def serialize(self, *, mask: bool, extensions: Sequence[Extension] | None = None) -> bytes: ...
    @classmethod
    def parse(
        cls,
        read_exact: Callable[[int], Generator[None, None, bytes | bytearray]],
        *,
        mask: bool,
        max_size: int | None = None,
        extensions: Sequence[Extension] | None = None,
    ) -> Generator[None, None, Self]: ...

@dataclass
class Close:
    code: CloseCode | int
    reason: str
    def check(self) -> None: ...
    def serialize(self) -> bytes: ...
    @classmethod
    def parse(cls, data: BytesLike) -> Self: ...

def is_utf8_fragment(data: bytes, must_start_clean: bool = False, must_end_clean: bool = False) -> bool: ...
