"""The exceptions of httpx and what each is a kind of."""

import unittest

import httpx

PARENTS = {
    "HTTPError": Exception,
    "HTTPStatusError": httpx.HTTPError,
    "RequestError": httpx.HTTPError,
    "TransportError": httpx.RequestError,
    "TimeoutException": httpx.TransportError,
    "ConnectTimeout": httpx.TimeoutException,
    "ReadTimeout": httpx.TimeoutException,
    "WriteTimeout": httpx.TimeoutException,
    "PoolTimeout": httpx.TimeoutException,
    "NetworkError": httpx.TransportError,
    "ConnectError": httpx.NetworkError,
    "ReadError": httpx.NetworkError,
    "WriteError": httpx.NetworkError,
    "CloseError": httpx.NetworkError,
    "ProtocolError": httpx.TransportError,
    "LocalProtocolError": httpx.ProtocolError,
    "RemoteProtocolError": httpx.ProtocolError,
    "UnsupportedProtocol": httpx.TransportError,
    "InvalidURL": Exception,
    "StreamError": RuntimeError,
    "StreamConsumed": httpx.StreamError,
    "StreamClosed": httpx.StreamError,
    "ResponseNotRead": httpx.StreamError,
    "RequestNotRead": httpx.StreamError,
}


class Tree(unittest.TestCase):
    def test_each_has_its_parent(self):
        for name, parent in PARENTS.items():
            with self.subTest(name):
                self.assertEqual(getattr(httpx, name).__bases__, (parent,))

    def test_each_says_where_it_belongs(self):
        for name in PARENTS:
            with self.subTest(name):
                self.assertEqual(getattr(httpx, name).__name__, name)
                self.assertEqual(getattr(httpx, name).__module__, "httpx")


class Instances(unittest.TestCase):
    def test_a_script_can_raise_one(self):
        with self.assertRaises(httpx.HTTPError) as caught:
            raise httpx.ConnectError("no way")
        self.assertEqual(str(caught.exception), "no way")

    def test_a_script_can_derive_its_own(self):
        class Mine(httpx.TransportError):
            pass

        with self.assertRaises(httpx.RequestError):
            raise Mine("mine")

    def test_the_request_is_missing_until_it_is_known(self):
        with self.assertRaises(RuntimeError):
            httpx.ReadError("x").request


    def test_request_and_response_are_keyword_arguments(self):
        error = httpx.HTTPStatusError("no", request=1, response=2)
        self.assertEqual((error.request, error.response), (1, 2))
        self.assertEqual(httpx.ReadTimeout("late", request=5).request, 5)
        for arguments in ({}, {"request": 1}, {"response": 2}):
            with self.subTest(arguments), self.assertRaises(TypeError):
                httpx.HTTPStatusError("no", **arguments)
        for error in (httpx.HTTPError, httpx.ReadTimeout):
            with self.subTest(error), self.assertRaises(TypeError):
                error("no", other=1)

    def test_the_errors_of_a_stream_say_what_they_mean(self):
        for name in ("StreamConsumed", "StreamClosed", "ResponseNotRead", "RequestNotRead"):
            with self.subTest(name):
                self.assertIn("Attempted to", str(getattr(httpx, name)()))

if __name__ == "__main__":
    unittest.main()
