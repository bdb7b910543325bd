import re
from collections.abc import Callable, Sequence

from .datastructures import Headers
from .extensions import Extension, ServerExtensionFactory
from .http11 import Request, Response
from .protocol import Protocol, State
from .typing import LoggerLike, Origin, StatusLike, Subprotocol

__all__ = ["ServerProtocol"]

class ServerProtocol(Protocol):
    origins: Sequence[Origin | re.Pattern[str] | None] | None
    available_extensions: Sequence[ServerExtensionFactory] | None
    available_subprotocols: Sequence[Subprotocol] | None
    accept_called: bool
    def __init__(
        self,
        *,
        origins: Sequence[Origin | re.Pattern[str] | None] | None = None,
        extensions: Sequence[ServerExtensionFactory] | None = None,
        subprotocols: Sequence[Subprotocol] | None = None,
        select_subprotocol: Callable[[ServerProtocol, Sequence[Subprotocol]], Subprotocol | None] | None = None,
        state: State = ...,
        max_size: int | None | tuple[int | None, int | None] = 1048576,
        logger: LoggerLike | None = None,
    ) -> None: ...
    def accept(self, request: Request) -> Response: ...
    def reject(self, status: StatusLike, text: str) -> Response: ...
    def send_response(self, response: Response) -> None: ...
    def process_request(self, request: Request) -> tuple[str, str | None, str | None]: ...
    def process_origin(self, headers: Headers) -> Origin | None: ...
    def process_extensions(self, headers: Headers) -> tuple[str | None, list[Extension]]: ...
    def process_subprotocol(self, headers: Headers) -> Subprotocol | None: ...
    def select_subprotocol(self, subprotocols: Sequence[Subprotocol]) -> Subprotocol | None: ...

class ServerConnection(ServerProtocol): ...
