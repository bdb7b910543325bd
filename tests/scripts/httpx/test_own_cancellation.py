"""Ten thousand requests cancelled wherever they were: the pool loses nothing."""

import asyncio
import os
import random
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import async_wait_until, reset_stats, server, stats

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


class Cancellation(unittest.TestCase):
    def test_afterwards_every_connection_can_be_had(self):
        # Not in asyncio's debug mode, as an asynchronous test case would be.
        asyncio.run(self.check())

    async def check(self):
        reset_stats("HTTP")
        generator = random.Random(4)
        url = server("HTTP")
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=10)
        timeout = httpx.Timeout(30, pool=30)
        async with httpx.AsyncClient(limits=limits, timeout=timeout) as client:
            cancelled = 0
            for _ in range(REQUESTS // AT_ONCE):
                batch = [abandon(client, generator, url) for _ in range(AT_ONCE)]
                cancelled += sum(await asyncio.gather(*batch))
            self.assertGreater(cancelled, REQUESTS // 2)
            # All of them wait at the server at the same time: nobody waits for a slot.
            reset_stats("HTTP")
            holders = [asyncio.ensure_future(client.get(url + "/never")) for _ in range(CONNECTIONS)]
            await async_wait_until(lambda: stats("HTTP")["requests"] == CONNECTIONS)
            for task in holders:
                task.cancel()
            await asyncio.gather(*holders, return_exceptions=True)
            answers = await asyncio.gather(*[client.get(url) for _ in range(CONNECTIONS)])
            self.assertEqual({answer.status_code for answer in answers}, {200})
        self.assertLessEqual(stats("HTTP")["peak_open_sockets"], 2 * CONNECTIONS)
        await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 0)


if __name__ == "__main__":
    unittest.main()
