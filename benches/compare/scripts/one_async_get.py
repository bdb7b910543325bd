"""As one_get.py, with asyncio."""

import asyncio
import sys

import httpx


async def main(url):
    async with httpx.AsyncClient() as client:
        print((await client.get(f"{url}/json")).json())


asyncio.run(main(sys.argv[1]))
