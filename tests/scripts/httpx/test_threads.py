"""The synchronous API from several threads, and while an event loop runs."""

import asyncio
import concurrent.futures
import os
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server, stats, reset_stats

THREADS = 8


def in_threads(work):
    """Runs work(n) in eight threads at once and returns the results in order."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(THREADS)))


class Threads(unittest.TestCase):
    def setUp(self):
        self.url = server("HTTP")

    def test_get_from_several_threads_at_once(self):
        barrier = threading.Barrier(THREADS)

        def work(n):
            barrier.wait()
            return [httpx.get(f"{self.url}/echo?n={n}").json()["query"] for _ in range(5)]

        self.assertEqual(in_threads(work), [[f"n={n}"] * 5 for n in range(THREADS)])

    def test_one_client_in_eight_threads(self):
        reset_stats("HTTP")
        barrier = threading.Barrier(THREADS)
        with httpx.Client() as client:

            def work(n):
                barrier.wait()
                return [client.get(f"{self.url}/echo?n={n}").json()["query"] for _ in range(20)]

            self.assertEqual(in_threads(work), [[f"n={n}"] * 20 for n in range(THREADS)])
        self.assertLessEqual(stats("HTTP")["peak_open_sockets"], THREADS)

    def test_a_connection_outlives_the_thread_that_made_it(self):
        with httpx.Client() as client:
            for _ in range(3):
                results = []
                thread = threading.Thread(
                    target=lambda: results.append(client.get(self.url).status_code)
                )
                thread.start()
                thread.join()
                self.assertEqual(results, [200])
            self.assertEqual(client.get(self.url).status_code, 200)

    def test_other_threads_run_while_one_waits(self):
        with httpx.Client(timeout=60) as client:
            waiting = threading.Thread(target=client.get, args=(self.url + "/delay/1000",))
            waiting.start()
            self.assertEqual(client.get(self.url).status_code, 200)
            self.assertTrue(waiting.is_alive())
            waiting.join()


class InsideALoop(unittest.IsolatedAsyncioTestCase):
    async def test_get_inside_a_coroutine(self):
        self.assertEqual(httpx.get(server("HTTP")).text, "Hello, world!")

    async def test_a_client_inside_a_coroutine(self):
        with httpx.Client() as client:
            self.assertEqual(client.get(server("HTTP")).text, "Hello, world!")
            await asyncio.sleep(0)
            self.assertEqual(client.get(server("HTTP")).text, "Hello, world!")

    async def test_get_between_two_awaits_of_an_async_client(self):
        async with httpx.AsyncClient() as client:
            pending = asyncio.create_task(client.get(server("HTTP") + "/delay/100"))
            await asyncio.sleep(0)
            self.assertEqual(httpx.get(server("HTTP")).text, "Hello, world!")
            self.assertEqual((await pending).text, "waited")

    async def test_get_in_a_thread_of_the_loop(self):
        response = await asyncio.to_thread(httpx.get, server("HTTP"))
        self.assertEqual(response.text, "Hello, world!")


if __name__ == "__main__":
    unittest.main()
