"""A chat room: what anybody says, everybody hears.

    tauraro run examples/chat_server.py [PORT]

Talk to it with `tauraro -m websockets ws://localhost:PORT/NAME`. Without a port a few guests of
its own come by.
"""

import asyncio
import sys

import websockets
from websockets.asyncio.server import broadcast, serve


class Room:
    def __init__(self):
        self.guests = {}

    async def enter(self, websocket):
        name = websocket.request.path.strip("/") or "somebody"
        self.guests[websocket] = name
        self.say(f"{name} has come")
        try:
            async for message in websocket:
                self.say(f"{name}: {message}")
        except websockets.ConnectionClosedError:
            # The line broke; that is no reason for a traceback in the log.
            pass
        finally:
            del self.guests[websocket]
            self.say(f"{name} has gone")

    def say(self, text):
        # Nobody is waited for: whoever reads too slowly misses something.
        broadcast(self.guests, text)


async def serve_for_ever(port):
    async with serve(Room().enter, "localhost", port) as server:
        print(f"The room is open at ws://localhost:{port}/YOUR_NAME")
        await server.serve_forever()


async def visit(url, name, *lines):
    """Says some lines, and returns what was heard until the last of them."""
    heard = []
    async with websockets.connect(f"{url}/{name}") as websocket:
        heard.append(await websocket.recv())
        for line in lines:
            await websocket.send(line)
            while heard[-1] != f"{name}: {line}":
                heard.append(await websocket.recv())
    return heard


async def demonstrate():
    async with serve(Room().enter, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with websockets.connect(f"{url}/host") as host:
            await visit(url, "alice", "Hello!", "Is anybody here?")
            await visit(url, "bob", "I am late.")
            while True:
                text = await host.recv()
                print(text)
                if text == "bob has gone":
                    break


if len(sys.argv) == 2:
    asyncio.run(serve_for_ever(int(sys.argv[1])))
else:
    asyncio.run(demonstrate())
