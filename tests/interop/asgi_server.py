"""An ASGI application served by uvicorn: `asgi_server.py`. Runs under CPython and under tauraro.

Prints its port, and runs until it is killed.
"""

import asyncio

import uvicorn

LARGE = bytes(range(256)) * 4096
CHUNK = 60_000
EVENTS = 'event: first\nid: 1\ndata: {"n": 1}\n\n: a comment\ndata: a\ndata: b\nretry: 5\n\n'.encode()

BODIES = {"/hello": b"hello", "/large": LARGE, "/close": b"closing", "/events": EVENTS}
TYPES = {"/events": b"text/event-stream"}


async def app(scope, receive, send):
    path = scope["path"]
    if path == "/chunked":
        await send_all(send, (LARGE[start : start + CHUNK] for start in range(0, len(LARGE), CHUNK)))
    elif path == "/echo":
        await send_all(send, [part async for part in received(receive)])
    elif path == "/peer":
        await respond(scope, send, 200, str(scope["client"][1]).encode())
    elif path in BODIES:
        await respond(scope, send, 200, BODIES[path])
    else:
        await respond(scope, send, 404, b"there is no such thing")


async def respond(scope, send, status, body):
    path = scope["path"]
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", TYPES.get(path, b"text/plain"))]
    if path == "/close":
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_all(send, parts):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def received(receive):
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if message["body"]:
            yield message["body"]
        if not message.get("more_body"):
            return


def main():
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, loop="asyncio", http="h11", ws="none", lifespan="off", log_level="error"
    )
    listener = config.bind_socket()
    # A client that has read the port may connect before the server runs.
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


main()
