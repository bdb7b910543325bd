"""What WebSocket cases send."""

import asyncio
import contextlib
import json

TEXT = "x" * 64
#: Messages in flight in the pipelined cases.
PIPELINED = 100


def documents():
    """Sixteen JSON texts of 1 KiB. Together they are larger than the window of a compressor, so that
    each is compressed by what is in it, not as a repetition of the last."""
    texts = []
    seed = 1
    for number in range(16):
        items = []
        while len(json.dumps(items)) < 960:
            seed = seed * 1103515245 + 12345 & 0x7FFFFFFF
            items.append({"id": seed, "symbol": f"S{seed % 977}", "price": seed % 100_000 / 100, "side": "buy"})
        text = json.dumps({"n": number, "items": items[:-1]})
        texts.append(text + " " * (1024 - len(text)))
    return texts


async def together(number, connect, exchange, measure):
    """So many connections of which each sends and receives once, all at the same time."""
    async with contextlib.AsyncExitStack() as stack:
        websockets = []
        while len(websockets) < number:
            # Not more at once than the server's backlog takes.
            more = [stack.enter_async_context(connect()) for _ in range(100)]
            websockets += await asyncio.gather(*more)

        async def run(count):
            async def talk(websocket):
                for _ in range(count):
                    await exchange(websocket)

            await asyncio.gather(*[talk(websocket) for websocket in websockets])

        return await measure(run)
