"""aiohttp's WebSockets."""

import aiohttp
from aiohttp import web
from messages import PIPELINED, TEXT, documents


async def with_websocket(url, run_with, **options):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, **options) as websocket:
            return await run_with(websocket)


async def ping_pong(url, measure):
    async def run_with(websocket):
        async def run(count):
            for _ in range(count):
                await websocket.send_str(TEXT)
                await websocket.receive()

        return await measure(run)

    return await with_websocket(url, run_with)


async def pipelined(url, measure):
    async def run_with(websocket):
        async def run(count):
            for _ in range(count):
                for _ in range(PIPELINED):
                    await websocket.send_str(TEXT)
                for _ in range(PIPELINED):
                    await websocket.receive()

        return await measure(run)

    return await with_websocket(url, run_with)


async def deflate(url, measure):
    texts = documents()

    async def run_with(websocket):
        async def run(count):
            for number in range(count):
                await websocket.send_str(texts[number % 16])
                await websocket.receive()

        return await measure(run)

    return await with_websocket(url, run_with, compress=15)


async def serve(kind, largest_gap):
    async def handle(request):
        websocket = web.WebSocketResponse(compress=kind == "deflate", max_msg_size=0)
        await websocket.prepare(request)
        async for message in websocket:
            if message.type == aiohttp.WSMsgType.TEXT:
                await websocket.send_str(message.data)
            else:
                await websocket.send_bytes(message.data)
        return websocket

    application = web.Application()
    application.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    return runner.addresses[0][1]
