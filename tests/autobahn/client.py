"""Our client against wstest's fuzzing server: `client.py URL AGENT COMPRESSION AT_ONCE`."""

import asyncio
import sys

import websockets


async def main(url, agent, compression, at_once):
    options = {
        "compression": None if compression == "none" else compression,
        "max_size": None,
        "open_timeout": 60,
        "close_timeout": 60,
        "ping_interval": None,
    }
    async with websockets.connect(f"{url}/getCaseCount", **options) as websocket:
        count = int(await websocket.recv())
    turns = asyncio.Semaphore(at_once)

    async def run_case(number):
        async with turns:
            await echo(f"{url}/runCase?case={number}&agent={agent}", options)

    await asyncio.gather(*[run_case(number) for number in range(1, count + 1)])
    async with websockets.connect(f"{url}/updateReports?agent={agent}", **options) as websocket:
        await websocket.wait_closed()


async def echo(url, options):
    # Most cases end with an error: the server judges which.
    try:
        async with websockets.connect(url, **options) as websocket:
            async for message in websocket:
                await websocket.send(message)
    except websockets.WebSocketException:
        pass
    except Exception as error:
        print(f"{url}: {type(error).__name__}: {error}", file=sys.stderr)


asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
