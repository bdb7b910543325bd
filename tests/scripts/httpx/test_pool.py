"""Connections: used again, limited in number, and closed when a request is abandoned."""

import asyncio
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server, stats, reset_stats, wait_until, async_wait_until


class KeepAlive(unittest.TestCase):
    def setUp(self):
        reset_stats("HTTP")
        self.url = server("HTTP")

    def test_a_client_uses_its_connection_again(self):
        with httpx.Client() as client:
            for path in ("/", "/json", "/bytes/100000", "/stream/3/1000", "/status/404"):
                client.get(self.url + path)
        self.assertEqual(stats("HTTP")["accepted"], 1)

    def test_closing_a_client_closes_its_connections(self):
        client = httpx.Client()
        client.get(self.url)
        self.assertEqual(stats("HTTP")["open_sockets"], 1)
        client.close()
        wait_until(lambda: stats("HTTP")["open_sockets"] == 0)

    def test_a_function_leaves_no_connection(self):
        httpx.get(self.url)
        wait_until(lambda: stats("HTTP")["open_sockets"] == 0)

    def test_a_connection_that_the_server_closes_is_replaced(self):
        with httpx.Client() as client:
            client.get(self.url + "/close")
            client.get(self.url)
        self.assertEqual(stats("HTTP")["accepted"], 2)


class Limits(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        reset_stats("HTTP")
        self.url = server("HTTP")

    async def test_a_thousand_gets_share_a_few_connections(self):
        limits = httpx.Limits(max_connections=20)
        async with httpx.AsyncClient(limits=limits, timeout=None) as client:
            responses = await asyncio.gather(*[client.get(self.url) for _ in range(1000)])
        self.assertEqual({response.status_code for response in responses}, {200})
        seen = stats("HTTP")
        self.assertEqual(seen["requests"], 1000)
        self.assertLessEqual(seen["peak_open_sockets"], 20)

    async def test_one_connection_serves_all(self):
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(limits=limits, timeout=None) as client:
            urls = [f"{self.url}/echo?n={n}" for n in range(50)]
            responses = await asyncio.gather(*map(client.get, urls))
        queries = [response.json()["query"] for response in responses]
        self.assertEqual(queries, [f"n={n}" for n in range(50)])
        self.assertEqual(stats("HTTP")["peak_open_sockets"], 1)

    async def test_requests_run_side_by_side(self):
        # Every one of them waits at the server at the same time.
        async with httpx.AsyncClient(timeout=None) as client:
            tasks = [asyncio.create_task(client.get(self.url + "/never")) for _ in range(10)]
            await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 10)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 0)


class Abandoned(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        reset_stats("HTTP")
        self.url = server("HTTP")

    async def test_wait_for_closes_the_connection_of_the_request_it_gives_up(self):
        async with httpx.AsyncClient(timeout=None) as client:
            # So that no connection has to be made while the clock runs.
            await client.get(self.url)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(client.get(self.url + "/never"), 0.5)
            await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 0)
            self.assertEqual(stats("HTTP")["closed_early"], 1)
            self.assertEqual((await client.get(self.url)).text, "Hello, world!")
        self.assertEqual(stats("HTTP")["accepted"], 2)

    async def test_a_late_answer_reaches_nobody_else(self):
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(limits=limits, timeout=None) as client:
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(client.get(self.url + "/delay/300"), 0.05)
            self.assertEqual((await client.get(self.url)).text, "Hello, world!")

    async def test_cancelling_a_request_that_waits_for_a_connection_loses_none(self):
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(limits=limits, timeout=None) as client:
            holder = asyncio.create_task(client.get(self.url + "/never"))
            await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 1)
            waiting = [asyncio.create_task(client.get(self.url)) for _ in range(5)]
            await asyncio.sleep(0)
            for task in waiting[:-1]:
                task.cancel()
            holder.cancel()
            results = await asyncio.gather(holder, *waiting, return_exceptions=True)
            self.assertEqual(results[-1].status_code, 200)
            for result in results[:-1]:
                self.assertIsInstance(result, asyncio.CancelledError)
            self.assertEqual((await client.get(self.url)).status_code, 200)


if __name__ == "__main__":
    unittest.main()
