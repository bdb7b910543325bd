"""Runs a case as often as each line of standard input says, and prints the nanoseconds it took.

Arguments: CASE URL.
"""

import asyncio
import sys
import time

import httpx
import websockets

TEXT = "x" * 64


def counts():
    for line in sys.stdin:
        yield int(line)


async def measure(run):
    for count in counts():
        started = time.perf_counter_ns()
        await run(count)
        print(time.perf_counter_ns() - started, flush=True)


async def ready(url):
    response = httpx.Response(200, content=b"x")

    async def run(count):
        for _ in range(count):
            await response.aread()

    await measure(run)


async def get(url):
    """Blocks the loop, which has nothing else to do."""
    with httpx.Client() as client:

        async def run(count):
            for _ in range(count):
                client.get(url).json()

        await measure(run)


async def async_get(url):
    async with httpx.AsyncClient() as client:

        async def run(count):
            for _ in range(count):
                (await client.get(url)).json()

        await measure(run)


async def echo(url):
    async with websockets.connect(url, compression=None, ping_interval=None) as websocket:

        async def run(count):
            for _ in range(count):
                await websocket.send(TEXT)
                await websocket.recv()

        await measure(run)


asyncio.run(globals()[sys.argv[1]](sys.argv[2]))
