"""Servers that break HTTP, and those that are not there: the right exception, and the client lives on."""

import asyncio
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

#: A path of the misbehaving server, and what it should raise.
FAULTS = {
    "no-response": httpx.RemoteProtocolError,
    "half-header": httpx.RemoteProtocolError,
    "short-body": httpx.RemoteProtocolError,
    "short-chunk": httpx.RemoteProtocolError,
    "bad-chunk-size": httpx.RemoteProtocolError,
    "bad-status-line": httpx.RemoteProtocolError,
    "garbage": httpx.RemoteProtocolError,
    "huge-header": httpx.RemoteProtocolError,
    "endless-header": httpx.RemoteProtocolError,
    "never": httpx.ReadTimeout,
}


def timeout_of(fault):
    """Only the server that never answers should meet its timeout."""
    return 1 if fault == "never" else 60


class Faults(unittest.TestCase):
    def test_each_raises_its_exception_and_the_client_goes_on(self):
        for fault, exception in FAULTS.items():
            with self.subTest(fault), httpx.Client() as client:
                url = server("BAD") + "/" + fault
                with self.assertRaises(exception) as caught:
                    client.get(url, timeout=timeout_of(fault))
                self.assertIsInstance(caught.exception, httpx.TransportError)
                self.assertEqual(str(caught.exception.request.url), url)
                self.assertEqual(client.get(server("BAD") + "/good").text, "good")

    def test_a_response_nobody_waited_for_hangs_nothing(self):
        # The server has answered before it is asked; either reading of that is fair.
        try:
            self.assertEqual(httpx.get(server("HASTY")).status_code, 404)
        except httpx.TransportError as error:
            self.assertIsInstance(error, (httpx.RemoteProtocolError, httpx.ReadError))

    def test_a_fault_in_a_streamed_body_is_raised_while_reading(self):
        with httpx.stream("GET", server("BAD") + "/short-body") as response:
            self.assertEqual(response.status_code, 200)
            with self.assertRaises(httpx.RemoteProtocolError):
                response.read()


class AsyncFaults(unittest.IsolatedAsyncioTestCase):
    async def test_each_raises_its_exception_and_the_client_goes_on(self):
        async with httpx.AsyncClient() as client:
            for fault, exception in FAULTS.items():
                with self.subTest(fault):
                    url = server("BAD") + "/" + fault
                    with self.assertRaises(exception):
                        await client.get(url, timeout=timeout_of(fault))
                    response = await client.get(server("BAD") + "/good")
                    self.assertEqual(response.text, "good")

    async def test_many_faults_at_once(self):
        limits = httpx.Limits(max_connections=5)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:
            urls = [server("BAD") + "/" + fault for fault in FAULTS if fault != "never"] * 5
            results = await asyncio.gather(*map(client.get, urls), return_exceptions=True)
            self.assertEqual({type(result) for result in results}, {httpx.RemoteProtocolError})
            self.assertEqual((await client.get(server("BAD") + "/good")).text, "good")


class Unreachable(unittest.TestCase):
    def test_a_refused_connection(self):
        with self.assertRaises(httpx.ConnectError) as caught:
            httpx.get(server("REFUSED"))
        self.assertEqual(str(caught.exception.request.url), server("REFUSED"))

    def test_an_unknown_host(self):
        with self.assertRaises(httpx.ConnectError):
            httpx.get("http://unknown.invalid/")

    def test_a_url_of_another_kind(self):
        for url in ("ftp://localhost/", "localhost", "", "/path", "http://"):
            with self.subTest(url), self.assertRaises(httpx.UnsupportedProtocol):
                httpx.get(url)

    def test_a_url_that_is_none(self):
        for url in ("http://localhost:port/", "http://[::1/", "http://localhost/\n"):
            with self.subTest(url), self.assertRaises(httpx.InvalidURL):
                httpx.get(url)

    def test_tls_to_a_server_that_speaks_none(self):
        with self.assertRaises(httpx.ConnectError):
            httpx.get(server("HTTP").replace("http://", "https://"))


class AsyncUnreachable(unittest.IsolatedAsyncioTestCase):
    async def test_a_refused_connection_and_an_unknown_host(self):
        async with httpx.AsyncClient() as client:
            for url in (server("REFUSED"), "http://unknown.invalid/"):
                with self.subTest(url), self.assertRaises(httpx.ConnectError):
                    await client.get(url)


if __name__ == "__main__":
    unittest.main()
