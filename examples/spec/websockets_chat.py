"""JSON messages both ways."""

import asyncio
import json

import websockets
from loopback import websocket_url


async def room(websocket):
    async for message in websocket:
        data = json.loads(message)
        await websocket.send(json.dumps({"type": "delivered", "text": data["text"]}))


async def chat_client(uri):
    """Simple chat client."""
    async with websockets.connect(uri) as ws:
        # Send JSON data
        message = json.dumps({"type": "chat", "text": "Hello!"})
        await ws.send(message)

        # Receive and parse
        response = await ws.recv()
        data = json.loads(response)
        print(f"Got: {data}")


async def main():
    async with websockets.serve(room, "127.0.0.1", 0) as server:
        await chat_client(websocket_url(server))


asyncio.run(main())
