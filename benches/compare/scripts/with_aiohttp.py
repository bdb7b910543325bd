"""aiohttp."""

import asyncio

import aiohttp


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
    url += "/json"
    async with aiohttp.ClientSession() as session:

        async def run(count):
            for _ in range(count):
                await asyncio.gather(*[fetch_with(session, url) for _ in range(100)])

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
    async with aiohttp.ClientSession(connector=connector) as session:

        async def fetch(url):
            return await fetch_with(session, url)

        return await measure(url, fetch)
