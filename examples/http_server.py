"""A small HTTP server: asyncio's streams of bytes in, httptools' requests out.

    tauraro run examples/http_server.py [PORT]

Without a port it has a client of its own. Connections are kept open and requests may be pipelined;
one request is answered after the other.
"""

import asyncio
import http
import sys

import httptools
import httpx


class Request:
    """What the parser has told of a request."""

    def __init__(self):
        self.method = ""
        self.url = b""
        self.headers = {}
        self.body = bytearray()
        self.keep_alive = False


class Connection(asyncio.Protocol):
    """A connection of a client, and what its parser calls."""

    def __init__(self, answer):
        self.answer = answer
        self.parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.respond(http.HTTPStatus.NOT_IMPLEMENTED, "There is no other protocol here.", False)
        except httptools.HttpParserCallbackError:
            raise
        except httptools.HttpParserError as error:
            self.respond(http.HTTPStatus.BAD_REQUEST, str(error), False)

    def on_message_begin(self):
        self.request = Request()

    def on_url(self, url):
        # It may come in pieces, as the body does.
        self.request.url += url

    def on_header(self, name, value):
        self.request.headers[name.decode().lower()] = value.decode("latin-1")

    def on_headers_complete(self):
        self.request.method = self.parser.get_method().decode()
        self.request.keep_alive = self.parser.should_keep_alive()

    def on_body(self, body):
        self.request.body += body

    def on_message_complete(self):
        if not self.parser.should_upgrade():
            self.respond(*self.answer(self.request), self.request.keep_alive)

    def respond(self, status, text, keep_alive):
        if self.transport.is_closing():
            return
        content = text.encode()
        head = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(content)}",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
        ]
        self.transport.write("\r\n".join([*head, "\r\n"]).encode() + content)
        if not keep_alive:
            self.transport.close()


def answer(request):
    url = httptools.parse_url(request.url)
    match request.method, url.path:
        case "GET", b"/hello":
            name = (url.query or b"name=stranger").removeprefix(b"name=").decode()
            return http.HTTPStatus.OK, f"Hello, {name}!"
        case "POST", b"/length":
            return http.HTTPStatus.OK, f"{len(request.body)} bytes"
        case _:
            return http.HTTPStatus.NOT_FOUND, "There is no such thing."


async def ask(url):
    async def parts():
        for _ in range(10):
            yield b"x" * 1000

    async with httpx.AsyncClient(base_url=url) as client:
        for response in (
            await client.get("/hello?name=Alice"),
            await client.post("/length", content=parts()),
            await client.get("/nothing"),
        ):
            print(response.status_code, response.text)


async def main(port):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answer), "localhost", port)
    port = server.sockets[0].getsockname()[1]
    async with server:
        if len(sys.argv) == 2:
            print(f"Serving http://localhost:{port}")
            await server.serve_forever()
        else:
            await ask(f"http://localhost:{port}")


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) == 2 else 0))
