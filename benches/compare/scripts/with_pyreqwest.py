"""pyreqwest: Rust's reqwest, blocking and for asyncio."""

import asyncio

from payload import PAYLOAD
from pyreqwest.client import ClientBuilder, SyncClientBuilder


def get(url, measure):
    url += "/json"
    with SyncClientBuilder().build() as client:

        def run(count):
            for _ in range(count):
                client.get(url).build().send().json()

        return measure(run)


def post(url, measure):
    url += "/post"
    with SyncClientBuilder().build() as client:

        def run(count):
            for _ in range(count):
                client.post(url).body_json(PAYLOAD).build().send().json()

        return measure(run)


def content(url, measure):
    url += "/download"
    with SyncClientBuilder().build() as client:

        def run(count):
            for _ in range(count):
                client.get(url).build().send().bytes()

        return measure(run)


def iter_bytes(url, measure):
    url += "/download"
    with SyncClientBuilder().build() as client:

        def run(count):
            for _ in range(count):
                with client.get(url).build_streamed() as response:
                    read_chunk = response.body_reader.read_chunk
                    while read_chunk() is not None:
                        pass

        return measure(run)


async def async_get(url, measure):
    url += "/json"
    async with ClientBuilder().build() as client:

        async def run(count):
            for _ in range(count):
                await (await client.get(url).build().send()).bytes()

        return await measure(run)


async def gather(url, measure):
    url += "/json"
    async with ClientBuilder().build() as client:

        async def run(count):
            for _ in range(count):
                await asyncio.gather(*[client.get(url).build().send() for _ in range(100)])

        return await measure(run)


async def client(url, measure):
    async def run(count):
        for _ in range(count):
            async with ClientBuilder().build():
                pass

    return await measure(run)


async def memory(url, measure):
    async with ClientBuilder().build() as client:

        async def fetch(url):
            return await client.get(url).build().send()

        return await measure(url, fetch)
