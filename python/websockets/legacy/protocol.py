"""A connection that is an asyncio.Protocol, over websockets.protocol.Protocol."""

import asyncio

from ..exceptions import ConnectionClosed, ConnectionClosedOK
from ..frames import DATA_OPCODES, PONG, CloseCode
from ..protocol import CLOSED, OPEN
from .messages import Inbox, Pings

__all__ = ["WebSocketCommonProtocol"]


class WebSocketCommonProtocol(asyncio.Protocol):
    """A connection; a subclass makes `self.protocol` and performs the opening handshake."""

    def __init__(
        self,
        *,
        ping_interval=20,
        ping_timeout=20,
        close_timeout=10,
        max_queue=32,
        logger=None,
        **_unused,
    ):
        self.ping_interval = ping_interval
        self.ping_timeout = ping_timeout
        self.close_timeout = close_timeout
        self.logger = logger
        if getattr(self, "loop", None) is None:
            self.loop = asyncio.get_running_loop()
        self.transport = None
        self.path = self.request_headers = self.response_headers = None
        self.latency = 0.0
        self._inbox = Inbox(max_queue)
        self._pings = Pings()
        self._closed = self.loop.create_future()
        self._can_write = asyncio.Event()
        self._can_write.set()
        self._is_paused = False
        self._keepalive = None
        self._abort = None

    # What asyncio calls.

    def connection_made(self, transport):
        """The connection is there."""
        self.transport = transport

    def data_received(self, data):
        """Bytes have come."""
        self.protocol.receive_data(data)
        self._flush()
        for event in self.protocol.events_received():
            self._process(event)
        if self._inbox.is_full() and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        self._end_soon()

    def eof_received(self):
        """The peer sends no more."""
        self.protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc):
        """The connection is gone."""
        self.protocol.receive_eof()
        for pending in (self._keepalive, self._abort):
            if pending is not None:
                pending.cancel()
        if not self._closed.done():
            self._closed.set_result(None)
        self._pings.fail(self.protocol.close_exc)
        self._can_write.set()
        self._inbox.wake()

    def pause_writing(self):
        """The transport's buffer is full."""
        self._can_write.clear()

    def resume_writing(self):
        """The transport's buffer has room."""
        self._can_write.set()

    # What happens to frames.

    def _process(self, frame):
        if frame.opcode in DATA_OPCODES:
            try:
                self._inbox.add(frame)
            except UnicodeDecodeError as exc:
                reason = f"{exc.reason} at position {exc.start}"
                self.fail_connection(CloseCode.INVALID_DATA, reason)
        elif frame.opcode is PONG:
            self.latency = self._pings.answered(bytes(frame.data)) or self.latency

    def _flush(self):
        if self.transport is None:
            return
        for data in self.protocol.data_to_send():
            if data:
                self.transport.write(data)
            elif self.transport.can_write_eof():
                self.transport.write_eof()
            else:
                self.transport.close()

    def _end_soon(self):
        if self._abort is None and self.protocol.close_expected():
            self._abort = self.loop.call_later(self.close_timeout, self.transport.abort)

    def _start_keepalive(self):
        if self.ping_interval is not None:
            self._keepalive = self.loop.create_task(self._keep_alive())

    async def _keep_alive(self):
        try:
            while True:
                await asyncio.sleep(self.ping_interval)
                pong = await self.ping()
                if self.ping_timeout is not None:
                    async with asyncio.timeout(self.ping_timeout):
                        await pong
        except TimeoutError:
            self.fail_connection(CloseCode.INTERNAL_ERROR, "keepalive ping timeout")
        except ConnectionClosed:
            pass

    # What a handler uses.

    @property
    def state(self):
        """How far the connection has come."""
        return self.protocol.state

    @property
    def open(self):
        """Whether messages can be exchanged."""
        return self.state is OPEN

    @property
    def closed(self):
        """Whether the connection is closed."""
        return self.state is CLOSED

    @property
    def close_code(self):
        """The close code, or None."""
        return self.protocol.close_code

    @property
    def close_reason(self):
        """The close reason, or None."""
        return self.protocol.close_reason

    @property
    def subprotocol(self):
        """The subprotocol, or None."""
        return self.protocol.subprotocol

    @property
    def local_address(self):
        """The address of this end."""
        return self.transport and self.transport.get_extra_info("sockname")

    @property
    def remote_address(self):
        """The address of the other end."""
        return self.transport and self.transport.get_extra_info("peername")

    async def recv(self):
        """The next message: str or bytes; raises ConnectionClosed."""
        message = await self._inbox.take(self._closed)
        if self._is_paused and not self._inbox.is_full():
            self._is_paused = False
            self.transport.resume_reading()
        if message is None:
            raise self.protocol.close_exc
        return message

    async def __aiter__(self):
        try:
            while True:
                yield await self.recv()
        except ConnectionClosedOK:
            return

    async def _ensure_open(self):
        if self.protocol.state is not OPEN:
            await self.wait_closed()
            raise self.protocol.close_exc

    async def send(self, message):
        """Sends str as text and bytes-like as binary; raises ConnectionClosed."""
        await self._ensure_open()
        if isinstance(message, str):
            self.protocol.send_text(message.encode())
        else:
            self.protocol.send_binary(message)
        self._flush()
        await self._can_write.wait()

    async def ping(self, data=None):
        """Sends a ping, and returns a future of the seconds until its pong."""
        await self._ensure_open()
        data = data.encode() if isinstance(data, str) else data
        data, waiter = self._pings.new(data)
        self.protocol.send_ping(data)
        self._flush()
        return waiter

    async def pong(self, data=b""):
        """Sends a pong that nobody asked for."""
        await self._ensure_open()
        self.protocol.send_pong(data.encode() if isinstance(data, str) else data)
        self._flush()

    async def close(self, code=1000, reason=""):
        """Performs the closing handshake; once more is no error."""
        if self.protocol.state is OPEN:
            self.protocol.send_close(code, reason)
            self._flush()
            self._unblock_reading()
        self._end_soon()
        await self.wait_closed()

    async def wait_closed(self):
        """Waits until the connection is closed."""
        await asyncio.shield(self._closed)

    def fail_connection(self, code=1006, reason=""):
        """Closes the connection without waiting for the peer."""
        self.protocol.fail(code, reason)
        self._flush()
        self._end_soon()

    def _unblock_reading(self):
        # The peer's close frame comes after what was not read.
        if self._is_paused:
            self._is_paused = False
            self.transport.resume_reading()
