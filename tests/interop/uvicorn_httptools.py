"""uvicorn over httptools: `uvicorn_httptools.py` serves an ASGI application under tauraro, with
`--http httptools`, and prints its port; `uvicorn_httptools.py http://... CHECK...` is the client,
under CPython: aiohttp, and sockets for what no client sends.
"""

import asyncio
import sys
import urllib.parse

from checks import check, equal

LARGE = bytes(range(256)) * 8192


async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await respond(scope, send, answer(scope, body))


def answer(scope, body):
    import httptools

    match scope["path"]:
        case "/module":
            # The package has no such function.
            return b"built in" if hasattr(httptools, "parse_request") else b"installed"
        case "/large":
            return LARGE
        case "/echo":
            return body
        case "/headers":
            return repr(scope["headers"]).encode()
        case path:
            return f"{scope['method']} {path} {scope['query_string'].decode()}".encode()


async def respond(scope, send, content):
    headers = [(b"content-length", b"%d" % len(content))]
    if scope["path"] == "/chunked":
        headers = []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def serve():
    import uvicorn

    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="critical",
    )
    listener = config.bind_socket()
    listener.listen(128)
    print(listener.getsockname()[1], flush=True)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


async def the_built_in_module_is_used(session, url):
    async with session.get(url + "/module") as response:
        equal(await response.read(), b"built in")


async def get(session, url):
    async with session.get(url + "/a/b?c=d&e") as response:
        equal(response.status, 200)
        equal(await response.text(), "GET /a/b c=d&e")


async def keep_alive(session, url):
    for number in range(50):
        async with session.get(f"{url}/{number}") as response:
            equal(await response.text(), f"GET /{number} ")


async def head(session, url):
    async with session.head(url + "/large") as response:
        equal(int(response.headers["content-length"]), len(LARGE))


async def large(session, url):
    async with session.get(url + "/large") as response:
        equal(await response.read(), LARGE)


async def upload(session, url):
    async with session.post(url + "/echo", data=LARGE) as response:
        equal(await response.read(), LARGE)


async def chunked_upload(session, url):
    async def parts():
        for start in range(0, len(LARGE), 100_000):
            yield LARGE[start : start + 100_000]

    async with session.post(url + "/echo", data=parts()) as response:
        equal(await response.read(), LARGE)


async def chunked_download(session, url):
    async with session.get(url + "/chunked") as response:
        equal(response.headers["transfer-encoding"], "chunked")
        equal(await response.text(), "GET /chunked ")


async def expect_continue(session, url):
    async with session.post(url + "/echo", data=b"waited", expect100=True) as response:
        equal(await response.read(), b"waited")


async def headers(session, url):
    fields = {"X-One": "1", "X-Empty": "", "X-Latin": "caf\u00e9"}
    async with session.get(url + "/headers", headers=fields) as response:
        text = await response.text()
    for name, value in fields.items():
        pair = (name.lower().encode(), value.encode())
        equal(str(pair) in text, True)


async def many(session, url):
    async def one(number):
        async with session.post(url + "/echo", data=str(number)) as response:
            equal(await response.text(), str(number))

    await asyncio.gather(*[one(number) for number in range(200)])


async def exchange(url, *pieces):
    """Sends the pieces one after the other, and returns all that comes back."""
    address = urllib.parse.urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    received = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return received


async def pipelined(session, url):
    request = b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"
    last = b"GET /9 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    received = await exchange(url, b"".join(request % number for number in range(9)) + last)
    equal(received.count(b"200 OK"), 10)
    places = [received.index(b"GET /%d " % number) for number in range(10)]
    equal(places, sorted(places))


async def byte_by_byte(session, url):
    request = b"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
    request += b"\r\n3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n"
    received = await exchange(url, *[request[at : at + 1] for at in range(len(request))])
    equal(received.endswith(b"\r\n\r\nabc"), True)


async def refused(session, url):
    for request in (
        b"nonsense\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\nHost: h\n\n",
    ):
        received = await exchange(url, request)
        equal(received.partition(b"\r\n")[0], b"HTTP/1.1 400 Bad Request")


CHECKS = (
    "the_built_in_module_is_used get keep_alive head large upload chunked_upload chunked_download "
    "expect_continue headers many pipelined byte_by_byte refused"
)


async def main(url, names):
    import aiohttp

    async with aiohttp.ClientSession() as session:
        for name in names:
            with check(name):
                await globals()[name](session, url)


def run(interop):
    """What check.py calls."""
    if not interop.packages:
        print("skipped uvicorn over httptools: pip could not install uvicorn for tauraro")
        return
    place = {"PYTHONPATH": interop.packages, "PYTHONWARNINGS": "ignore"}
    script = "uvicorn_httptools.py"
    with interop.server(interop.ours, script, **place) as port:
        peers = "aiohttp and uvicorn --http httptools under tauraro"
        url = f"http://127.0.0.1:{port}"
        interop.client(peers, interop.theirs, script, url, *CHECKS.split())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(main(sys.argv[1], sys.argv[2:]))
    else:
        serve()
