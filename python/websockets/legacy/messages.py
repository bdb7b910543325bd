"""Messages that wait to be received, and pings that wait for their pongs."""

import asyncio
import os
from collections import deque

from ..frames import CONT, TEXT


class Inbox:
    """Puts messages together out of frames; recv() takes them in their order."""

    def __init__(self, max_queue):
        self._max_queue = max_queue
        self._messages = deque()
        self._frames = []
        self._waiter = None

    def is_full(self):
        """Whether reading should pause."""
        return self._max_queue is not None and len(self._messages) >= self._max_queue

    def add(self, frame):
        """Adds a data frame; raises UnicodeDecodeError."""
        if frame.opcode is not CONT:
            self._frames = [frame]
        else:
            self._frames.append(frame)
        if not frame.fin:
            return
        frames, self._frames = self._frames, []
        data = b"".join([frame.data for frame in frames]) if len(frames) > 1 else frame.data
        self._messages.append(data.decode() if frames[0].opcode is TEXT else data)
        self.wake()

    def wake(self):
        """Lets whoever waits look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self, closed):
        """The next message, or None once there is none and the future `closed` is done."""
        if self._waiter is not None:
            raise RuntimeError(
                "cannot call recv while another coroutine is already waiting for the next message"
            )
        while not self._messages:
            if closed.done():
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._messages.popleft()


class Pings:
    """Pings that were sent, by their payload, in their order."""

    def __init__(self):
        self._waiting = {}

    def new(self, data=None):
        """A payload that no other ping has, and a future of the seconds until its pong."""
        loop = asyncio.get_running_loop()
        while data is None or data in self._waiting:
            data = os.urandom(4)
        waiter = loop.create_future()
        self._waiting[data] = waiter, loop.time()
        return data, waiter

    def answered(self, data):
        """Completes a ping, and those before it."""
        if data not in self._waiting:
            return None
        now = asyncio.get_running_loop().time()
        for sent in list(self._waiting):
            waiter, since = self._waiting.pop(sent)
            if not waiter.done():
                waiter.set_result(now - since)
            if sent == data:
                return now - since

    def fail(self, exception):
        """Completes all of them with an exception."""
        for waiter, _ in self._waiting.values():
            if not waiter.done():
                waiter.set_exception(exception)
                # Nobody has to await a ping.
                waiter.exception()
        self._waiting.clear()
