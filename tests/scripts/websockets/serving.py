"""What the tests of servers share."""

import asyncio
import contextlib
import logging
import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import async_wait_until

#: No compression: what is tested here is the way to a connection.
PLAIN = {"compression": None}


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


async def idle(websocket):
    await websocket.wait_closed()


def url_of(server, path="/", scheme="ws"):
    port = server.sockets[0].getsockname()[1]
    return f"{scheme}://127.0.0.1:{port}{path}"


GOOD = {
    "Host": "localhost",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def request(method="GET", version="HTTP/1.1", **changes):
    """The bytes of a good request but for these changes; None leaves a field out."""
    fields = dict(GOOD)
    for name, value in changes.items():
        fields[name.replace("_", "-")] = value
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"{method} / {version}", *lines, "", ""]).encode()


async def answer_to(server, data):
    """All that a server says to a client that sends `data`, and closes."""
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        return (await reader.read()).decode()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def works(test, server):
    """Whether a server still serves others."""
    async with websockets.connect(url_of(server)) as websocket:
        await websocket.send("still here")
        test.assertEqual(await websocket.recv(), "still here")


@contextlib.contextmanager
def logged(level=logging.INFO, name="websockets.server"):
    """The records of a logger."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logger = logging.getLogger(name)
    before = logger.level, logger.propagate
    logger.setLevel(level)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before
        logger.setLevel(before[0])


def texts(records):
    return [record.getMessage() for record in records]


async def until_logged(records, text):
    """Waits for a record: the end of a refused client is logged after its answer is sent."""
    await async_wait_until(lambda: text in texts(records))
