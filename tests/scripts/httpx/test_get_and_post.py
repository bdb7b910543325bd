"""The seven verbs and `request`, as functions and on both clients."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

VERBS = ["get", "options", "head", "post", "put", "patch", "delete"]


class Functions(unittest.TestCase):
    def test_get_returns_the_page(self):
        response = httpx.get(server("HTTP") + "/")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.text, "Hello, world!")

    def test_every_verb_sends_its_method(self):
        for verb in VERBS:
            with self.subTest(verb):
                response = getattr(httpx, verb)(server("HTTP") + "/echo")
                self.assertEqual(response.status_code, 200)
                if verb != "head":
                    self.assertEqual(response.json()["method"], verb.upper())

    def test_head_has_headers_and_no_body(self):
        response = httpx.head(server("HTTP") + "/bytes/1000")
        self.assertEqual(response.headers["content-length"], "1000")
        self.assertEqual(response.content, b"")

    def test_request_sends_the_method_in_upper_case(self):
        response = httpx.request("patch", server("HTTP") + "/echo", content="x")
        self.assertEqual(response.json()["method"], "PATCH")
        self.assertEqual(response.json()["body"], "x")

    def test_a_method_of_one_s_own_is_sent(self):
        response = httpx.request("PURGE", server("HTTP") + "/echo")
        self.assertEqual(response.json()["method"], "PURGE")

    def test_an_ip_address_works_like_a_name(self):
        url = server("HTTP").replace("localhost", "127.0.0.1")
        self.assertEqual(httpx.get(url).text, "Hello, world!")

    def test_get_takes_no_body(self):
        with self.assertRaises(TypeError):
            httpx.get(server("HTTP"), json={})


class Clients(unittest.TestCase):
    def test_every_verb_of_client(self):
        with httpx.Client() as client:
            for verb in VERBS:
                with self.subTest(verb):
                    response = getattr(client, verb)(server("HTTP") + "/echo")
                    self.assertEqual(response.request.method, verb.upper())
                    if verb != "head":
                        self.assertEqual(response.json()["method"], verb.upper())

    def test_request_of_client(self):
        with httpx.Client() as client:
            response = client.request("PUT", server("HTTP") + "/echo", content=b"abc")
        self.assertEqual(response.json()["body"], "abc")

    def test_a_closed_client_refuses_to_work(self):
        client = httpx.Client()
        self.assertFalse(client.is_closed)
        client.close()
        self.assertTrue(client.is_closed)
        with self.assertRaises(RuntimeError):
            client.get(server("HTTP"))


class AsyncClients(unittest.IsolatedAsyncioTestCase):
    async def test_every_verb_of_async_client(self):
        async with httpx.AsyncClient() as client:
            for verb in VERBS:
                with self.subTest(verb):
                    response = await getattr(client, verb)(server("HTTP") + "/echo")
                    if verb != "head":
                        self.assertEqual(response.json()["method"], verb.upper())

    async def test_request_of_async_client(self):
        async with httpx.AsyncClient() as client:
            response = await client.request("PUT", server("HTTP") + "/echo", content=b"abc")
        self.assertEqual(response.json()["body"], "abc")

    async def test_a_closed_client_refuses_to_work(self):
        client = httpx.AsyncClient()
        await client.aclose()
        self.assertTrue(client.is_closed)
        with self.assertRaises(RuntimeError):
            await client.get(server("HTTP"))


if __name__ == "__main__":
    unittest.main()
