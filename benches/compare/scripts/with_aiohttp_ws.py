"""aiohttp's WebSockets."""

import asyncio

import aiohttp
from aiohttp import web
from messages import PIPELINED, TEXT, documents, together


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


async def thousand(url, measure):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return await together(1000, lambda: session.ws_connect(url), exchange, measure)


async def exchange(websocket):
    await websocket.send_str(TEXT)
    await websocket.receive()


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
    everybody = set()

    async def listen(websocket):
        everybody.add(websocket)
        try:
            async for _ in websocket:
                pass
        finally:
            everybody.discard(websocket)

    async def broadcast(websocket):
        wanted = int(await websocket.receive_str())
        while len(everybody) < wanted:
            await asyncio.sleep(0.01)
        async for message in websocket:
            for _ in range(int(message.data)):
                for each in everybody:
                    await each.send_str(TEXT)

    async def handle(request):
        websocket = web.WebSocketResponse(compress=kind == "deflate", max_msg_size=0)
        await websocket.prepare(request)
        special = {"/listen": listen, "/broadcasts": broadcast}.get(request.path)
        if special is not None:
            await special(websocket)
            return websocket
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
