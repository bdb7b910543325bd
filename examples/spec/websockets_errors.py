"""What can go wrong with a WebSocket, and how a script sees it."""

import asyncio

import websockets
from loopback import websocket_url


async def handler(websocket, path):
    message = await websocket.recv()
    if path == "/echo":
        await websocket.send(message)
    elif path == "/silent":
        await websocket.wait_closed()
    # Any other path: the handler is done, and the connection closes.


async def robust_client(uri):
    """WebSocket client with error handling."""
    try:
        async with websockets.connect(uri, timeout=10) as ws:
            await ws.send("Hello!")

            try:
                response = await asyncio.wait_for(ws.recv(), timeout=0.5)
                print(response)
            except asyncio.TimeoutError:
                print("Receive timed out")

    except websockets.exceptions.ConnectionClosed:
        print("Connection closed")
    except Exception as e:
        print(type(e).__name__)
        print(f"Error: {e}")


async def main():
    async with websockets.serve(handler, "127.0.0.1", 0) as server:
        uri = websocket_url(server)
        await robust_client(f"{uri}/echo")
        await robust_client(f"{uri}/silent")
        await robust_client(f"{uri}/goodbye")

    # Nobody listens there any more
    await robust_client(uri)


asyncio.run(main())
