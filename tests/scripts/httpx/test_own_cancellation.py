"""Ten thousand requests cancelled wherever they were: the pool loses nothing."""

import asyncio
import contextlib
import os
import random
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import response
from support import async_wait_until, server, stats

SEED = 4

REQUESTS = 10_000
CONNECTIONS = 20
AT_ONCE = 100

#: Answered at once, in pieces, late, never, and not to their end.
PATHS = ("/", "/stream/10/10000", "/delay/2", "/never", "/slow-body", "/echo")


async def abandon(client, generator, url):
    """Starts a request, and cancels it after a random number of turns of the loop, or later."""
    path = generator.choice(PATHS)
    if path == "/echo":
        request = client.post(url + path, content=b"x" * generator.randrange(100_000))
    else:
        request = client.get(url + path)
    task = asyncio.ensure_future(request)
    if generator.random() < 0.5:
        for _ in range(generator.randrange(20)):
            await asyncio.sleep(0)
    else:
        await asyncio.sleep(generator.random() * 0.01)
    task.cancel()
    try:
        await task
        return 0
    except asyncio.CancelledError:
        return 1


@contextlib.asynccontextmanager
async def meeting(number):
    """A server that answers nobody until so many wait for it at the same time. Gives its URL."""
    barrier = asyncio.Barrier(number)

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await barrier.wait()
        writer.write(response(b"all are here", "200 OK", "Connection: close"))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"


class Cancellation(unittest.TestCase):
    def test_afterwards_every_connection_can_be_had(self):
        # Not in asyncio's debug mode, as an asynchronous test case would be.
        asyncio.run(self.check())

    async def check(self):
        generator = random.Random(SEED)
        url = server("HTTP")
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=10)
        async with httpx.AsyncClient(limits=limits, timeout=30) as client:
            cancelled = 0
            for _ in range(REQUESTS // AT_ONCE):
                batch = [abandon(client, generator, url) for _ in range(AT_ONCE)]
                cancelled += sum(await asyncio.gather(*batch))
            self.assertGreater(cancelled, REQUESTS // 2)
            async with meeting(CONNECTIONS) as place:
                answers = await asyncio.gather(*[client.get(place) for _ in range(CONNECTIONS)])
            self.assertEqual({answer.status_code for answer in answers}, {200})
            answers = await asyncio.gather(*[client.get(url) for _ in range(CONNECTIONS)])
            self.assertEqual({answer.status_code for answer in answers}, {200})
        await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 0)


if __name__ == "__main__":
    unittest.main()
