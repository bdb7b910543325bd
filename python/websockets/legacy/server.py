"""A server's connection that is an asyncio.Protocol."""

import asyncio

from ..datastructures import Headers
from ..frames import CloseCode
from ..http11 import SERVER, Request, Response
from ..server import ServerProtocol
from .protocol import WebSocketCommonProtocol

__all__ = ["WebSocketServerProtocol", "HTTPResponse"]

# What process_request() returns to answer without a handshake: status, header fields, body.
HTTPResponse = tuple


class WebSocketServerProtocol(WebSocketCommonProtocol):
    """A client's connection: shakes hands, and runs ws_handler(self, path).

    Subclasses override process_request(), process_subprotocol() and select_subprotocol().
    """

    def __init__(
        self,
        ws_handler,
        ws_server,
        *,
        process_request=None,
        origins=None,
        extensions=None,
        subprotocols=None,
        extra_headers=None,
        server_header=SERVER,
        select_subprotocol=None,
        open_timeout=10,
        max_size=2**20,
        logger=None,
        **options,
    ):
        self.protocol = ServerProtocol(
            origins=origins,
            extensions=extensions,
            subprotocols=subprotocols,
            select_subprotocol=self._choose_subprotocol,
            max_size=max_size,
            logger=logger,
        )
        super().__init__(logger=self.protocol.logger, **options)
        self.ws_handler = ws_handler
        self.ws_server = ws_server
        self.open_timeout = open_timeout
        self.available_subprotocols = subprotocols
        self.extra_headers = extra_headers
        self.server_header = server_header
        self._process_request = process_request
        self._select_subprotocol = select_subprotocol
        self._request = self.loop.create_future()

    def connection_made(self, transport):
        """The connection is there: its handler starts."""
        super().connection_made(transport)
        self.ws_server.register(self)
        self.handler_task = self.loop.create_task(self.handler())

    def connection_lost(self, exc):
        """The connection is gone."""
        if not self._request.done():
            self._request.set_result(None)
        # It refers to this object.
        self.protocol.selector = None
        super().connection_lost(exc)

    def _process(self, event):
        if isinstance(event, Request):
            self._request.set_result(event)
        else:
            super()._process(event)

    async def handler(self):
        """Shakes hands, runs the handler, and closes the connection."""
        try:
            async with asyncio.timeout(self.open_timeout):
                request = await self._request
            # An application may take its time to answer.
            accepted = request is not None and await self._answer(request)
            if accepted:
                await self._handle()
        except TimeoutError:
            self.transport.abort()
        except ConnectionError:
            pass
        finally:
            self.ws_server.unregister(self)
            self.transport.close()

    async def _handle(self):
        self._start_keepalive()
        try:
            await self.ws_handler(self, self.path)
        except Exception:
            self.logger.error("connection handler failed", exc_info=True)
            if self.open:
                self.fail_connection(CloseCode.INTERNAL_ERROR)
            return
        await self.close()

    async def _answer(self, request):
        """Sends the handshake's response, and says whether it accepts."""
        self.path = request.path
        self.request_headers = request.headers
        try:
            early = await self.process_request(self.path, self.request_headers)
        except Exception:
            self.logger.debug("request not accepted", exc_info=True)
            early = None
        if isinstance(early, tuple):
            response = self._plain_response(*early)
        else:
            response = self.protocol.accept(request)
            if response.status_code == 101:
                self._add_headers(response.headers)
        self.response_headers = response.headers
        if self.transport.is_closing():
            return False
        self.protocol.send_response(response)
        self._flush()
        return response.status_code == 101

    def _add_headers(self, headers):
        extra = self.extra_headers
        if callable(extra):
            extra = extra(self.path, self.request_headers)
        headers.update(extra or ())
        if self.server_header is not None:
            headers.setdefault("Server", self.server_header)

    def _plain_response(self, status, headers, body=b""):
        response = self.protocol.reject(status, "")
        given = Headers(headers)
        fields = Headers({"Date": response.headers["Date"]})
        fields.update(given)
        for name, value in (("Content-Length", str(len(body))), ("Connection", "close")):
            fields.setdefault(name, value)
        return Response(response.status_code, response.reason_phrase, fields, body)

    async def process_request(self, path, request_headers):
        """A hook: returns None to shake hands, or (status, headers, body) to answer with."""
        if self._process_request is None:
            return None
        response = self._process_request(path, request_headers)
        return await response if asyncio.iscoroutine(response) else response

    def _choose_subprotocol(self, protocol, offered):
        return self.process_subprotocol(self.request_headers, self.available_subprotocols)

    def process_subprotocol(self, headers, available_subprotocols):
        """A hook: the subprotocol to answer with, or None."""
        from ..headers import parse_subprotocol

        fields = headers.get_all("Sec-WebSocket-Protocol")
        offered = [name for field in fields for name in parse_subprotocol(field)]
        if not offered or not available_subprotocols:
            return None
        return self.select_subprotocol(offered, available_subprotocols)

    def select_subprotocol(self, client_subprotocols, server_subprotocols):
        """A hook: chooses among what both speak; the earliest in both lists."""
        if self._select_subprotocol is not None:
            return self._select_subprotocol(client_subprotocols, server_subprotocols)
        common = set(client_subprotocols) & set(server_subprotocols)
        place = lambda name: client_subprotocols.index(name) + server_subprotocols.index(name)
        return min(common, key=place, default=None)
