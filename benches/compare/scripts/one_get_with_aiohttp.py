"""As one_async_get.py, with aiohttp."""

import asyncio
import sys

import aiohttp


async def main(url):
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/json") as response:
            print(await response.json())


asyncio.run(main(sys.argv[1]))
