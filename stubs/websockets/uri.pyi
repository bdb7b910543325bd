from dataclasses import dataclass

__all__ = ["parse_uri", "WebSocketURI"]

@dataclass
class WebSocketURI:
    secure: bool
    host: str
    port: int
    path: str
    query: str
    username: str | None = None
    password: str | None = None
    @property
    def resource_name(self) -> str: ...
    @property
    def user_info(self) -> tuple[str, str] | None: ...

def parse_uri(uri: str) -> WebSocketURI: ...
