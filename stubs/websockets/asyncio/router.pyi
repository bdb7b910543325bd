from collections.abc import Callable
from typing import Any, Literal

from ..typing import PathLike
from .server import Server

__all__ = ["route", "unix_route", "Router"]

class Router: ...

def route(
    url_map: Any,
    *args: Any,
    server_name: str | None = None,
    ssl: Any | Literal[True] | None = None,
    create_router: Callable[..., Router] | None = None,
    **kwargs: Any,
) -> Server: ...
def unix_route(url_map: Any, path: PathLike | None = None, **kwargs: Any) -> Server: ...
