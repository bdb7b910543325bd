"""Basic authentication: `auth=` and credentials in the URL."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


class BasicAuth(unittest.TestCase):
    def setUp(self):
        self.url = server("HTTP") + "/basic-auth/user/pass%20word"

    def test_the_right_credentials_are_let_in(self):
        response = httpx.get(self.url, auth=("user", "pass word"))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.json()["user"], "user")

    def test_the_wrong_ones_are_not(self):
        self.assertEqual(httpx.get(self.url, auth=("user", "wrong")).status_code, 401)
        self.assertEqual(httpx.get(self.url).status_code, 401)

    def test_a_client_s_credentials_are_sent_with_every_request(self):
        with httpx.Client(auth=("user", "pass word")) as client:
            for _ in range(2):
                self.assertEqual(client.get(self.url).status_code, 200)

    def test_a_request_s_credentials_replace_the_client_s(self):
        with httpx.Client(auth=("user", "pass word")) as client:
            self.assertEqual(client.get(self.url, auth=("other", "x")).status_code, 401)

    def test_credentials_in_the_url(self):
        url = self.url.replace("http://", "http://user:pass%20word@")
        self.assertEqual(httpx.get(url).status_code, 200)

    def test_the_client_s_credentials_win_over_those_in_the_url(self):
        url = self.url.replace("http://", "http://other:x@")
        with httpx.Client(auth=("user", "pass word")) as client:
            self.assertEqual(client.get(url).status_code, 200)

    def test_credentials_win_over_an_authorization_header(self):
        headers = {"Authorization": "Bearer x"}
        with httpx.Client(auth=("user", "pass word")) as client:
            self.assertEqual(client.get(self.url, headers=headers).status_code, 200)
            self.assertEqual(client.get(self.url, auth=None, headers=headers).status_code, 401)

    def test_credentials_are_encoded_as_utf_8(self):
        url = server("HTTP") + "/basic-auth/J%C3%BCrgen/%D1%8F"
        self.assertEqual(httpx.get(url, auth=("Jürgen", "я")).status_code, 200)


class AsyncBasicAuth(unittest.IsolatedAsyncioTestCase):
    async def test_both_ways_of_giving_them(self):
        url = server("HTTP") + "/basic-auth/user/password"
        credentials = ("user", "password")
        async with httpx.AsyncClient() as client:
            self.assertEqual((await client.get(url)).status_code, 401)
            self.assertEqual((await client.get(url, auth=credentials)).status_code, 200)
        async with httpx.AsyncClient(auth=credentials) as client:
            self.assertEqual((await client.get(url)).status_code, 200)


if __name__ == "__main__":
    unittest.main()
