"""websockets: the package on CPython, and Tauraro's module of that name."""

import asyncio

import websockets
from memory import growth
from messages import PIPELINED, TEXT, documents, together

PLAIN = {"compression": None}
FLOOD = b"x" * 65536


async def ping_pong(url, measure):
    async with websockets.connect(url, **PLAIN) as websocket:

        async def run(count):
            for _ in range(count):
                await websocket.send(TEXT)
                await websocket.recv()

        return await measure(run)


async def pipelined(url, measure):
    async with websockets.connect(url, **PLAIN) as websocket:

        async def run(count):
            for _ in range(count):
                for _ in range(PIPELINED):
                    await websocket.send(TEXT)
                for _ in range(PIPELINED):
                    await websocket.recv()

        return await measure(run)


async def thousand(url, measure):
    return await together(1000, lambda: websockets.connect(url, **PLAIN), exchange, measure)


async def exchange(websocket):
    await websocket.send(TEXT)
    await websocket.recv()


async def deflate(url, measure):
    texts = documents()
    async with websockets.connect(url) as websocket:
        assert "permessage-deflate" in websocket.response.headers["Sec-WebSocket-Extensions"]

        async def run(count):
            for number in range(count):
                await websocket.send(texts[number % 16])
                await websocket.recv()

        return await measure(run)


async def soak_messages(url, share):
    """The growth of this process over a share of a million messages, the first tenth not counted."""
    async with websockets.connect(url, **PLAIN) as websocket:

        async def run(count):
            for _ in range(count // PIPELINED):
                for _ in range(PIPELINED):
                    await websocket.send(TEXT)
                for _ in range(PIPELINED):
                    await websocket.recv()

        return await growth(run, 1_000_000, share)


async def soak_cycles(url, share):
    """The growth over a share of 100,000 connections, each opened, used and closed."""

    async def run(count):
        for _ in range(count):
            async with websockets.connect(url, **PLAIN) as websocket:
                await websocket.send(TEXT)
                await websocket.recv()

    return await growth(run, 100_000, share)


async def serve(kind, largest_gap):
    everybody = set()

    async def handler(websocket):
        # A load that is done goes away without a word.
        try:
            await handle(websocket)
        except websockets.ConnectionClosed:
            pass

    async def handle(websocket):
        path = websocket.request.path
        if path == "/broadcast":
            await broadcast(websocket)
        elif path == "/broadcasts":
            async for count in wanted(websocket):
                for _ in range(int(count)):
                    websockets.broadcast(everybody, TEXT)
        elif path == "/flood":
            while True:
                await websocket.send(FLOOD)
        elif path == "/silent":
            await websocket.wait_closed()
        elif path == "/listen":
            everybody.add(websocket)
            try:
                await websocket.wait_closed()
            finally:
                everybody.discard(websocket)
        else:
            async for message in websocket:
                await websocket.send(message)

    async def wanted(websocket):
        """The messages to a server that has as many others as the first one says."""
        count = int(await websocket.recv())
        # The handlers of the last ones may not have begun.
        while len(everybody) < count:
            await asyncio.sleep(0.01)
        async for message in websocket:
            yield message

    async def broadcast(websocket):
        async for message in wanted(websocket):

            async def work():
                websockets.broadcast(everybody, message)

            await websocket.send(str(await largest_gap(work)))

    options = {} if kind == "deflate" else PLAIN
    # No keepalive: it is not what is measured, and the others have none by default.
    options = {**options, "ping_interval": None, "max_size": None}
    server = await websockets.serve(handler, "127.0.0.1", 0, backlog=1024, **options)
    return server.sockets[0].getsockname()[1]
