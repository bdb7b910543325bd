"""Our server for wstest's fuzzing client: `server.py COMPRESSION`. Prints its port; runs until killed."""

import asyncio
import logging
import sys

import websockets

# What the fuzzing client does to it is none of its operator's business.
logging.getLogger("websockets").setLevel(logging.CRITICAL)


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


async def main(compression):
    options = {
        "compression": None if compression == "none" else compression,
        "max_size": None,
        "open_timeout": 60,
        "close_timeout": 60,
        "ping_interval": None,
    }
    async with websockets.serve(echo, "127.0.0.1", 0, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.wait_closed()


asyncio.run(main(sys.argv[1]))
