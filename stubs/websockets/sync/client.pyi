import socket
import ssl as ssl_module
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Literal

from ..datastructures import HeadersLike
from ..extensions import ClientExtensionFactory
from ..typing import LoggerLike, Origin, PathLike, Subprotocol
from .connection import Connection

__all__ = ["connect", "unix_connect", "reconnect", "unix_reconnect", "ClientConnection"]

class ClientConnection(Connection): ...

class reconnect:
    connection: ClientConnection | None
    def __init__(
        self,
        uri: str,
        *,
        process_exception: Callable[[Exception], Exception | None] = ...,
        reconnect_delays: Callable[[], Iterator[float]] = ...,
        **kwargs: Any,
    ) -> None: ...
    def __enter__(self) -> ClientConnection: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def __iter__(self) -> Iterator[ClientConnection]: ...

def connect(
    uri: str,
    *,
    sock: socket.socket | None = None,
    ssl: ssl_module.SSLContext | None = None,
    server_hostname: str | None = None,
    origin: Origin | str | None = None,
    extensions: Sequence[ClientExtensionFactory] | None = None,
    subprotocols: Sequence[Subprotocol | str] | None = None,
    compression: Literal["deflate"] | None = "deflate",
    additional_headers: HeadersLike | None = None,
    user_agent_header: str | None = ...,
    proxy: str | Literal[True] | None = True,
    proxy_ssl: ssl_module.SSLContext | None = None,
    proxy_server_hostname: str | None = None,
    open_timeout: float | None = 10,
    ping_interval: float | None = 20,
    ping_timeout: float | None = 20,
    close_timeout: float | None = 10,
    max_size: int | None | tuple[int | None, int | None] = 1048576,
    max_queue: int | None | tuple[int | None, int | None] = 16,
    logger: LoggerLike | None = None,
    create_connection: Callable[..., ClientConnection] | None = None,
    **kwargs: Any,
) -> ClientConnection: ...
def unix_connect(path: PathLike | None = None, uri: str | None = None, **kwargs: Any) -> ClientConnection: ...
def unix_reconnect(path: PathLike | None = None, uri: str | None = None, **kwargs: Any) -> reconnect: ...
