"""Our httpx against somebody's HTTP server: `httpx_client.py URL CHECK...`. Runs under tauraro.

Every server has /hello, /large, /chunked, /peer (the port that the request came from) and /close
(which closes the connection); some have /echo, and nginx has /text and /upload/.
"""

import asyncio
import os
import ssl
import sys
import warnings

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


def streamed_both_ways(url):
    async def exchange():
        async def parts():
            for number in range(50):
                await asyncio.sleep(0)
                yield b"%06d" % number * 1000

        async with httpx.AsyncClient() as client:
            async with client.stream("POST", f"{url}/echo", content=parts()) as response:
                return b"".join([part async for part in response.aiter_bytes(1000)])

    equal(asyncio.run(exchange()), b"".join(b"%06d" % number * 1000 for number in range(50)))


def compressed(url):
    response = httpx.get(f"{url}/text")
    equal(response.headers["content-encoding"], "gzip")
    equal((response.text.count("\n"), response.text[:14]), (10_000, "line 0\nline 1\n"))
    equal(response.num_bytes_downloaded < len(response.content) / 2, True)
    plain = httpx.get(f"{url}/text", headers={"Accept-Encoding": "identity"})
    equal((plain.text == response.text, "content-encoding" in plain.headers), (True, False))
    with httpx.stream("GET", f"{url}/text") as response:
        equal(list(response.iter_lines()), plain.text.splitlines())


def ranges(url):
    response = httpx.get(f"{url}/large", headers={"Range": "bytes=1000-1999"})
    equal((response.status_code, response.content), (206, LARGE[1000:2000]))
    equal(response.headers["content-range"], f"bytes 1000-1999/{len(LARGE)}")
    response = httpx.get(f"{url}/large", headers={"Range": f"bytes={len(LARGE)}-"})
    equal(response.status_code, 416)


def not_modified(url):
    with httpx.Client() as client:
        tag = client.get(f"{url}/large").headers["etag"]
        response = client.get(f"{url}/large", headers={"If-None-Match": tag})
        equal((response.status_code, response.content), (304, b""))
        equal(client.get(f"{url}/hello").text, "hello")


def uploads(url):
    """In parts, of a size that is known, and from a file; each is downloaded again."""
    parts = [LARGE] * 20
    with httpx.Client(http2=url.startswith("https:")) as client:
        for content in (iter(parts), b"".join(parts)):
            response = client.put(f"{url}/upload/name", content=content)
            equal(response.status_code in (201, 204), True)
            with client.stream("GET", f"{url}/upload/name") as response:
                equal(b"".join(response.iter_bytes()) == b"".join(parts), True)


def http2(url):
    async def fetch_all():
        async with httpx.AsyncClient(http2=True) as client:
            first = await client.get(f"{url}/peer")
            rest = await asyncio.gather(*(client.get(f"{url}/peer") for _ in range(100)))
            equal((await client.get(f"{url}/large")).content, LARGE)
            equal((await client.head(f"{url}/large")).content, b"")
            equal((await client.get(f"{url}/missing")).status_code, 404)
            async with client.stream("GET", f"{url}/large") as response:
                await anext(response.aiter_bytes())
            return [first, *rest, await client.get(f"{url}/peer")]

    responses = asyncio.run(fetch_all())
    equal({response.http_version for response in responses}, {"HTTP/2"})
    equal(len({response.text for response in responses}), 1)


def private_authority(url):
    """The authority of AUTHORITY is trusted if it is named, in either way."""
    authority = os.environ["AUTHORITY"]
    contexts = [ssl.create_default_context(cafile=authority), ssl.create_default_context()]
    contexts[1].load_verify_locations(authority)
    with warnings.catch_warnings():
        # httpx says that a context is to be preferred.
        warnings.simplefilter("ignore", DeprecationWarning)
        for verify in (authority, *contexts, False):
            equal(httpx.get(f"{url}/hello", verify=verify).text, "hello")
    untrusted(url)


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
