"""Our httpx against somebody's HTTP server: `httpx_client.py URL CHECK...`. Runs under tauraro.

Every server has /hello, /large, /chunked, /peer (the port that the request came from) and /close
(which closes the connection); some have /echo.
"""

import asyncio
import sys

import httpx
from checks import check, equal

LARGE = bytes(range(256)) * 4096


def get(url):
    response = httpx.get(f"{url}/hello")
    equal((response.status_code, response.text, response.http_version), (200, "hello", "HTTP/1.1"))


def head(url):
    response = httpx.head(f"{url}/large")
    equal((response.headers["content-length"], response.content), (str(len(LARGE)), b""))


def large(url):
    equal(httpx.get(f"{url}/large").content, LARGE)


def missing(url):
    equal(httpx.get(f"{url}/missing").status_code, 404)


def keep_alive(url):
    with httpx.Client() as client:
        ports = {client.get(f"{url}/peer").text for _ in range(20)}
    equal(len(ports), 1)


def close(url):
    with httpx.Client() as client:
        for _ in range(3):
            response = client.get(f"{url}/close")
            equal((response.headers["connection"], response.text), ("close", "closing"))


def chunked(url):
    response = httpx.get(f"{url}/chunked")
    equal(response.headers["transfer-encoding"], "chunked")
    equal(response.content, LARGE)


def chunked_stream(url):
    with httpx.stream("GET", f"{url}/chunked") as response:
        equal(b"".join(response.iter_bytes()), LARGE)


def echo(url):
    with httpx.Client() as client:
        for content in (b"", b"\x00\xff", LARGE):
            equal(client.post(f"{url}/echo", content=content).content, content)
        equal(client.post(f"{url}/echo", json={"name": "Zoë"}).json(), {"name": "Zoë"})


def gather(url):
    async def fetch_all():
        limits = httpx.Limits(max_connections=10)
        async with httpx.AsyncClient(limits=limits) as client:
            requests = [client.get(f"{url}/peer") for _ in range(200)]
            return await asyncio.gather(*requests)

    responses = asyncio.run(fetch_all())
    equal({response.status_code for response in responses}, {200})
    ports = {response.text for response in responses}
    equal(1 <= len(ports) <= 10, True)


def untrusted(url):
    try:
        httpx.get(f"{url}/hello")
    except httpx.ConnectError as error:
        equal("certificate" in str(error), True)
    else:
        raise AssertionError("a certificate of an unknown authority was accepted")


url = sys.argv[1]
for name in sys.argv[2:]:
    with check(name):
        globals()[name](url)
