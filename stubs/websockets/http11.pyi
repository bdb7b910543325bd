from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Self

from .datastructures import Headers

__all__ = ["SERVER", "USER_AGENT", "Request", "Response"]

SERVER: str
USER_AGENT: str
MAX_NUM_HEADERS: int
MAX_LINE_LENGTH: int
MAX_BODY_SIZE: int

@dataclass
class Request:
    path: str
    headers: Headers
    method: str = "GET"
    protocol: str = "HTTP/1.1"
    _exception: Exception | None = None
    @property
    def exception(self) -> Exception | None: ...
    @classmethod
    def parse(
        cls, read_line: Callable[[int, type[Exception]], Generator[None, None, bytes | bytearray]]
    ) -> Generator[None, None, Self]: ...
    def serialize(self) -> bytes: ...

@dataclass
class Response:
    status_code: int
    reason_phrase: str
    headers: Headers
    body: bytes | bytearray = b""
    _exception: Exception | None = None
    @property
    def exception(self) -> Exception | None: ...
    @classmethod
    def parse(
        cls,
        read_line: Callable[[int, type[Exception]], Generator[None, None, bytes | bytearray]],
        read_exact: Callable[[int], Generator[None, None, bytes | bytearray]],
        read_to_eof: Callable[[int, type[Exception]], Generator[None, None, bytes | bytearray]],
        proxy: bool = False,
    ) -> Generator[None, None, Self]: ...
    def serialize(self) -> bytes: ...

def d(value: bytes | bytearray) -> str: ...
