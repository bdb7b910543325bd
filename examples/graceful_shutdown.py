"""A server that ends well: on SIGTERM its clients are told, and handlers may finish.

    tauraro run examples/graceful_shutdown.py [PORT]

Without a port it has a client of its own, and sends itself the signal.
"""

import asyncio
import os
import signal
import sys

import websockets
from websockets.asyncio.server import serve


async def handler(websocket):
    try:
        async for message in websocket:
            await websocket.send(message)
    finally:
        # The connection is closed by now; here is the time to put things away.
        await asyncio.sleep(0)
        print("A handler has finished")


async def serve_until_told(port, ready):
    async with serve(handler, "localhost", port) as server:
        loop = asyncio.get_running_loop()
        for number in signal.SIGTERM, signal.SIGINT:
            # Takes no more clients, closes the connections with 1001 (going away), and waits for
            # the handlers. A client that does not answer is cut off after close_timeout.
            loop.add_signal_handler(number, server.close)
        ready.set_result(server.sockets[0].getsockname()[1])
        await server.wait_closed()
    print("The server is closed")


async def main(port):
    ready = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve_until_told(port, ready))
    port = await ready
    if len(sys.argv) == 2:
        print(f"Serving ws://localhost:{port}; kill -TERM {os.getpid()} ends it")
    else:
        async with websockets.connect(f"ws://localhost:{port}") as websocket:
            os.kill(os.getpid(), signal.SIGTERM)
            await websocket.wait_closed()
            print(f"The client was told {websocket.close_code}")
    await serving


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) == 2 else 0))
