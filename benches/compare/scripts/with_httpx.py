"""httpx: the package on CPython, and Tauraro's module of that name."""

import asyncio

import httpx
from payload import PAYLOAD

# As many kept as the others keep by default.
GATHERED = httpx.Limits(max_connections=100, max_keepalive_connections=100)
UNLIMITED = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=60)


def get(url, measure):
    url += "/json"
    with httpx.Client() as client:

        def run(count):
            for _ in range(count):
                client.get(url).json()

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
    return await gather_with(httpx.AsyncClient(limits=GATHERED), url, measure)


async def gather_anew(url, measure):
    """With the default limits, which keep 20 connections: 80 are opened each time."""
    return await gather_with(httpx.AsyncClient(), url, measure)


async def gather_with(client, url, measure):
    url += "/json"
    async with client:

        async def run(count):
            for _ in range(count):
                await asyncio.gather(*[client.get(url) for _ in range(100)])

        return await measure(run)


async def client(url, measure):
    async def run(count):
        for _ in range(count):
            async with httpx.AsyncClient():
                pass

    return await measure(run)


async def memory(url, measure):
    async with httpx.AsyncClient(limits=UNLIMITED, timeout=60) as client:
        return await measure(url, client.get)
