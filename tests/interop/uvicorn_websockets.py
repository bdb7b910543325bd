"""uvicorn's three WebSocket implementations: `uvicorn_websockets.py IMPLEMENTATION` serves an ASGI
application under tauraro and prints its port; `uvicorn_websockets.py ws://... CHECK...` is the
client, under CPython.
"""

import asyncio
import sys

from checks import check, equal


async def app(scope, receive, send):
    """Answers messages with themselves, and closes when it is told to."""
    await receive()
    if scope["path"] == "/denied":
        return await send({"type": "websocket.close"})
    accept = {"type": "websocket.accept", "headers": [(b"x-path", scope["raw_path"])]}
    if scope["subprotocols"]:
        accept["subprotocol"] = scope["subprotocols"][-1]
    await send(accept)
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if message.get("text") == "close":
            return await send({"type": "websocket.close", "code": 4001, "reason": "as told"})
        sent = {key: message[key] for key in ("text", "bytes") if message.get(key) is not None}
        await send({"type": "websocket.send", **sent})


def serve(implementation):
    import uvicorn

    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        loop="asyncio",
        http="h11",
        ws=implementation,
        lifespan="off",
        log_level="error",
    )
    listener = config.bind_socket()
    # A client that has read the port may connect before the server runs.
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


async def echo(url, connect):
    for compression in ("deflate", None):
        async with connect(url, compression=compression) as websocket:
            for message in ("", "héllo", "x" * 200_000, b"", bytes(range(256)) * 500):
                await websocket.send(message)
                equal(await websocket.recv(), message)


async def fragments(url, connect):
    async with connect(url) as websocket:
        await websocket.send(["one ", "message", " in three"])
        equal(await websocket.recv(), "one message in three")


async def pings(url, connect):
    async with connect(url) as websocket:
        await asyncio.wait_for(await websocket.ping(), 30)


async def closed_by_the_application(url, connect):
    async with connect(url) as websocket:
        await websocket.send("close")
        await websocket.wait_closed()
        equal((websocket.close_code, websocket.close_reason), (4001, "as told"))


async def closed_by_the_client(url, connect):
    async with connect(url) as websocket:
        await websocket.close(1001)
        equal(websocket.close_code, 1001)


async def subprotocols(url, connect):
    async with connect(url + "chat", subprotocols=["one", "two"]) as websocket:
        equal(websocket.subprotocol, "two")
        equal(websocket.response.headers["x-path"], "/chat")


async def denied(url, connect):
    from websockets.exceptions import InvalidStatus

    try:
        await connect(url + "denied")
    except InvalidStatus as error:
        equal(error.response.status_code, 403)
    else:
        raise AssertionError("the connection was accepted")


async def many(url, connect):
    async def one(number):
        async with connect(url) as websocket:
            for _ in range(20):
                await websocket.send(str(number))
                equal(await websocket.recv(), str(number))

    await asyncio.gather(*[one(number) for number in range(20)])


async def main(url, names):
    from websockets.asyncio.client import connect

    for name in names:
        with check(name):
            await globals()[name](url, connect)


CHECKS = (
    "echo fragments pings closed_by_the_application closed_by_the_client subprotocols denied many"
)


def run(interop):
    """What check.py calls."""
    if not interop.packages:
        print("skipped uvicorn's WebSockets: pip could not install uvicorn for tauraro")
        return
    for implementation in ("auto", "websockets", "websockets-sansio"):
        place = {"PYTHONPATH": interop.packages, "PYTHONWARNINGS": "ignore"}
        with interop.server(interop.ours, "uvicorn_websockets.py", implementation, **place) as port:
            peers = f"the package's websockets client and uvicorn --ws {implementation}"
            url = f"ws://127.0.0.1:{port}/"
            script = "uvicorn_websockets.py"
            interop.client(peers, interop.theirs, script, url, *CHECKS.split())


if __name__ == "__main__":
    if sys.argv[1].startswith("ws://"):
        asyncio.run(main(sys.argv[1], sys.argv[2:]))
    else:
        serve(sys.argv[1])
