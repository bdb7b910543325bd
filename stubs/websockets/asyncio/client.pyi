from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from logging import Logger, LoggerAdapter
from os import PathLike
from types import TracebackType
from typing import Any

from _websockets import ClientConnection as ClientConnection

from ..datastructures import HeadersLike
from ..extensions.base import ClientExtensionFactory
from ..uri import WebSocketURI

__all__ = ["connect", "unix_connect", "ClientConnection"]

class connect:
    uri: str
    additional_headers: HeadersLike | None
    user_agent_header: str | None
    proxy: str | bool | None
    process_exception: Callable[[Exception], Exception | None]
    open_timeout: float | None
    reconnect_delays: Callable[[], Iterator[float]]
    create_connection_kwargs: dict[str, Any]
    connection: ClientConnection | None

    def __init__(
        self,
        uri: str,
        *,
        origin: str | None = None,
        extensions: Sequence[ClientExtensionFactory] | None = None,
        subprotocols: Sequence[str] | None = None,
        compression: str | None = "deflate",
        additional_headers: HeadersLike | None = None,
        user_agent_header: str | None = ...,
        proxy: str | bool | None = True,
        process_exception: Callable[[Exception], Exception | None] = ...,
        open_timeout: float | None = 10,
        ping_interval: float | None = 20,
        ping_timeout: float | None = 20,
        close_timeout: float | None = 10,
        reconnect_delays: Callable[[], Iterator[float]] = ...,
        max_size: int | tuple[int | None, int | None] | None = ...,
        max_queue: int | tuple[int | None, int | None] | None = 16,
        write_limit: int | tuple[int, int | None] = ...,
        logger: Logger | LoggerAdapter[Any] | None = None,
        create_connection: Callable[..., ClientConnection] | None = None,
        **kwargs: Any,
    ) -> None: ...
    @property
    def ws_uri(self) -> WebSocketURI: ...
    @property
    def logger(self) -> Logger | LoggerAdapter[Any]: ...
    def process_redirect(self, exc: Exception) -> Exception | str: ...
    async def connect(self) -> ClientConnection: ...
    def __await__(self) -> Generator[Any, None, ClientConnection]: ...
    async def __aenter__(self) -> ClientConnection: ...
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def __aiter__(self) -> AsyncIterator[ClientConnection]: ...

def unix_connect(
    path: str | bytes | PathLike[str] | None = None, uri: str | None = None, **kwargs: Any
) -> connect: ...
