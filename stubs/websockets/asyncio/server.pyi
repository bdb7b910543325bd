import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from ..extensions import ServerExtensionFactory
from ..http11 import Request, Response
from ..typing import LoggerLike, Origin, PathLike, StatusLike, Subprotocol
from .connection import Connection, broadcast as broadcast

__all__ = ["broadcast", "serve", "unix_serve", "ServerConnection", "Server", "basic_auth"]

_Handler: TypeAlias = Callable[[ServerConnection], Awaitable[object]] | Callable[[ServerConnection, str], Awaitable[object]]

class ServerConnection(Connection):
    username: str
    @property
    def server(self) -> Server: ...
    def respond(self, status: StatusLike, text: str) -> Response: ...

class Server:
    @property
    def logger(self) -> LoggerLike: ...
    @property
    def connections(self) -> Iterable[ServerConnection]: ...
    @property
    def sockets(self) -> tuple[socket.socket, ...]: ...
    def get_loop(self) -> asyncio.AbstractEventLoop: ...
    def is_serving(self) -> bool: ...
    async def start_serving(self) -> None: ...
    async def serve_forever(self) -> None: ...
    def close(self, close_connections: bool = True, code: int = 1001, reason: str = "") -> None: ...
    async def wait_closed(self) -> None: ...
    def __await__(self) -> Generator[Any, None, Server]: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

def serve(
    handler: _Handler,
    host: str | Sequence[str] | None = None,
    port: int | None = None,
    *,
    origins: Sequence[Origin | str | re.Pattern[str] | None] | None = None,
    extensions: Sequence[ServerExtensionFactory] | None = None,
    subprotocols: Sequence[Subprotocol | str] | None = None,
    select_subprotocol: Callable[[ServerConnection, Sequence[Subprotocol]], Subprotocol | str | None] | None = None,
    compression: Literal["deflate"] | None = "deflate",
    process_request: Callable[[ServerConnection, Request], Awaitable[Response | None] | Response | None] | None = None,
    process_response: (
        Callable[[ServerConnection, Request, Response], Awaitable[Response | None] | Response | None] | None
    ) = None,
    server_header: str | None = ...,
    open_timeout: float | None = 10,
    ping_interval: float | None = 20,
    ping_timeout: float | None = 20,
    close_timeout: float | None = 10,
    max_size: int | None | tuple[int | None, int | None] = 1048576,
    max_queue: int | None | tuple[int | None, int | None] = 16,
    write_limit: int | tuple[int, int | None] = 32768,
    logger: LoggerLike | None = None,
    create_connection: Callable[..., ServerConnection] | None = None,
    **kwargs: Any,
) -> Server: ...
def unix_serve(handler: _Handler, path: PathLike | None = None, **kwargs: Any) -> Server: ...
def basic_auth(
    realm: str = "",
    credentials: tuple[str, str] | Iterable[tuple[str, str]] | None = None,
    check_credentials: Callable[[str, str], Awaitable[bool] | bool] | None = None,
) -> Callable[[ServerConnection, Request], Awaitable[Response | None]]: ...
