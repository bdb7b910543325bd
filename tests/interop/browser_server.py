"""A server of ours for a page in a browser: `browser_server.py`.

Prints its port. Answers requests for the page itself; the page talks to it over a WebSocket and
reports its checks there, of which each is printed as a line. Ends after the last.
"""

import asyncio
import pathlib

import websockets
from websockets.datastructures import Headers
from websockets.http11 import Response

PAGE = pathlib.Path(__file__).with_name("browser_page.html").read_bytes()
done = asyncio.Event()


def process_request(connection, request):
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return None
    fields = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(PAGE)), "Connection": "close"}
    return Response(200, "OK", Headers(fields), PAGE)


def select_subprotocol(connection, offered):
    """`subprotocols=` would refuse the connections that offer none."""
    return "chat" if "chat" in offered else None


async def handler(websocket):
    path = websocket.request.path
    if path == "/close":
        await websocket.close(4001, "as you wish")
    elif path == "/report":
        async for line in websocket:
            print(line, flush=True)
        done.set()
    elif path == "/fragments":
        await websocket.send(["frag", "men", "ts"])
        await websocket.wait_closed()
    else:
        async for message in websocket:
            await websocket.send(message)


async def main():
    options = {"process_request": process_request, "select_subprotocol": select_subprotocol, "max_size": None}
    async with websockets.serve(handler, "127.0.0.1", 0, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await done.wait()


asyncio.run(main())
