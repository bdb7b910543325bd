"""httpx: the package on CPython, and Tauraro's module of that name."""

import asyncio
import os
import ssl

import httpx
from payload import PAYLOAD, chunks
from threads import in_threads

# As many kept as the others keep by default.
GATHERED = httpx.Limits(max_connections=100, max_keepalive_connections=100)
UNLIMITED = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=60)


def trust():
    return ssl.create_default_context(cafile=os.environ["COMPARE_AUTHORITY"])


def get_with(client, url, measure, **options):
    with client:

        def run(count):
            for _ in range(count):
                client.get(url, **options).json()

        return measure(run)


def get(url, measure):
    return get_with(httpx.Client(), f"{url}/json", measure)


def json(url, measure, kibibytes):
    return get_with(httpx.Client(), f"{url}/json/{kibibytes}", measure)


def gzip(url, measure):
    return get_with(httpx.Client(timeout=60), f"{url}/gzip", measure)


def tls_get(url, measure):
    return get_with(httpx.Client(verify=trust()), f"{url}/json", measure)


def tls_new(url, measure):
    headers = {"Connection": "close"}
    return get_with(httpx.Client(verify=trust()), f"{url}/json", measure, headers=headers)


def threads(url, measure, number):
    """One client for all of them."""
    url += "/json/10"
    with httpx.Client() as client:
        return measure(in_threads(number, lambda: client.get(url).json()))


def upload(url, measure):
    url += "/upload"
    with httpx.Client(timeout=60) as client:

        def run(count):
            for _ in range(count):
                client.post(url, content=chunks()).read()

        return measure(run)


def post(url, measure):
    url += "/post"
    with httpx.Client() as client:

        def run(count):
            for _ in range(count):
                client.post(url, json=PAYLOAD).json()

        return measure(run)


def content(url, measure):
    url += "/download"
    with httpx.Client() as client:

        def run(count):
            for _ in range(count):
                client.get(url).content

        return measure(run)


def iter_bytes(url, measure):
    url += "/download"
    with httpx.Client() as client:

        def run(count):
            for _ in range(count):
                with client.stream("GET", url) as response:
                    for _ in response.iter_bytes():
                        pass

        return measure(run)


async def async_get(url, measure):
    url += "/json"
    async with httpx.AsyncClient() as client:

        async def run(count):
            for _ in range(count):
                (await client.get(url)).content

        return await measure(run)


async def gather(url, measure):
    return await gather_with(httpx.AsyncClient(limits=GATHERED), f"{url}/json", measure)


async def gather_anew(url, measure):
    """With the default limits, which keep 20 connections: 80 are opened each time."""
    return await gather_with(httpx.AsyncClient(), f"{url}/json", measure)


async def http2(url, measure):
    client = httpx.AsyncClient(http2=True, verify=trust())
    return await gather_with(client, f"{url}/json", measure)


async def fan_out(url, measure, requests=10_000):
    client = httpx.AsyncClient(limits=GATHERED, timeout=None)
    return await gather_with(client, f"{url}/json", measure, requests)


async def fan_out_of_fewer(url, measure):
    return await fan_out(url, measure, 1000)


async def delayed(url, measure, number):
    client = httpx.AsyncClient(limits=UNLIMITED, timeout=None)
    return await gather_with(client, f"{url}/delayed", measure, number)


async def gather_with(client, url, measure, requests=100):
    async with client:
        # With HTTP/2 the first hundred at once would open as many connections.
        await client.get(url)

        async def run(count):
            for _ in range(count):
                await asyncio.gather(*[client.get(url) for _ in range(requests)])

        return await measure(run)


async def at(url, measure, number):
    """So many at a time, each followed by the next."""
    url += "/json"
    async with httpx.AsyncClient(limits=UNLIMITED, timeout=None) as client:

        async def one_by_one(count):
            for _ in range(count):
                await client.get(url)

        async def run(count):
            await asyncio.gather(*[one_by_one(count) for _ in range(number)])

        return await measure(run)


async def client(url, measure):
    async def run(count):
        for _ in range(count):
            async with httpx.AsyncClient():
                pass

    return await measure(run)


async def memory(url, measure):
    async with httpx.AsyncClient(limits=UNLIMITED, timeout=None) as client:
        return await measure(url, client.get)
