"""Redirects: off by default, which method follows, and what goes along."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response


def redirecting(location, status=302, follow_redirects=True, **options):
    """A client whose first request is redirected, and the list of its requests."""
    sent = []

    def answer(request):
        request.read()
        sent.append(request)
        if len(sent) == 1:
            return httpx.Response(status, headers={"Location": location})
        return httpx.Response(200, text="arrived")

    transport = httpx.MockTransport(answer)
    client = httpx.Client(transport=transport, follow_redirects=follow_redirects, **options)
    return client, sent


class Following(unittest.TestCase):
    def test_it_is_off_by_default(self):
        client, sent = redirecting("/there", follow_redirects=False)
        answer = client.get("http://h/")
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(answer.has_redirect_location)
        self.assertEqual(str(answer.next_request.url), "http://h/there")
        self.assertEqual(client.send(answer.next_request).text, "arrived")

    def test_a_request_can_turn_it_on_and_off(self):
        client, _ = redirecting("/there", follow_redirects=False)
        self.assertEqual(client.get("http://h/", follow_redirects=True).text, "arrived")
        client, _ = redirecting("/there")
        self.assertEqual(client.get("http://h/", follow_redirects=False).status_code, 302)

    def test_the_history_is_kept(self):
        client, _ = redirecting("/there")
        answer = client.get("http://h/here")
        self.assertEqual([past.status_code for past in answer.history], [302])
        self.assertEqual(str(answer.history[0].url), "http://h/here")
        self.assertEqual(str(answer.url), "http://h/there")

    def test_a_stream_follows(self):
        client, _ = redirecting("/there")
        with client.stream("GET", "http://h/") as answer:
            self.assertEqual(answer.read(), b"arrived")

    def test_locations(self):
        cases = {
            "/there": "http://h/there#part",
            "there": "http://h/a/there#part",
            "?q=1": "http://h/a/b?q=1#part",
            "//other/x": "http://other/x#part",
            "http://other/x#own": "http://other/x#own",
            "https:///x": "https://h/x#part",
            "http://h:80/é": "http://h/%C3%A9#part",
        }
        for location, expected in cases.items():
            with self.subTest(location):
                client, sent = redirecting(location.encode() if "é" in location else location)
                client.get("http://h/a/b#part")
                self.assertEqual(str(sent[1].url), expected)

    def test_a_bad_location_is_the_server_s_mistake(self):
        client, _ = redirecting("http://h:bad/")
        with self.assertRaises(httpx.RemoteProtocolError):
            client.get("http://h/")
        self.assertEqual(client.get("http://h/").text, "arrived")

    def test_a_location_of_another_kind_of_url(self):
        ftp = response(b"", "302 Found", "Location: ftp://h/x")
        server = RawServer.answering(lambda head: ftp if b"/ftp" in head else response(b"ok"))
        self.addCleanup(server.close)
        with httpx.Client(follow_redirects=True) as client:
            with self.assertRaises(httpx.UnsupportedProtocol):
                client.get(server.url + "/ftp")
            self.assertEqual(client.get(server.url).text, "ok")


class MethodsAndBodies(unittest.TestCase):
    #: The method that follows, by status and method.
    METHODS = {
        (301, "POST"): "GET",
        (301, "PUT"): "PUT",
        (301, "DELETE"): "DELETE",
        (302, "POST"): "GET",
        (302, "PUT"): "GET",
        (302, "HEAD"): "HEAD",
        (303, "POST"): "GET",
        (303, "DELETE"): "GET",
        (303, "HEAD"): "HEAD",
        (307, "POST"): "POST",
        (308, "PUT"): "PUT",
    }

    def test_which_method_follows(self):
        for (status, method), expected in self.METHODS.items():
            with self.subTest(status=status, method=method):
                client, sent = redirecting("/there", status)
                client.request(method, "http://h/")
                self.assertEqual(sent[1].method, expected)

    def test_a_get_has_no_body_and_no_fields_of_one(self):
        client, sent = redirecting("/there", 303)
        client.post("http://h/", content=b"body")
        self.assertEqual(sent[1].content, b"")
        for name in ("content-length", "transfer-encoding"):
            self.assertNotIn(name, sent[1].headers)

    def test_307_and_308_send_the_body_again(self):
        for status in (307, 308):
            client, sent = redirecting("/there", status)
            client.post("http://h/", content=b"body")
            self.assertEqual(sent[1].content, b"body")
            self.assertEqual(sent[1].headers["content-length"], "4")

    def test_a_body_that_comes_once_cannot_be_sent_again(self):
        server = RawServer.answering(lambda head: response(b"", "307 Again", "Location: /there"))
        self.addCleanup(server.close)
        with httpx.Client(follow_redirects=True) as client:
            with self.assertRaises(httpx.StreamConsumed):
                client.post(server.url, content=(part for part in [b"body"]))


class Loops(unittest.TestCase):
    def client(self, **options):
        def answer(request):
            number = int(request.url.params.get("n", "0")) + 1
            if request.url.path == "/few" and number > 3:
                return httpx.Response(200, text="arrived")
            location = f"{request.url.path}?n={number}"
            return httpx.Response(302, headers={"Location": location})

        transport = httpx.MockTransport(answer)
        return httpx.Client(transport=transport, follow_redirects=True, **options)

    def test_twenty_are_followed(self):
        client = self.client()
        with self.assertRaises(httpx.TooManyRedirects) as caught:
            client.get("http://h/loop")
        self.assertEqual(str(caught.exception), "Exceeded maximum allowed redirects.")
        self.assertEqual(str(caught.exception.request.url), "http://h/loop?n=21")
        self.assertEqual(client.get("http://h/few").text, "arrived")

    def test_max_redirects(self):
        self.assertEqual(len(self.client(max_redirects=3).get("http://h/few").history), 3)
        with self.assertRaises(httpx.TooManyRedirects):
            self.client(max_redirects=2).get("http://h/few")


class Credentials(unittest.TestCase):
    def authorization(self, url, location, **options):
        client, sent = redirecting(location, **options)
        client.get(url, headers={"Authorization": "secret"})
        return sent[1].headers.get("authorization")

    def test_authorization_stays_with_its_origin(self):
        self.assertEqual(self.authorization("http://h/", "/there"), "secret")
        self.assertEqual(self.authorization("http://h/", "http://h:80/there"), "secret")
        for location in ("http://other/", "http://h:81/", "https://h:444/", "http://sub.h/"):
            with self.subTest(location):
                self.assertIsNone(self.authorization("http://h/", location))
        self.assertIsNone(self.authorization("https://h/", "http://h/"))

    def test_an_upgrade_of_the_same_host_keeps_it(self):
        self.assertEqual(self.authorization("http://h/", "https://h/there"), "secret")
        self.assertIsNone(self.authorization("http://h:81/", "https://h/there"))

    def test_auth_is_not_asked_again_for_another_host(self):
        client, sent = redirecting("http://other/")
        client.get("http://h/", auth=("user", "password"))
        self.assertIn("authorization", sent[0].headers)
        self.assertNotIn("authorization", sent[1].headers)

    def test_a_url_s_own_credentials_are_for_it_alone(self):
        client, sent = redirecting("http://other/")
        client.get("http://user:password@h/")
        self.assertIn("authorization", sent[0].headers)
        self.assertNotIn("authorization", sent[1].headers)

    def test_credentials_in_a_location_are_not_used(self):
        client, sent = redirecting("http://user:password@other/")
        client.get("http://h/")
        self.assertNotIn("authorization", sent[1].headers)

    def test_cookies_are_chosen_anew(self):
        client, sent = redirecting("http://other.example/")
        client.cookies.set("own", "1", domain="h.example")
        client.get("http://h.example/", headers={"X-Own": "1"})
        self.assertEqual(sent[0].headers["cookie"], "own=1")
        self.assertNotIn("cookie", sent[1].headers)
        self.assertEqual(sent[1].headers["x-own"], "1")

    def test_a_cookie_set_by_the_redirect_goes_along(self):
        def answer(request):
            if request.url.path == "/":
                fields = {"Location": "/there", "Set-Cookie": "new=1"}
                return httpx.Response(302, headers=fields)
            return httpx.Response(200, text=request.headers.get("cookie", "none"))

        client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
        self.assertEqual(client.get("http://h/").text, "new=1")

    def test_the_host_field_is_that_of_the_new_host(self):
        client, sent = redirecting("http://other:81/")
        client.get("http://h/", headers={"Host": "own"})
        self.assertEqual(sent[1].headers["host"], "other:81")


class OverTheWire(unittest.TestCase):
    def test_nothing_secret_reaches_another_host(self):
        other = RawServer.answering(lambda head: response(b"other"))
        server = RawServer.answering(lambda head: response(b"", "302 Found", f"Location: {other.named_url}/"))
        self.addCleanup(server.close)
        self.addCleanup(other.close)
        with httpx.Client(follow_redirects=True, cookies={}) as client:
            client.cookies.set("own", "1", domain="127.0.0.1")
            headers = {"Authorization": "secret"}
            self.assertEqual(client.get(server.url, headers=headers).text, "other")
            self.assertEqual(server.fields()["authorization"], "secret")
            self.assertEqual(server.fields()["cookie"], "own=1")
            for name in ("authorization", "cookie"):
                self.assertNotIn(name, other.fields())

    def test_one_connection_serves_the_hops(self):
        ports = set()

        def serve(connection):
            ports.add(connection.socket.getpeername())
            while head := connection.read_head():
                there = b"/there" in head.split(b"\r\n")[0]
                connection.send(response(b"arrived") if there else found)

        found = response(b"moved", "302 Found", "Location: /there")
        server = RawServer(serve)
        self.addCleanup(server.close)
        with httpx.Client(follow_redirects=True) as client:
            self.assertEqual(client.get(server.url).text, "arrived")
        self.assertEqual(len(ports), 1)


if __name__ == "__main__":
    unittest.main()
