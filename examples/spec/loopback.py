"""A small HTTP server for the examples, so that they need no internet.

It answers any request with a JSON description of what it received, except for
`/status/<code>`, which is answered with that status; `/users/<id>`, of which there is one user;
`/large`, a megabyte in chunks; and `/slow`, which is not answered.
"""

import contextlib
import http.server
import json
import threading
import urllib.parse

CHUNK = bytes(16 * 1024)
CHUNKS = 64


class Server(http.server.ThreadingHTTPServer):
    # The default, 5, makes the system drop connections when many are opened at once.
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.stopping = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        path, _, query = self.path.partition("?")
        if path == "/slow":
            self.server.stopping.wait()
            self.close_connection = True
        elif path == "/large":
            self.send_chunks()
        elif path.startswith("/status/"):
            self.send_json(int(path.removeprefix("/status/")), {})
        elif path == "/users/123":
            self.send_json(200, {"id": 123, "name": "Alice"})
        elif path.startswith("/users/") and self.command == "GET":
            self.send_json(404, {"error": "no such user"})
        else:
            self.send_json(200, self.description(path, query, body))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer

    def description(self, path, query, body):
        return {
            "method": self.command,
            "path": path,
            "query": dict(urllib.parse.parse_qsl(query)),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body,
        }

    def send_json(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_chunks(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(CHUNKS):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        """The examples' output is their own."""


@contextlib.contextmanager
def http_server():
    """Runs the server on a thread of its own; gives its URL, without a slash at the end."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def websocket_url(server):
    """The URL of a `websockets.serve` server."""
    return f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
