"""One AsyncClient under several event loops, one after another and in other threads."""

import asyncio
import os
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


class TwoLoops(unittest.TestCase):
    def setUp(self):
        self.url = server("HTTP")

    def get(self, client):
        async def main():
            return (await client.get(self.url)).text

        return asyncio.run(main())

    def test_one_after_the_other(self):
        client = httpx.AsyncClient()
        for _ in range(3):
            self.assertEqual(self.get(client), "Hello, world!")

    def test_in_another_thread(self):
        client = httpx.AsyncClient()
        texts = [self.get(client)]
        thread = threading.Thread(target=lambda: texts.append(self.get(client)))
        thread.start()
        thread.join()
        texts.append(self.get(client))
        self.assertEqual(texts, ["Hello, world!"] * 3)

    def test_after_a_request_that_was_abandoned(self):
        client = httpx.AsyncClient(timeout=None)

        async def abandon():
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(client.get(self.url + "/never"), 0.1)

        asyncio.run(abandon())
        self.assertEqual(self.get(client), "Hello, world!")

    def test_closed_in_the_second(self):
        client = httpx.AsyncClient()
        self.assertEqual(self.get(client), "Hello, world!")
        asyncio.run(client.aclose())
        self.assertTrue(client.is_closed)

    def test_a_client_for_each(self):
        async def main():
            async with httpx.AsyncClient() as client:
                return (await client.get(self.url)).text

        for _ in range(3):
            self.assertEqual(asyncio.run(main()), "Hello, world!")


if __name__ == "__main__":
    unittest.main()
