from collections.abc import Generator, Sequence

from .datastructures import Headers
from .extensions import ClientExtensionFactory, Extension
from .http11 import Request, Response
from .protocol import Protocol, State
from .typing import LoggerLike, Origin, Subprotocol
from .uri import WebSocketURI

__all__ = ["ClientProtocol"]

class ClientProtocol(Protocol):
    uri: WebSocketURI
    available_extensions: Sequence[ClientExtensionFactory] | None
    available_subprotocols: Sequence[Subprotocol] | None
    key: str
    def __init__(
        self,
        uri: WebSocketURI,
        *,
        origin: Origin | None = None,
        extensions: Sequence[ClientExtensionFactory] | None = None,
        subprotocols: Sequence[Subprotocol] | None = None,
        state: State = ...,
        max_size: int | None | tuple[int | None, int | None] = 1048576,
        logger: LoggerLike | None = None,
    ) -> None: ...
    def connect(self) -> Request: ...
    def send_request(self, request: Request) -> None: ...
    def process_response(self, response: Response) -> None: ...
    def process_extensions(self, headers: Headers) -> list[Extension]: ...
    def process_subprotocol(self, headers: Headers) -> Subprotocol | None: ...

class ClientConnection(ClientProtocol): ...

def process_exception(exc: Exception) -> Exception | None: ...

BACKOFF_INITIAL_DELAY: float
BACKOFF_MIN_DELAY: float
BACKOFF_MAX_DELAY: float
BACKOFF_FACTOR: float

def backoff(
    initial_delay: float = ..., min_delay: float = ..., max_delay: float = ..., factor: float = ...
) -> Generator[float, None, None]: ...
