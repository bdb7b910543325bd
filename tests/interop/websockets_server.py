"""An echo server with a few commands: `websockets_server.py [default|uncompressed]`.

The same script is our server under tauraro, and the websockets package's under CPython. Prints its
port, and runs until it is killed.
"""

import asyncio
import sys

import websockets


async def handler(websocket):
    async for message in websocket:
        command, _, argument = message.partition(" ") if isinstance(message, str) else ("", "", "")
        if command == "/count":
            for number in range(int(argument)):
                await websocket.send(str(number))
            return
        elif command == "/close":
            await websocket.close(int(argument), "as you wish")
            return
        elif command == "/fragments":
            await websocket.send(["frag", "men", "ts"])
        elif command == "/ping":
            pong = await websocket.ping(b"are you there?")
            # The pong is read by the connection itself, not by this loop.
            await asyncio.wait_for(pong, 10)
            await websocket.send("pong")
        else:
            await websocket.send(message)


async def main():
    options = {"compression": None} if "uncompressed" in sys.argv else {}
    server = await websockets.serve(handler, "127.0.0.1", 0, **options)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.wait_closed()


asyncio.run(main())
