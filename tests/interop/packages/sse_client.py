"""httpx-sse on our httpx: `sse_client.py URL CHECK...`. Runs under tauraro.

The URL is that of asgi_server.py.
"""

import asyncio
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent))

import httpx
import httpx_sse
from checks import check, equal

EVENTS = [("first", '{"n": 1}', "1", None), ("message", "a\nb", "1", 5)]


def shown(events):
    return [(event.event, event.data, event.id, event.retry) for event in events]


def sync(url):
    with httpx.Client() as client:
        with httpx_sse.connect_sse(client, "GET", f"{url}/events") as source:
            events = list(source.iter_sse())
    equal(shown(events), EVENTS)
    equal(events[0].json(), {"n": 1})


def asynchronous(url):
    async def collect():
        async with httpx.AsyncClient() as client:
            async with httpx_sse.aconnect_sse(client, "GET", f"{url}/events") as source:
                return [event async for event in source.aiter_sse()]

    equal(shown(asyncio.run(collect())), EVENTS)


def other_content(url):
    with httpx.Client() as client:
        with httpx_sse.connect_sse(client, "GET", f"{url}/hello") as source:
            try:
                list(source.iter_sse())
            except httpx_sse.SSEError as error:
                equal(isinstance(error, httpx.TransportError), True)
            else:
                raise AssertionError("text/plain was taken for events")


url = sys.argv[1]
for name in sys.argv[2:]:
    with check(name):
        globals()[name](url)
