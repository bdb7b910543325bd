"""aiohttp's WebSockets as a peer, under CPython: `aiohttp_websocket.py serve` is a server for
websockets_client.py, and `aiohttp_websocket.py URL CHECK...` a client of websockets_server.py.

COMPRESSION in the environment is "none" for a client that offers none.
"""

import asyncio
import os
import sys

import aiohttp
from aiohttp import WSMsgType, web
from checks import check, equal

MESSAGES = ("Hello!", "", "Zoë 🎈", b"", b"\x00\xff")
SIZES = (125, 126, 127, 65_535, 65_536, 500_000)


async def handle(request):
    websocket = web.WebSocketResponse()
    await websocket.prepare(request)
    async for message in websocket:
        if message.type == WSMsgType.BINARY:
            await websocket.send_bytes(message.data)
            continue
        command, _, argument = message.data.partition(" ")
        if command == "/count":
            for number in range(int(argument)):
                await websocket.send_str(str(number))
            break
        elif command == "/close":
            await websocket.close(code=int(argument), message=b"as you wish")
        elif command == "/ping":
            await websocket.ping(b"are you there?")
            await websocket.send_str("pong")
        else:
            await websocket.send_str(message.data)
    return websocket


async def serve():
    application = web.Application()
    application.router.add_get("/", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def exchange(websocket, messages):
    for message in messages:
        if isinstance(message, str):
            await websocket.send_str(message)
        else:
            await websocket.send_bytes(message)
        equal((await websocket.receive()).data, message)


async def echo(websocket):
    await exchange(websocket, MESSAGES)


async def sizes(websocket):
    await exchange(websocket, [bytes(range(250)) * (size // 250) + b"." * (size % 250) for size in SIZES])


async def many_messages(websocket):
    await exchange(websocket, [f"message {number}" for number in range(1000)])


async def iteration(websocket):
    await websocket.send_str("/count 5")
    equal([message.data async for message in websocket], ["0", "1", "2", "3", "4"])
    equal(websocket.close_code, 1000)


async def close_ok(websocket):
    await closed_with(websocket, 1000)


async def close_error(websocket):
    await closed_with(websocket, 4001)


async def closed_with(websocket, code):
    await websocket.send_str(f"/close {code}")
    message = await websocket.receive()
    equal((message.type, message.data, message.extra), (WSMsgType.CLOSE, code, "as you wish"))


async def fragments_received(websocket):
    await websocket.send_str("/fragments")
    equal((await websocket.receive()).data, "fragments")


async def ping_received(websocket):
    await websocket.send_str("/ping")
    equal((await websocket.receive()).data, "pong")


async def run(url, names):
    compress = 0 if os.environ.get("COMPRESSION") == "none" else 15
    async with aiohttp.ClientSession() as session:
        for name in names:
            with check(name):
                async with session.ws_connect(url, compress=compress) as websocket:
                    equal(bool(websocket.compress), bool(compress))
                    await asyncio.wait_for(globals()[name](websocket), 60)


if sys.argv[1] == "serve":
    asyncio.run(serve())
else:
    asyncio.run(run(sys.argv[1], sys.argv[2:]))
