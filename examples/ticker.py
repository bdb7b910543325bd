"""A ticker: every subscriber gets the price, again and again.

    tauraro run examples/ticker.py [PORT]

Without a port it has two subscribers of its own, and ends when they have seen enough.
"""

import asyncio
import json
import random
import sys

import websockets
from websockets.asyncio.server import broadcast, serve


async def subscribe(websocket):
    """The handler: a subscriber says nothing, and leaves when it likes."""
    await websocket.wait_closed()


async def tick(server, interval):
    price = 100.0
    for number in range(sys.maxsize):
        # One message for all of them, made once.
        broadcast(server.connections, json.dumps({"number": number, "price": round(price, 2)}))
        await asyncio.sleep(interval)
        price *= random.uniform(0.99, 1.01)


async def serve_for_ever(port):
    async with serve(subscribe, "localhost", port) as server:
        print(f"The ticker runs at ws://localhost:{port}")
        await tick(server, 1)


async def watch(url, count):
    async with websockets.connect(url) as websocket:
        numbers = [json.loads(await websocket.recv())["number"] for _ in range(count)]
    # Whoever is there gets every tick.
    assert numbers == list(range(numbers[0], numbers[0] + count)), numbers
    return count


async def demonstrate():
    async with serve(subscribe, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ticking = asyncio.create_task(tick(server, 0.01))
        for count in await asyncio.gather(watch(url, 5), watch(url, 3)):
            print(f"A subscriber saw {count} ticks in a row")
        ticking.cancel()


if len(sys.argv) == 2:
    asyncio.run(serve_for_ever(int(sys.argv[1])))
else:
    asyncio.run(demonstrate())
