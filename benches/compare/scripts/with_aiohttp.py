"""aiohttp."""

import asyncio

import aiohttp
from payload import async_chunks

NO_TIMEOUT = aiohttp.ClientTimeout(total=None)


async def fetch_with(session, url):
    async with session.get(url) as response:
        return await response.read()


async def async_get(url, measure):
    return await one_by_one(f"{url}/json", measure)


async def content(url, measure):
    return await one_by_one(f"{url}/download", measure)


async def one_by_one(url, measure):
    async with aiohttp.ClientSession() as session:

        async def run(count):
            for _ in range(count):
                await fetch_with(session, url)

        return await measure(run)


async def gather(url, measure):
    return await gather_with(aiohttp.TCPConnector(), f"{url}/json", measure, 100)


async def fan_out(url, measure):
    return await gather_with(aiohttp.TCPConnector(limit=100), f"{url}/json", measure, 10_000)


async def delayed(url, measure, number):
    return await gather_with(aiohttp.TCPConnector(limit=0), f"{url}/delayed", measure, number)


async def gather_with(connector, url, measure, requests):
    async with aiohttp.ClientSession(connector=connector, timeout=NO_TIMEOUT) as session:

        async def run(count):
            for _ in range(count):
                await asyncio.gather(*[fetch_with(session, url) for _ in range(requests)])

        return await measure(run)


async def at(url, measure, number):
    url += "/json"
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=NO_TIMEOUT) as session:

        async def one_by_one(count):
            for _ in range(count):
                await fetch_with(session, url)

        async def run(count):
            await asyncio.gather(*[one_by_one(count) for _ in range(number)])

        return await measure(run)


async def upload(url, measure):
    url += "/upload"
    async with aiohttp.ClientSession() as session:

        async def run(count):
            for _ in range(count):
                async with session.post(url, data=async_chunks()) as response:
                    await response.read()

        return await measure(run)


async def iter_bytes(url, measure):
    url += "/download"
    async with aiohttp.ClientSession() as session:

        async def run(count):
            for _ in range(count):
                async with session.get(url) as response:
                    async for _ in response.content.iter_any():
                        pass

        return await measure(run)


async def client(url, measure):
    async def run(count):
        for _ in range(count):
            async with aiohttp.ClientSession():
                pass

    return await measure(run)


async def memory(url, measure):
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=connector, timeout=NO_TIMEOUT) as session:

        async def fetch(url):
            return await fetch_with(session, url)

        return await measure(url, fetch)
