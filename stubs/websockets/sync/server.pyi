import os
import re
import socket
import ssl as ssl_module
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from ..extensions import ServerExtensionFactory
from ..http11 import Request, Response
from ..typing import LoggerLike, Origin, StatusLike, Subprotocol
from .connection import Connection, broadcast as broadcast

__all__ = ["broadcast", "serve", "unix_serve", "ServerConnection", "Server", "basic_auth"]

class ServerConnection(Connection):
    username: str
    handler: Callable[..., None]
    handler_kwargs: Mapping[str, Any]
    @property
    def server(self) -> Server: ...
    def respond(self, status: StatusLike, text: str) -> Response: ...

class Server:
    socket: socket.socket
    @property
    def logger(self) -> LoggerLike: ...
    @property
    def connections(self) -> set[ServerConnection]: ...
    def serve_forever(self) -> None: ...
    def shutdown(
        self, close_connections: bool = True, code: int = 1001, reason: str = ""
    ) -> None: ...
    def fileno(self) -> int: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

def serve(
    handler: Callable[[ServerConnection], None] | Callable[[ServerConnection, str], None],
    host: str | None = None,
    port: int | None = None,
    *,
    sock: socket.socket | None = None,
    ssl: ssl_module.SSLContext | None = None,
    origins: Sequence[Origin | re.Pattern[str] | None] | None = None,
    extensions: Sequence[ServerExtensionFactory] | None = None,
    subprotocols: Sequence[Subprotocol] | None = None,
    select_subprotocol: Callable[[ServerConnection, Sequence[Subprotocol]], Subprotocol | None]
    | None = None,
    compression: str | None = "deflate",
    process_request: Callable[[ServerConnection, Request], Response | None] | None = None,
    process_response: Callable[[ServerConnection, Request, Response], Response | None]
    | None = None,
    server_header: str | None = ...,
    open_timeout: float | None = 10,
    ping_interval: float | None = 20,
    ping_timeout: float | None = 20,
    close_timeout: float | None = 10,
    max_size: int | None | tuple[int | None, int | None] = 1048576,
    max_queue: int | None | tuple[int | None, int | None] = 16,
    logger: LoggerLike | None = None,
    create_connection: Callable[..., ServerConnection] | None = None,
    **kwargs: Any,
) -> Server: ...
def unix_serve(
    handler: Callable[[ServerConnection], None] | Callable[[ServerConnection, str], None],
    path: str | os.PathLike[str] | None = None,
    **kwargs: Any,
) -> Server: ...
def basic_auth(
    realm: str = "",
    credentials: tuple[str, str] | Iterable[tuple[str, str]] | None = None,
    check_credentials: Callable[[str, str], bool] | None = None,
) -> Callable[[ServerConnection, Request], Response | None]: ...
