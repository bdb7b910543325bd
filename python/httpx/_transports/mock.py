"""Transports without a server: a function answers."""

from inspect import isawaitable

from _httpx import AsyncBaseTransport, BaseTransport, Response

__all__ = ["MockTransport"]


class MockTransport(AsyncBaseTransport, BaseTransport):
    """Answers each request with what `handler(request)` returns, a Response.

    For AsyncClient the handler may be asynchronous.
    """

    def __init__(self, handler):
        self.handler = handler

    def handle_request(self, request):
        """Reads the request, and returns the handler's response."""
        request.read()
        response = self.handler(request)
        if not isinstance(response, Response):
            if hasattr(response, "close"):
                response.close()
            raise TypeError("Cannot use an async handler in a sync Client")
        return response

    async def handle_async_request(self, request):
        """Reads the request, and returns the handler's response."""
        await request.aread()
        response = self.handler(request)
        return await response if isawaitable(response) else response


MockTransport.__module__ = "httpx"
