"""What tauraro is for, in one script: many requests at once, and a WebSocket conversation.

Both servers are this script's own and listen on loopback, so it needs no internet and ends by
itself. A wrong answer ends it with an error.
"""

import asyncio
import time

import httpx
import websockets

REQUESTS = 100
CONNECTIONS = 20
MESSAGES = 100


class SquareServer:
    """A small HTTP server: `GET /7` is answered by `{"number": 7, "square": 49}`."""

    def __init__(self):
        self.open = 0
        self.most_open = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # The client has hung up.
        finally:
            self.open -= 1
            writer.close()

    @staticmethod
    def _answer(head):
        number = int(head.split(b" ", 2)[1].removeprefix(b"/"))
        body = b'{"number": %d, "square": %d}' % (number, number * number)
        fields = b"Content-Type: application/json\r\nContent-Length: %d" % len(body)
        return b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n" + body


async def fan_out():
    """100 GETs at once over a few connections."""
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with SquareServer() as server, httpx.AsyncClient(limits=limits) as client:
        started = time.perf_counter()
        responses = await asyncio.gather(
            *[client.get(f"{server.url}/{number}") for number in range(REQUESTS)]
        )
        seconds = time.perf_counter() - started
        most_open = server.most_open

    for number, response in enumerate(responses):
        expect(response.status_code, 200)
        expect(response.json(), {"number": number, "square": number * number})
    expect(most_open <= CONNECTIONS, True)
    report(f"{REQUESTS} GETs with asyncio.gather, at most {most_open} connections open", seconds)


async def echo(websocket):
    async for message in websocket:
        await websocket.send(f"Echo: {message}")


async def converse():
    """A conversation with a WebSocket echo server."""
    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with websockets.connect(f"ws://127.0.0.1:{port}") as websocket:
            started = time.perf_counter()
            for number in range(MESSAGES):
                await websocket.send(f"message {number}")
                expect(await websocket.recv(), f"Echo: message {number}")
            seconds = time.perf_counter() - started
    report(f"{MESSAGES} WebSocket messages, each sent and echoed", seconds)


def expect(found, wanted):
    if found != wanted:
        raise SystemExit(f"wrong answer: {found!r}, where {wanted!r} was expected")


def report(what, seconds):
    print(f"{what:<64}{seconds * 1000:8.1f} ms")


async def main():
    print("Servers and clients in one process, on one thread:")
    await fan_out()
    await converse()
    print("Every answer was right.")


asyncio.run(main())
