"""A small site on loopback for the examples, so that they need no internet.

| request | answer |
|---|---|
| `GET /file` | 32 MiB |
| `GET /page/<n>` | a page that links to pages `2n` and `2n + 1`, up to 31 |
| `PUT` anything | the size and the SHA-256 of what was sent, as JSON |
"""

import contextlib
import hashlib
import http.server
import json
import threading

MIB = 1 << 20
FILE_SIZE = 32 * MIB
PAGES = 31


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/file":
            self.send_head("application/octet-stream", FILE_SIZE)
            for _ in range(FILE_SIZE // MIB):
                self.wfile.write(bytes(MIB))
        else:
            number = int(self.path.removeprefix("/page/"))
            links = [n for n in (2 * number, 2 * number + 1) if n <= PAGES]
            self.send("text/html", " ".join(f'<a href="{n}">{n}</a>' for n in links))

    def do_PUT(self):
        left = int(self.headers["Content-Length"])
        size, digest = left, hashlib.sha256()
        while left:
            piece = self.rfile.read(min(left, MIB))
            digest.update(piece)
            left -= len(piece)
        self.send("application/json", json.dumps({"size": size, "sha256": digest.hexdigest()}))

    def send(self, kind, text):
        self.send_head(kind, len(text))
        self.wfile.write(text.encode())

    def send_head(self, kind, length):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_):
        """The examples' output is their own."""


@contextlib.contextmanager
def local_site():
    """Runs the site on a thread of its own; gives its URL, without a slash at the end."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
