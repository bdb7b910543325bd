"""`timeout=`: what it covers, where it can be given, and what it raises."""

import asyncio
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server, stats, reset_stats, wait_until


class Timeouts(unittest.TestCase):
    def setUp(self):
        reset_stats("HTTP")
        self.url = server("HTTP")

    def test_no_answer_raises_read_timeout(self):
        with self.assertRaises(httpx.ReadTimeout) as caught:
            httpx.get(self.url + "/never", timeout=1)
        self.assertIsInstance(caught.exception, httpx.TimeoutException)
        self.assertEqual(str(caught.exception.request.url), self.url + "/never")

    def test_a_body_that_stalls_raises_read_timeout(self):
        with self.assertRaises(httpx.ReadTimeout):
            httpx.get(self.url + "/slow-body", timeout=1)

    def test_a_client_s_timeout_is_the_default_of_its_requests(self):
        with httpx.Client(timeout=1) as client:
            with self.assertRaises(httpx.ReadTimeout):
                client.get(self.url + "/never")

    def test_a_request_s_timeout_replaces_the_client_s(self):
        with httpx.Client(timeout=0.05) as client:
            self.assertEqual(client.get(self.url + "/delay/300", timeout=30).text, "waited")

    def test_none_waits(self):
        with httpx.Client(timeout=0.05) as client:
            self.assertEqual(client.get(self.url + "/delay/300", timeout=None).text, "waited")

    def test_an_integer_is_a_number_of_seconds(self):
        self.assertEqual(httpx.get(self.url, timeout=30).status_code, 200)

    def test_the_timeout_is_for_each_read_and_not_for_the_whole(self):
        # 50 chunks and never a wait between two of them.
        response = httpx.get(self.url + "/stream/50/10000", timeout=5)
        self.assertEqual(len(response.content), 500_000)

    def test_the_connection_is_closed_and_the_client_goes_on(self):
        with httpx.Client() as client:
            with self.assertRaises(httpx.TimeoutException):
                client.get(self.url + "/never", timeout=1)
            wait_until(lambda: stats("HTTP")["open_sockets"] == 0)
            self.assertEqual(client.get(self.url).status_code, 200)
        self.assertEqual(stats("HTTP")["closed_early"], 1)


class RequestsOfScripts(unittest.TestCase):
    """Requests that no client has built."""

    FOREVER = {"connect": None, "read": None, "write": None, "pool": None}

    def client(self, **arguments):
        transport = httpx.MockTransport(lambda _: httpx.Response(200))
        return httpx.Client(transport=transport, **arguments)

    def test_the_client_s_timeout_holds_for_them(self):
        request = httpx.Request("GET", server("HTTP") + "/never")
        with httpx.Client(timeout=0.5) as client:
            with self.assertRaises(httpx.ReadTimeout):
                client.send(request)

    def test_sending_names_it_in_their_extensions(self):
        extensions = {"own": 1}
        request = httpx.Request("GET", "http://example.org/", extensions=extensions)
        with self.client(timeout=3) as client:
            response = client.send(request)
        phases = dict.fromkeys(self.FOREVER, 3)
        self.assertEqual(request.extensions, {"own": 1, "timeout": phases})
        self.assertEqual(response.request.extensions["timeout"], phases)
        self.assertEqual(extensions, {"own": 1})

    def test_their_own_is_left_alone(self):
        extensions = {"timeout": dict(self.FOREVER)}
        request = httpx.Request("GET", "http://example.org/", extensions=extensions)
        with self.client(timeout=3) as client:
            client.send(request)
        self.assertEqual(request.extensions, {"timeout": self.FOREVER})


class AsyncTimeouts(unittest.IsolatedAsyncioTestCase):
    async def test_no_answer_raises_read_timeout(self):
        async with httpx.AsyncClient(timeout=1) as client:
            with self.assertRaises(httpx.ReadTimeout):
                await client.get(server("HTTP") + "/never")
            response = await client.get(server("HTTP") + "/", timeout=30)
            self.assertEqual(response.status_code, 200)

    async def test_waiting_for_a_full_pool_raises_pool_timeout(self):
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(limits=limits, timeout=None) as client:
            holder = asyncio.create_task(client.get(server("HTTP") + "/never"))
            await asyncio.to_thread(wait_until, lambda: stats("HTTP")["open_sockets"] == 1)
            with self.assertRaises(httpx.PoolTimeout):
                await client.get(server("HTTP") + "/", timeout=0.1)
            holder.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await holder
            self.assertEqual((await client.get(server("HTTP") + "/")).status_code, 200)


if __name__ == "__main__":
    unittest.main()
