"""niquests, blocking and for asyncio. Its interface is that of requests."""

import asyncio
import os
import sys

import niquests

sys.modules["requests"] = niquests

from with_requests import *  # noqa: E402, F403


async def gather_with(session, url, measure, requests):
    async with session:
        session.trust_env = False
        session.verify = os.environ["COMPARE_AUTHORITY"]
        await session.get(url)

        async def run(count):
            for _ in range(count):
                await asyncio.gather(*[session.get(url) for _ in range(requests)])

        return await measure(run)


async def http2(url, measure):
    return await gather_with(niquests.AsyncSession(), f"{url}/json", measure, 100)


async def delayed(url, measure, number):
    session = niquests.AsyncSession(pool_maxsize=number)
    return await gather_with(session, f"{url}/delayed", measure, number)


async def gather(url, measure):
    session = niquests.AsyncSession(pool_maxsize=100)
    return await gather_with(session, f"{url}/json", measure, 100)


async def async_get(url, measure):
    url += "/json"
    async with niquests.AsyncSession() as session:

        async def run(count):
            for _ in range(count):
                (await session.get(url)).content

        return await measure(run)
