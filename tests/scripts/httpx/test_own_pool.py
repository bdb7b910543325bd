"""A pool under pressure: fewer connections than threads, and a crowd that is mostly cancelled."""

import asyncio
import concurrent.futures
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server, stats, reset_stats, async_wait_until

THREADS = 8


class FewConnections(unittest.TestCase):
    def in_threads(self, client, requests):
        """Each of eight threads sends its requests; their answers must not be mixed up."""
        url = server("HTTP")

        def work(n):
            return [client.get(f"{url}/echo?n={n}").json()["query"] for _ in range(requests)]

        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            results = list(pool.map(work, range(THREADS)))
        self.assertEqual(results, [[f"n={n}"] * requests for n in range(THREADS)])

    def test_the_threads_share_them(self):
        for connections in (1, 2):
            with self.subTest(connections=connections):
                reset_stats("HTTP")
                limits = httpx.Limits(max_connections=connections)
                with httpx.Client(limits=limits, timeout=60) as client:
                    self.in_threads(client, 20)
                self.assertLessEqual(stats("HTTP")["peak_open_sockets"], connections)


class Crowd(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        reset_stats("HTTP")
        self.url = server("HTTP")

    async def test_cancelling_most_of_a_crowd_leaves_the_rest_at_work(self):
        limits = httpx.Limits(max_connections=5)
        async with httpx.AsyncClient(limits=limits, timeout=None) as client:
            paths = ["/never" if n % 3 else "/" for n in range(60)]
            tasks = [asyncio.create_task(client.get(self.url + path)) for path in paths]
            await async_wait_until(lambda: stats("HTTP")["requests"] >= 5)
            for task, path in zip(tasks, paths):
                if path == "/never":
                    task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        answered = [result.status_code for result in results if isinstance(result, httpx.Response)]
        self.assertEqual(answered, [200] * 20)
        self.assertLessEqual(stats("HTTP")["peak_open_sockets"], 5)


if __name__ == "__main__":
    unittest.main()
