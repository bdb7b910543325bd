from dataclasses import dataclass

from .uri import WebSocketURI

__all__ = ["get_proxy", "parse_proxy", "Proxy"]

@dataclass
class Proxy:
    scheme: str
    host: str
    port: int
    username: str | None = None
    password: str | None = None
    @property
    def user_info(self) -> tuple[str, str] | None: ...

def parse_proxy(proxy: str) -> Proxy: ...
def get_proxy(uri: WebSocketURI) -> str | None: ...
def prepare_connect_request(proxy: Proxy, ws_uri: WebSocketURI, user_agent_header: str | None = ...) -> bytes: ...
