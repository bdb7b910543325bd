"""What a client holds: objects that a script sees and changes, and when a request is made of them."""

import gc
import logging
import unittest
import weakref

import httpx

URL = "http://example.org/"


def redirect(request):
    if request.url.path == "/":
        return httpx.Response(302, headers={"Location": "/next"})
    return httpx.Response(200)


class Attributes(unittest.TestCase):
    def test_the_timeout_is_one_object_that_can_be_changed(self):
        seen = []

        def handler(request):
            seen.append(request.extensions["timeout"]["read"])
            return httpx.Response(200)

        with httpx.Client(transport=httpx.MockTransport(handler), timeout=5) as client:
            self.assertIs(client.timeout, client.timeout)
            client.timeout.read = 60
            client.get(URL)
        self.assertEqual(seen, [60])

    def test_headers_that_were_saved_can_be_put_back(self):
        with httpx.Client(headers={"X-A": "1"}) as client:
            saved = client.headers
            client.headers = {"X-B": "2"}
            self.assertNotIn("X-A", client.headers)
            self.assertEqual(saved["X-A"], "1")
            client.headers = saved
            self.assertEqual(client.headers["X-A"], "1")

    def test_a_basic_auth_may_build_its_field_itself(self):
        class Own(httpx.BasicAuth):
            def _build_auth_header(self, username, password):
                return f"Own {username}:{password}"

        request = httpx.Request("GET", URL)
        request = next(Own("a", "b").auth_flow(request))
        self.assertEqual(request.headers["Authorization"], "Own a:b")


class Extensions(unittest.TestCase):
    def test_they_go_along_with_a_redirect(self):
        seen = []

        def handler(request):
            seen.append(request.extensions.get("own"))
            return redirect(request)

        transport = httpx.MockTransport(handler)
        with httpx.Client(transport=transport, follow_redirects=True) as client:
            response = client.get(URL, extensions={"own": "kept"})
        self.assertEqual(seen, ["kept", "kept"])
        self.assertEqual(response.request.extensions["own"], "kept")

    def test_the_next_request_has_them_too(self):
        with httpx.Client(transport=httpx.MockTransport(redirect)) as client:
            response = client.get(URL, extensions={"own": "kept"})
        self.assertEqual(response.next_request.extensions["own"], "kept")


class Streams(unittest.TestCase):
    def test_a_stream_is_made_when_it_is_entered(self):
        seen = []

        def handler(request):
            seen.append(request.headers["X-A"])
            return httpx.Response(200)

        client = httpx.Client(transport=httpx.MockTransport(handler))
        stream = client.stream("GET", URL)
        with client:
            client.headers["X-A"] = "late"
            with stream as response:
                response.read()
        self.assertEqual(seen, ["late"])

    def test_a_client_that_was_closed_meanwhile_is_told_of(self):
        client = httpx.Client(transport=httpx.MockTransport(redirect))
        stream = client.stream("GET", URL)
        client.close()
        with self.assertRaises(RuntimeError):
            stream.__enter__()


class Logging(unittest.TestCase):
    def test_what_a_filter_raises_reaches_the_script(self):
        class Stop(BaseException):
            pass

        def stop(record):
            raise Stop

        logger = logging.getLogger("httpx")
        level = logger.level
        logger.setLevel(logging.INFO)
        logger.addFilter(stop)
        try:
            with httpx.Client(transport=httpx.MockTransport(redirect)) as client:
                with self.assertRaises(Stop):
                    client.get(URL)
        finally:
            logger.removeFilter(stop)
            logger.setLevel(level)


class Collection(unittest.TestCase):
    def wrapped(self, make):
        class Wrapper:
            def __init__(self):
                self.client = make(self)

            def hook(self, request):
                return httpx.Response(200)

        wrapper = Wrapper()
        wrapper.client.headers["X-A"] = "1"
        gone = weakref.ref(wrapper)
        del wrapper
        gc.collect()
        self.assertIsNone(gone())

    def test_a_wrapper_whose_method_is_a_hook_is_collected(self):
        for client in (httpx.Client, httpx.AsyncClient):
            with self.subTest(client=client.__name__):
                self.wrapped(lambda it: client(event_hooks={"request": [it.hook]}))

    def test_a_wrapper_whose_method_is_the_transport_is_collected(self):
        self.wrapped(lambda it: httpx.Client(transport=httpx.MockTransport(it.hook)))

    def test_a_wrapper_whose_method_authenticates_is_collected(self):
        self.wrapped(lambda it: httpx.Client(auth=it.hook))


if __name__ == "__main__":
    unittest.main()
