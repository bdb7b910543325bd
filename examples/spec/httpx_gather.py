"""Concurrent requests."""

import asyncio

import httpx
from loopback import http_server


async def fetch_all(urls):
    async with httpx.AsyncClient() as client:
        tasks = [client.get(url) for url in urls]
        responses = await asyncio.gather(*tasks)
        return responses


with http_server() as url:
    urls = [f"{url}/page/{number}" for number in range(50)]
    responses = asyncio.run(fetch_all(urls))

paths = [response.json()["path"] for response in responses]
print(len(paths), paths[0], paths[-1])  # 50 /page/0 /page/49
