"""Transports: httpx's own, a script's, and the stand-ins for a network."""

import asyncio
import inspect
import os
import socket
import sys
import tempfile
import threading
import unittest
from unittest import mock

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import RawServer, response


def setUpModule():
    global hello
    hello = RawServer.answering(lambda head: response(b"Hello, world!"))
    unittest.addModuleCleanup(hello.close)


class Http(unittest.IsolatedAsyncioTestCase):
    #: Every parameter and its default.
    PARAMETERS = {
        "verify": True,
        "cert": None,
        "trust_env": True,
        "http1": True,
        "http2": False,
        "proxy": None,
        "uds": None,
        "local_address": None,
        "retries": 0,
        "socket_options": None,
    }

    def test_the_parameters_and_their_defaults(self):
        for transport in (httpx.HTTPTransport, httpx.AsyncHTTPTransport):
            parameters = inspect.signature(transport).parameters
            self.assertEqual(set(parameters) - {"self"}, {*self.PARAMETERS, "limits"})
            for name, default in self.PARAMETERS.items():
                with self.subTest(transport.__name__, name=name):
                    self.assertEqual(parameters[name].default, default)

    def test_each_parameter_is_taken(self):
        options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
        given = {
            "verify": False,
            "trust_env": False,
            "http1": True,
            "http2": False,
            "limits": httpx.Limits(max_connections=1),
            "local_address": "127.0.0.1",
            "retries": 1,
            "socket_options": options,
        }
        with httpx.Client(transport=httpx.HTTPTransport(**given)) as client:
            self.assertEqual(client.get(hello.url).status_code, 200)

    def test_a_transport_answers_a_request(self):
        with httpx.HTTPTransport() as transport:
            answer = transport.handle_request(httpx.Request("GET", hello.url))
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(answer.read(), b"Hello, world!")

    async def test_an_async_transport_answers_a_request(self):
        async with httpx.AsyncHTTPTransport() as transport:
            answer = await transport.handle_async_request(httpx.Request("GET", hello.url))
            self.assertEqual(await answer.aread(), b"Hello, world!")

    def test_local_address_is_where_connections_come_from(self):
        peers = []

        def serve(connection):
            peers.append(connection.socket.getpeername()[0])
            while connection.read_head():
                connection.send(response())

        raw = RawServer(serve)
        self.addCleanup(raw.close)
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as client:
            client.get(raw.url)
        self.assertEqual(peers, ["127.0.0.2"])

    def test_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            listener = socket.socket(socket.AF_UNIX)
            self.addCleanup(listener.close)
            listener.bind(path)
            listener.listen()

            def serve():
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(response(peer.recv(65536).split(b"\r\n")[1].lower()))

            thread = threading.Thread(target=serve)
            thread.start()
            with httpx.Client(transport=httpx.HTTPTransport(uds=path)) as client:
                self.assertEqual(client.get("http://anything/").text, "host: anything")
            thread.join()

    def test_retries_are_for_connecting_alone(self):
        heads = RawServer.answering(lambda head: None)
        self.addCleanup(heads.close)
        with httpx.Client(transport=httpx.HTTPTransport(retries=3)) as client:
            with self.assertRaises(httpx.RemoteProtocolError):
                client.get(heads.url)
            self.assertEqual(len(heads.heads), 1)

    def test_a_replaced_method_is_seen(self):
        def fake(self, request):
            return httpx.Response(200, text="replaced")

        with mock.patch.object(httpx.HTTPTransport, "handle_request", fake):
            self.assertEqual(httpx.get("http://127.0.0.1:1").text, "replaced")
        with self.assertRaises(httpx.ConnectError):
            httpx.get("http://127.0.0.1:1")

    def test_a_subclass_can_go_around_it(self):
        class Counting(httpx.HTTPTransport):
            count = 0

            def handle_request(self, request):
                Counting.count += 1
                return super().handle_request(request)

        with httpx.Client(transport=Counting()) as client:
            self.assertEqual(client.get(hello.url).text, "Hello, world!")
        self.assertEqual(Counting.count, 1)


class Own(unittest.IsolatedAsyncioTestCase):
    def test_a_base_transport(self):
        class Hello(httpx.BaseTransport):
            closed = False

            def handle_request(self, request):
                return httpx.Response(200, json={"path": request.url.path})

            def close(self):
                self.closed = True

        transport = Hello()
        with httpx.Client(transport=transport) as client:
            self.assertEqual(client.get("http://h/x").json(), {"path": "/x"})
        self.assertTrue(transport.closed)

    async def test_an_async_base_transport(self):
        class Hello(httpx.AsyncBaseTransport):
            closed = False

            async def handle_async_request(self, request):
                await asyncio.sleep(0)
                return httpx.Response(200, json={"path": request.url.path})

            async def aclose(self):
                self.closed = True

        transport = Hello()
        async with httpx.AsyncClient(transport=transport) as client:
            self.assertEqual((await client.get("http://h/x")).json(), {"path": "/x"})
        self.assertTrue(transport.closed)

    async def test_the_base_classes_ask_for_an_implementation(self):
        request = httpx.Request("GET", "http://h/")
        with self.assertRaises(NotImplementedError):
            httpx.BaseTransport().handle_request(request)
        with self.assertRaises(NotImplementedError):
            await httpx.AsyncBaseTransport().handle_async_request(request)

    def test_any_object_with_the_method_will_do(self):
        class Duck:
            def handle_request(self, request):
                return httpx.Response(200, text="duck")

            def close(self):
                pass

        client = httpx.Client(transport=Duck())
        self.assertEqual(client.get("http://h/").text, "duck")
        client.close()

    def test_what_it_raises_comes_out(self):
        class Broken(httpx.BaseTransport):
            def handle_request(self, request):
                if request.url.path == "/own":
                    raise LookupError("own")
                raise httpx.ConnectError("no", request=request)

        client = httpx.Client(transport=Broken())
        with self.assertRaisesRegex(LookupError, "own"):
            client.get("http://h/own")
        with self.assertRaises(httpx.ConnectError) as caught:
            client.get("http://h/")
        self.assertEqual(str(caught.exception.request.url), "http://h/")

    def test_its_stream_is_read_as_it_goes(self):
        produced = []

        class Stream(httpx.SyncByteStream):
            def __iter__(self):
                for number in range(3):
                    produced.append(number)
                    yield b"%d" % number

            def close(self):
                produced.append("closed")

        class Transport(httpx.BaseTransport):
            def handle_request(self, request):
                return httpx.Response(200, stream=Stream())

        with httpx.Client(transport=Transport()) as client:
            with client.stream("GET", "http://h/") as answer:
                self.assertEqual(next(answer.iter_raw()), b"0")
                self.assertEqual(produced, [0])
        self.assertEqual(produced, [0, "closed"])


class Mock(unittest.IsolatedAsyncioTestCase):
    def test_the_handler_gets_a_read_request(self):
        def echo(request):
            return httpx.Response(200, content=request.content)

        client = httpx.Client(transport=httpx.MockTransport(echo))
        self.assertEqual(client.post("http://h/", content=iter([b"a", b"b"])).text, "ab")

    async def test_it_may_be_a_coroutine_function(self):
        async def handler(request):
            return httpx.Response(201)

        async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as client:
            self.assertEqual((await client.get("http://h/")).status_code, 201)
        with self.assertRaises(TypeError):
            httpx.Client(transport=httpx.MockTransport(handler)).get("http://h/")

    async def test_a_plain_function_serves_an_async_client_too(self):
        transport = httpx.MockTransport(lambda request: httpx.Response(202))
        async with httpx.AsyncClient(transport=transport) as client:
            self.assertEqual((await client.get("http://h/")).status_code, 202)


class Asgi(unittest.IsolatedAsyncioTestCase):
    @staticmethod
    async def app(scope, receive, send):
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if scope["path"] == "/broken":
            raise LookupError("broken")
        text = f"{scope['method']} {scope['root_path']}|{scope['path']} {scope['client']}".encode()
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text, "more_body": True})
        await send({"type": "http.response.body", "body": body})

    async def get(self, path="/x", **options):
        transport = httpx.ASGITransport(self.app, **options)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.post("http://h" + path, content=b"!")

    async def test_an_application_answers(self):
        self.assertEqual((await self.get()).text, "POST |/x ('127.0.0.1', 123)!")

    async def test_root_path_and_client(self):
        answer = await self.get(root_path="/sub", client=("1.2.3.4", 5))
        self.assertEqual(answer.text, "POST /sub|/x ('1.2.3.4', 5)!")

    async def test_raise_app_exceptions(self):
        with self.assertRaises(LookupError):
            await self.get("/broken")
        self.assertEqual((await self.get("/broken", raise_app_exceptions=False)).status_code, 500)


class Wsgi(unittest.TestCase):
    @staticmethod
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/broken":
            try:
                raise LookupError("broken")
            except LookupError:
                start_response("500 Broken", [], sys.exc_info())
                return [b"caught"]
        environ["wsgi.errors"].write("noted")
        body = environ["wsgi.input"].read()
        text = f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']} {environ['REMOTE_ADDR']} "
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [text.encode(), body]

    def post(self, path="/x", **options):
        with httpx.Client(transport=httpx.WSGITransport(self.app, **options)) as client:
            return client.post("http://h" + path, content=b"!")

    def test_an_application_answers(self):
        self.assertEqual(self.post().text, "|/x 127.0.0.1 !")

    def test_script_name_and_remote_addr(self):
        answer = self.post(script_name="/sub", remote_addr="1.2.3.4")
        self.assertEqual(answer.text, "/sub|/x 1.2.3.4 !")

    def test_wsgi_errors(self):
        with tempfile.TemporaryFile("w+") as errors:
            self.post(wsgi_errors=errors)
            errors.seek(0)
            self.assertEqual(errors.read(), "noted")

    def test_raise_app_exceptions(self):
        with self.assertRaises(LookupError):
            self.post("/broken")
        self.assertEqual(self.post("/broken", raise_app_exceptions=False).status_code, 500)


if __name__ == "__main__":
    unittest.main()
