"""A server behind nginx: on a unix socket, with a page for health checks.

    tauraro run examples/behind_nginx.py SOCKET

behind_nginx.conf has nginx's part: it ends TLS, and passes on who the client is. Without a socket
it plays nginx itself, once.
"""

import asyncio
import os
import sys
import tempfile

from websockets.asyncio.client import unix_connect
from websockets.asyncio.server import unix_serve
from websockets.exceptions import InvalidStatus


def process_request(connection, request):
    """Answers nginx's health checks, which are plain HTTP."""
    if request.path == "/healthz":
        return connection.respond(200, "OK\n")


async def handler(websocket):
    # The other end of the socket is always nginx; it says whom it speaks for.
    client = websocket.request.headers.get("X-Forwarded-For", "nobody")
    async for message in websocket:
        await websocket.send(f"{client} says {message}")


async def serve_for_ever(path):
    async with unix_serve(handler, path, process_request=process_request) as server:
        await server.serve_forever()


async def demonstrate():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "websocket.sock")
        async with unix_serve(handler, path, process_request=process_request):
            headers = {"X-Forwarded-For": "192.0.2.1"}
            async with unix_connect(
                path, "ws://example.com/chat", additional_headers=headers
            ) as websocket:
                await websocket.send("Hello!")
                print(await websocket.recv())
            try:
                await unix_connect(path, "ws://example.com/healthz")
            except InvalidStatus as error:
                print("Health:", error.response.status_code, error.response.body.decode().strip())


if len(sys.argv) == 2:
    asyncio.run(serve_for_ever(sys.argv[1]))
else:
    asyncio.run(demonstrate())
