"""Requests answered by an ASGI application in the same process."""

from asyncio import Event

from _httpx import AsyncBaseTransport, Response
from httpx import AsyncByteStream

__all__ = ["ASGITransport"]


class ASGIResponseStream(AsyncByteStream):
    """The body that an application has sent."""

    def __init__(self, body):
        self._body = body

    async def __aiter__(self):
        yield b"".join(self._body)


class ASGITransport(AsyncBaseTransport):
    """Sends requests to an ASGI application.

    `raise_app_exceptions=False` answers with status 500 when the application raises; `root_path`
    and `client` are what the application sees in its scope.
    """

    def __init__(self, app, raise_app_exceptions=True, root_path="", client=("127.0.0.1", 123)):
        self.app = app
        self.raise_app_exceptions = raise_app_exceptions
        self.root_path = root_path
        self.client = client

    def _scope(self, request):
        url = request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": self.client,
            "root_path": self.root_path,
        }

    async def handle_async_request(self, request):
        """Runs the application to its end, and returns what it has sent."""
        exchange = _Exchange(request)
        try:
            await self.app(self._scope(request), exchange.receive, exchange.send)
        except Exception:
            if self.raise_app_exceptions:
                raise
            exchange.fail()
        return exchange.response()


class _Exchange:
    """One request and the messages about it."""

    def __init__(self, request):
        self.method = request.method
        self.request_body = request.stream.__aiter__()
        self.request_complete = False
        self.response_complete = Event()
        self.status = None
        self.headers = None
        self.body = []

    async def receive(self):
        if self.request_complete:
            await self.response_complete.wait()
            return {"type": "http.disconnect"}
        try:
            chunk = await self.request_body.__anext__()
        except StopAsyncIteration:
            self.request_complete = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(self, message):
        if message["type"] == "http.response.start":
            if self.status is not None:
                raise RuntimeError("the application started the response twice")
            self.status = message["status"]
            self.headers = message.get("headers", [])
        elif message["type"] == "http.response.body":
            if self.status is None or self.response_complete.is_set():
                raise RuntimeError("the application sent a body before or after the response")
            body = message.get("body", b"")
            if body and self.method != "HEAD":
                self.body.append(body)
            if not message.get("more_body", False):
                self.response_complete.set()

    def fail(self):
        self.response_complete.set()
        if self.status is None:
            self.status = 500
        if self.headers is None:
            self.headers = {}

    def response(self):
        if self.status is None or not self.response_complete.is_set():
            raise RuntimeError("the application returned without completing a response")
        return Response(self.status, headers=self.headers, stream=ASGIResponseStream(self.body))


ASGITransport.__module__ = "httpx"
