from http.cookiejar import CookieJar
from typing import IO, Any, AsyncIterable, AsyncIterator, Callable, Dict, Iterable, Iterator, List, Mapping, Sequence, Tuple, Union

from . import URL, Auth, Cookies, Headers, Proxy, QueryParams, Request, Response, Timeout

PrimitiveData = Union[str, int, float, bool, None]
URLTypes = Union[URL, str]
QueryParamTypes = Union[
    QueryParams,
    Mapping[str, Union[PrimitiveData, Sequence[PrimitiveData]]],
    List[Tuple[str, PrimitiveData]],
    Tuple[Tuple[str, PrimitiveData], ...],
    str,
    bytes,
]
HeaderTypes = Union[
    Headers,
    Mapping[str, str],
    Mapping[bytes, bytes],
    Sequence[Tuple[str, str]],
    Sequence[Tuple[bytes, bytes]],
]
CookieTypes = Union[Cookies, CookieJar, Dict[str, str], List[Tuple[str, str]]]
TimeoutTypes = Union[
    float,
    None,
    Tuple[Union[float, None], Union[float, None]],
    Tuple[Union[float, None], Union[float, None], Union[float, None]],
    Tuple[Union[float, None], Union[float, None], Union[float, None], Union[float, None]],
    Mapping[str, Union[float, None]],
    Timeout,
]
ProxyTypes = Union[URL, str, Proxy]
CertTypes = Union[str, Tuple[str, str], Tuple[str, str, str]]
AuthTypes = Union[Tuple[Union[str, bytes], Union[str, bytes]], Callable[[Request], Request], Auth]
RequestContent = Union[str, bytes, Iterable[bytes], AsyncIterable[bytes]]
RequestData = Mapping[str, Any]
RequestExtensions = Mapping[str, Any]
ResponseContent = RequestContent
ResponseExtensions = Mapping[str, Any]
FileContent = Union[IO[bytes], bytes, str]
FileTypes = Union[
    FileContent,
    Tuple[Union[str, None], FileContent],
    Tuple[Union[str, None], FileContent, Union[str, None]],
    Tuple[Union[str, None], FileContent, Union[str, None], Mapping[str, str]],
]
RequestFiles = Union[Mapping[str, FileTypes], Sequence[Tuple[str, FileTypes]]]
EventHooks = Mapping[str, List[Callable[..., Any]]]

class SyncByteStream:
    def __iter__(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...

class AsyncByteStream:
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    async def aclose(self) -> None: ...
