"""A client that subscribes to a channel and follows it until the server closes."""

import asyncio
import json

import websockets
from loopback import websocket_url


async def exchange(websocket):
    """Sends three prices to whoever subscribes."""
    request = json.loads(await websocket.recv())
    for price in (100, 101, 99):
        await websocket.send(json.dumps({"type": request["channel"], "price": price}))


async def trading_client(uri):
    """Connect to trading WebSocket API."""
    async with websockets.connect(uri) as ws:
        # Subscribe to ticker
        subscribe_msg = {
            "action": "subscribe",
            "channel": "ticker",
            "symbol": "BTC/USD",
        }
        await ws.send(json.dumps(subscribe_msg))

        # Receive price updates
        async for data in ws:
            message = json.loads(data)

            if message["type"] == "ticker":
                print(f"BTC Price: ${message['price']}")
    print("The exchange has closed")


async def main():
    async with websockets.serve(exchange, "127.0.0.1", 0) as server:
        await trading_client(f"{websocket_url(server)}/trade")


asyncio.run(main())
