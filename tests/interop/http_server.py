"""CPython's http.server, or aiohttp, as a peer: `http_server.py http.server|aiohttp`.

Runs under CPython, prints its port, and runs until it is killed.
"""

import http.server
import sys

LARGE = bytes(range(256)) * 4096
CHUNK = 60_000


def chunks():
    return [LARGE[start : start + CHUNK] for start in range(0, len(LARGE), CHUNK)]


class Server(http.server.ThreadingHTTPServer):
    # The default, 5, makes the system drop connections when many are opened at once.
    request_queue_size = 128


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        bodies = {
            "/hello": b"hello",
            "/large": LARGE,
            "/peer": str(self.client_address[1]).encode(),
            "/close": b"closing",
        }
        if self.path == "/chunked":
            self.send_chunks()
        elif self.path in bodies:
            self.send_body(bodies[self.path])
        else:
            self.send_error(404)

    do_HEAD = do_GET

    def do_POST(self):
        self.send_body(self.rfile.read(int(self.headers["Content-Length"])))

    def send_body(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/close":
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in chunks():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


def serve_standard_library():
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


def serve_aiohttp():
    import asyncio

    from aiohttp import web

    async def hello(request):
        return web.Response(body=b"hello")

    async def large(request):
        return web.Response(body=LARGE)

    async def peer(request):
        return web.Response(text=str(request.transport.get_extra_info("peername")[1]))

    async def close(request):
        return web.Response(text="closing", headers={"Connection": "close"})

    async def echo(request):
        return web.Response(body=await request.read())

    async def chunked(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks():
            await response.write(chunk)
        await response.write_eof()
        return response

    async def main():
        app = web.Application(client_max_size=2 * len(LARGE))
        for handler in (hello, large, peer, close, chunked):
            app.router.add_get(f"/{handler.__name__}", handler)
        app.router.add_post("/echo", echo)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(main())


{"http.server": serve_standard_library, "aiohttp": serve_aiohttp}[sys.argv[1]]()
