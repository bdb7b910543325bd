from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from types import TracebackType
from typing import Any, Literal

from ..datastructures import HeadersLike
from ..extensions import ClientExtensionFactory
from ..typing import LoggerLike, Origin, PathLike, Subprotocol
from ..uri import WebSocketURI
from .connection import Connection

__all__ = ["connect", "unix_connect", "ClientConnection"]

class ClientConnection(Connection): ...

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
        origin: Origin | str | None = None,
        extensions: Sequence[ClientExtensionFactory] | None = None,
        subprotocols: Sequence[Subprotocol | str] | None = None,
        compression: Literal["deflate"] | None = "deflate",
        additional_headers: HeadersLike | None = None,
        user_agent_header: str | None = ...,
        proxy: str | Literal[True] | None = True,
        process_exception: Callable[[Exception], Exception | None] = ...,
        open_timeout: float | None = 10,
        ping_interval: float | None = 20,
        ping_timeout: float | None = 20,
        close_timeout: float | None = 10,
        reconnect_delays: Callable[[], Iterator[float]] = ...,
        max_size: int | None | tuple[int | None, int | None] = 1048576,
        max_queue: int | None | tuple[int | None, int | None] = 16,
        write_limit: int | tuple[int, int | None] = 32768,
        logger: LoggerLike | None = None,
        create_connection: Callable[..., ClientConnection] | None = None,
        timeout: float | None = ...,
        **kwargs: Any,
    ) -> None: ...
    @property
    def ws_uri(self) -> WebSocketURI: ...
    @property
    def logger(self) -> LoggerLike: ...
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

def unix_connect(path: PathLike | None = None, uri: str | None = None, **kwargs: Any) -> connect: ...
