"""pyreqwest: Rust's reqwest, blocking and for asyncio."""

import asyncio
import os

from payload import PAYLOAD, chunks
from pyreqwest.client import ClientBuilder, SyncClientBuilder
from threads import in_threads


def trusting(builder):
    with open(os.environ["COMPARE_AUTHORITY"], "rb") as authority:
        return builder.add_root_certificate_pem(authority.read())


def get_with(builder, url, measure):
    with builder.build() as client:

        def run(count):
            for _ in range(count):
                client.get(url).build().send().json()

        return measure(run)


def get(url, measure):
    return get_with(SyncClientBuilder(), f"{url}/json", measure)


def json(url, measure, kibibytes):
    return get_with(SyncClientBuilder(), f"{url}/json/{kibibytes}", measure)


def gzip(url, measure):
    return get_with(SyncClientBuilder().gzip(True), f"{url}/gzip", measure)


def tls_get(url, measure):
    return get_with(trusting(SyncClientBuilder()).http1_only(), f"{url}/json", measure)


def tls_new(url, measure):
    builder = trusting(SyncClientBuilder()).http1_only().pool_max_idle_per_host(0)
    return get_with(builder, f"{url}/json", measure)


def threads(url, measure, number):
    url += "/json/10"
    with SyncClientBuilder().build() as client:
        return measure(in_threads(number, lambda: client.get(url).build().send().json()))


def upload(url, measure):
    url += "/upload"
    with SyncClientBuilder().build() as client:

        def run(count):
            for _ in range(count):
                client.post(url).body_stream(chunks()).build().send().bytes()

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
    return await gather_with(ClientBuilder(), f"{url}/json", measure, 100)


async def http2(url, measure):
    return await gather_with(trusting(ClientBuilder()).http2(True), f"{url}/json", measure, 100)


async def fan_out(url, measure):
    return await gather_with(ClientBuilder().max_connections(100), f"{url}/json", measure, 10_000)


async def delayed(url, measure, number):
    return await gather_with(ClientBuilder(), f"{url}/delayed", measure, number)


async def gather_with(builder, url, measure, requests):
    async with builder.build() as client:
        # Over one connection, where that is enough.
        await client.get(url).build().send()

        async def run(count):
            for _ in range(count):
                await asyncio.gather(*[client.get(url).build().send() for _ in range(requests)])

        return await measure(run)


async def at(url, measure, number):
    url += "/json"
    async with ClientBuilder().build() as client:

        async def one_by_one(count):
            for _ in range(count):
                await client.get(url).build().send()

        async def run(count):
            await asyncio.gather(*[one_by_one(count) for _ in range(number)])

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
