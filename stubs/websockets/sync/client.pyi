import os
import socket
import ssl as ssl_module
from collections.abc import Callable, Generator, Iterator, Sequence
from types import TracebackType
from typing import Any, Literal, overload

from ..datastructures import HeadersLike
from ..extensions import ClientExtensionFactory
from ..typing import LoggerLike, Origin, Subprotocol
from .connection import Connection

__all__ = ["connect", "unix_connect", "reconnect", "unix_reconnect", "ClientConnection"]

class ClientConnection(Connection): ...

class reconnect:
    uri: str
    def __init__(
        self,
        uri: str,
        *,
        sock: socket.socket | None = None,
        ssl: ssl_module.SSLContext | None = None,
        server_hostname: str | None = None,
        origin: Origin | None = None,
        extensions: Sequence[ClientExtensionFactory] | None = None,
        subprotocols: Sequence[Subprotocol] | None = None,
        compression: str | None = "deflate",
        additional_headers: HeadersLike | None = None,
        user_agent_header: str | None = ...,
        proxy: str | Literal[True] | None = True,
        proxy_ssl: ssl_module.SSLContext | None = None,
        proxy_server_hostname: str | None = None,
        process_exception: Callable[[Exception], Exception | None] = ...,
        open_timeout: float | None = 10,
        ping_interval: float | None = 20,
        ping_timeout: float | None = 20,
        close_timeout: float | None = 10,
        reconnect_delays: Callable[[], Generator[float, None, None]] = ...,
        max_size: int | None | tuple[int | None, int | None] = 1048576,
        max_queue: int | None | tuple[int | None, int | None] = 16,
        logger: LoggerLike | None = None,
        create_connection: Callable[..., ClientConnection] | None = None,
        **kwargs: Any,
    ) -> None: ...
    def process_redirect(self, exc: Exception) -> Exception | str: ...
    def connect(self) -> ClientConnection: ...
    def __enter__(self) -> ClientConnection: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def __iter__(self) -> Iterator[ClientConnection]: ...

@overload
def connect(uri: str, *, legacy: Literal[False], **kwargs: Any) -> reconnect: ...
@overload
def connect(
    uri: str,
    *,
    sock: socket.socket | None = None,
    ssl: ssl_module.SSLContext | None = None,
    server_hostname: str | None = None,
    origin: Origin | None = None,
    extensions: Sequence[ClientExtensionFactory] | None = None,
    subprotocols: Sequence[Subprotocol] | None = None,
    compression: str | None = "deflate",
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
    legacy: Literal[True] | None = None,
    **kwargs: Any,
) -> ClientConnection: ...
@overload
def unix_connect(
    path: str | os.PathLike[str] | None = None,
    uri: str | None = None,
    *,
    legacy: Literal[False],
    **kwargs: Any,
) -> reconnect: ...
@overload
def unix_connect(
    path: str | os.PathLike[str] | None = None, uri: str | None = None, **kwargs: Any
) -> ClientConnection: ...
def unix_reconnect(
    path: str | os.PathLike[str] | None = None, uri: str | None = None, **kwargs: Any
) -> reconnect: ...
