from array import array
from typing import AnyStr, Generic, overload

__all__ = ("parse_url",)

ReadableBuffer = bytes | bytearray | memoryview | array[int]

class URL(Generic[AnyStr]):
    def __init__(
        self,
        schema: AnyStr | None,
        host: AnyStr | None,
        port: int | None,
        path: AnyStr | None,
        query: AnyStr | None,
        fragment: AnyStr | None,
        userinfo: AnyStr | None,
    ) -> None: ...
    @property
    def scheme(self) -> AnyStr | None: ...
    @property
    def schema(self) -> AnyStr | None: ...
    @property
    def userinfo(self) -> AnyStr | None: ...
    @property
    def host(self) -> AnyStr | None: ...
    @property
    def port(self) -> int | None: ...
    @property
    def path(self) -> AnyStr | None: ...
    @property
    def query(self) -> AnyStr | None: ...
    @property
    def fragment(self) -> AnyStr | None: ...

@overload
def parse_url(url: str) -> URL[str]: ...
@overload
def parse_url(url: ReadableBuffer) -> URL[bytes]: ...
