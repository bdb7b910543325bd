"""A server that answers before it has got the whole body; httpx loses the answer."""

import asyncio
import unittest

import httpx


async def serve(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\n")
    await writer.drain()
    await READ.wait()
    writer.write(b"large")
    # Closed with the body unread, the connection would be reset.
    await reader.read()
    writer.close()


READ = asyncio.Event()


async def body():
    yield b"first"
    await asyncio.Event().wait()


class EarlyResponse(unittest.TestCase):
    def test_it_is_read_while_the_body_is_suspended(self):
        async def main():
            READ.clear()
            server = await asyncio.start_server(serve, "127.0.0.1")
            url = "http://{}:{}/".format(*server.sockets[0].getsockname())
            async with httpx.AsyncClient() as client:
                async with client.stream("POST", url, content=body()) as response:
                    READ.set()
                    content = await response.aread()
            server.close()
            return response.status_code, content

        self.assertEqual(asyncio.run(main()), (413, b"large"))

    def test_it_is_the_answer_of_a_plain_call_too(self):
        async def main():
            READ.set()
            server = await asyncio.start_server(serve, "127.0.0.1")
            url = "http://{}:{}/".format(*server.sockets[0].getsockname())
            async with httpx.AsyncClient() as client:
                response = await client.post(url, content=body())
            server.close()
            return response.status_code, response.content

        self.assertEqual(asyncio.run(main()), (413, b"large"))

    def test_hooks_change_nothing_of_that(self):
        async def hook(request):
            pass

        async def main():
            READ.clear()
            server = await asyncio.start_server(serve, "127.0.0.1")
            url = "http://{}:{}/".format(*server.sockets[0].getsockname())
            hooks = {"request": [hook]}
            async with httpx.AsyncClient(event_hooks=hooks) as client:
                async with client.stream("POST", url, content=body()) as response:
                    READ.set()
                    content = await response.aread()
            server.close()
            return content

        self.assertEqual(asyncio.run(main()), b"large")


if __name__ == "__main__":
    unittest.main()
