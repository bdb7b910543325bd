"""A client that sends a message and receives one."""

import asyncio

import websockets
from loopback import websocket_url


async def answer(websocket):
    async for message in websocket:
        await websocket.send(f"You said: {message}")


async def connect_to_server(uri):
    """Connect to WebSocket server."""
    async with websockets.connect(uri) as websocket:
        # Send message
        await websocket.send("Hello, Server!")

        # Receive message
        response = await websocket.recv()
        print(f"Received: {response}")


async def main():
    async with websockets.serve(answer, "127.0.0.1", 0) as server:
        await connect_to_server(websocket_url(server))


# Run the client
asyncio.run(main())
