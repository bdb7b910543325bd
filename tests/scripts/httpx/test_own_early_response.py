"""A server that answers before it has got the whole body; httpx loses the answer."""

import asyncio
import contextlib
import unittest

import httpx


@contextlib.asynccontextmanager
async def early():
    """The URL of a server that refuses a body once it has its head, and the event at which it says
    why."""
    told = asyncio.Event()

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\n")
        await told.wait()
        writer.write(b"large")
        # Closed with the body unread, the connection would be reset.
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1") as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}/", told


async def body():
    yield b"first"
    await asyncio.Event().wait()


class EarlyResponse(unittest.TestCase):
    def stream(self, **options):
        async def main():
            async with early() as (url, told), httpx.AsyncClient(**options) as client:
                async with client.stream("POST", url, content=body()) as response:
                    told.set()
                    return response.status_code, await response.aread()

        return asyncio.run(main())

    def test_it_is_read_while_the_body_is_suspended(self):
        self.assertEqual(self.stream(), (413, b"large"))

    def test_hooks_change_nothing_of_that(self):
        async def hook(request):
            pass

        self.assertEqual(self.stream(event_hooks={"request": [hook]}), (413, b"large"))

    def test_it_is_the_answer_of_a_plain_call_too(self):
        async def main():
            async with early() as (url, told), httpx.AsyncClient() as client:
                told.set()
                response = await client.post(url, content=body())
                return response.status_code, response.content

        self.assertEqual(asyncio.run(main()), (413, b"large"))


if __name__ == "__main__":
    unittest.main()
