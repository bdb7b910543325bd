"""An echo server with a handler that takes the path, and two clients that talk to it."""

import asyncio

import websockets
from loopback import websocket_url


async def echo_handler(websocket, path):
    """Echo server - sends back what it receives."""
    async for message in websocket:
        print(f"Received on {path}: {message}")
        await websocket.send(f"Echo: {message}")


async def visit(uri, message):
    async with websockets.connect(uri) as websocket:
        await websocket.send(message)
        print(await websocket.recv())


async def main():
    """Start WebSocket server."""
    server = await websockets.serve(echo_handler, "127.0.0.1", 0)
    print("WebSocket server started")

    await visit(f"{websocket_url(server)}/first", "Hello!")
    await visit(f"{websocket_url(server)}/second", "Hello again!")

    server.close()
    await server.wait_closed()
    print("WebSocket server closed")


asyncio.run(main())
