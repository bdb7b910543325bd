"""A large response in pieces, without holding it in memory."""

import asyncio

import httpx
from loopback import http_server


def download(url):
    # Don't load entire response into memory
    received = 0
    with httpx.stream("GET", url) as response:
        for chunk in response.iter_bytes():
            received += len(chunk)
    print(f"iter_bytes: {received} bytes")


async def async_download(url):
    received = 0
    async with httpx.AsyncClient() as client:
        async with client.stream("GET", url) as response:
            async for chunk in response.aiter_bytes():
                received += len(chunk)
    print(f"aiter_bytes: {received} bytes")


with http_server() as url:
    download(f"{url}/large")
    asyncio.run(async_download(f"{url}/large"))
