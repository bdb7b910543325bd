"""A page that talks to its server: both from one port.

    tauraro run examples/browser_page.py [PORT]

Open http://localhost:PORT/ in a browser. Without a port it looks at the page itself, and talks as
the page does.
"""

import asyncio
import pathlib
import re
import sys

import httpx
import websockets
from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.http11 import Response

PAGE = pathlib.Path(__file__).with_suffix(".html").read_bytes()

#: Only our own page may connect: a browser would let any page on the web do so.
ORIGIN = re.compile(r"http://(localhost|127\.0\.0\.1)(:\d+)?")


def process_request(connection, request):
    """Gives a browser the page; what it then asks for at /websocket is no page."""
    if request.path == "/websocket":
        return None
    if request.path != "/":
        return connection.respond(404, "There is nothing here.\n")
    headers = Headers(
        {
            "Connection": "close",
            "Content-Length": str(len(PAGE)),
            "Content-Type": "text/html; charset=utf-8",
        }
    )
    return Response(200, "OK", headers, PAGE)


async def handler(websocket):
    async for message in websocket:
        await websocket.send(message.upper())


def serving(port):
    options = {"origins": [ORIGIN], "process_request": process_request}
    return serve(handler, "localhost", port, **options)


async def serve_for_ever(port):
    async with serving(port) as server:
        print(f"Open http://localhost:{port}/ in a browser")
        await server.serve_forever()


async def demonstrate():
    async with serving(0) as server:
        address = f"localhost:{server.sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient() as client:
            page = await client.get(f"http://{address}/")
        print(page.status_code, re.search("<title>(.*)</title>", page.text)[1])
        url = f"ws://{address}/websocket"
        async with websockets.connect(url, origin=f"http://{address}") as websocket:
            await websocket.send("Hello!")
            print(await websocket.recv())
        try:
            await websockets.connect(url, origin="https://evil.example")
        except websockets.exceptions.InvalidStatus as error:
            print("Another page gets", error.response.status_code)


if len(sys.argv) == 2:
    asyncio.run(serve_for_ever(int(sys.argv[1])))
else:
    asyncio.run(demonstrate())
