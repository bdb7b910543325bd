import os
import ssl as ssl_module
from typing import Any, Literal

from ..http11 import Request, Response
from .server import Server, ServerConnection

__all__ = ["route", "unix_route", "Router"]

# A url_map is a werkzeug.routing.Map, which need not be installed.
def route(
    url_map: Any,
    *args: Any,
    server_name: str | None = None,
    ssl: ssl_module.SSLContext | Literal[True] | None = None,
    create_router: type[Router] | None = None,
    **kwargs: Any,
) -> Server: ...
def unix_route(
    url_map: Any, path: str | os.PathLike[str] | None = None, **kwargs: Any
) -> Server: ...

class Router:
    def __init__(
        self, url_map: Any, server_name: str | None = None, url_scheme: str = "ws"
    ) -> None: ...
    def get_server_name(self, connection: ServerConnection, request: Request) -> str: ...
    def redirect(self, connection: ServerConnection, url: str) -> Response: ...
    def not_found(self, connection: ServerConnection) -> Response: ...
    def route_request(
        self, connection: ServerConnection, request: Request
    ) -> Response | None: ...
    def handler(self, connection: ServerConnection) -> None: ...
