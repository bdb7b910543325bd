"""HTTPS: which certificates are trusted. SSL_CERT_FILE names the test authority."""

import asyncio
import os
import subprocess
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server, stats, reset_stats

REFUSED = ["HTTPS_EXPIRED", "HTTPS_WRONG_HOST", "HTTPS_UNKNOWN_CA"]

GET_WITHOUT_SSL_CERT_FILE = """
import os
import httpx

try:
    print(httpx.get(os.environ["TAURARO_TEST_HTTPS"]).status_code)
except httpx.ConnectError:
    print("ConnectError")
"""


class Tls(unittest.TestCase):
    def test_a_certificate_of_the_trusted_authority_is_accepted(self):
        self.assertEqual(httpx.get(server("HTTPS")).text, "Hello, world!")

    def test_an_ip_address_in_the_certificate_is_accepted(self):
        url = server("HTTPS").replace("localhost", "127.0.0.1")
        self.assertEqual(httpx.get(url).text, "Hello, world!")

    def test_bad_certificates_are_refused(self):
        for name in REFUSED:
            with self.subTest(name), self.assertRaises(httpx.ConnectError):
                httpx.get(server(name))

    def test_without_ssl_cert_file_the_authority_is_unknown(self):
        environment = dict(os.environ)
        del environment["SSL_CERT_FILE"]
        run = subprocess.run(
            [sys.executable, "-c", GET_WITHOUT_SSL_CERT_FILE],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        self.assertEqual(run.stdout.decode().strip(), "ConnectError")

    def test_a_connection_is_used_again(self):
        reset_stats("HTTPS")
        with httpx.Client() as client:
            for _ in range(3):
                self.assertEqual(client.get(server("HTTPS")).status_code, 200)
        self.assertEqual(stats("HTTPS")["accepted"], 1)

    def test_a_large_body_arrives_whole(self):
        content = httpx.get(server("HTTPS") + "/bytes/1000000").content
        self.assertEqual(content, (bytes(range(251)) * 4000)[:1_000_000])

    def test_a_large_body_is_sent_whole(self):
        content = "x" * 1_000_000
        response = httpx.post(server("HTTPS") + "/echo", content=content)
        self.assertEqual(response.json()["body"], content)


class AsyncTls(unittest.IsolatedAsyncioTestCase):
    async def test_good_and_bad_certificates_side_by_side(self):
        async with httpx.AsyncClient() as client:
            urls = [server(name) for name in REFUSED + ["HTTPS"]]
            *refused, accepted = await asyncio.gather(
                *map(client.get, urls), return_exceptions=True
            )
        self.assertEqual([type(error) for error in refused], [httpx.ConnectError] * 3)
        self.assertEqual(accepted.text, "Hello, world!")


if __name__ == "__main__":
    unittest.main()
