"""A server that says, byte for byte, what a test tells it to."""

import socket
import threading

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"


def response(body=b"", status="200 OK", *fields):
    """A response with these header fields, and a Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def fields(head):
    """The header fields of a request, by their names in lower case."""
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}


class Connection:
    """One client. What is read is b"" when it has left."""

    def __init__(self, sock):
        self.socket = sock
        self.buffer = b""

    def read_until(self, end):
        while end not in self.buffer:
            if not self.read_more():
                return b""
        data, _, self.buffer = self.buffer.partition(end)
        return data

    def read_more(self):
        more = self.socket.recv(65536)
        self.buffer += more
        return more

    def read_head(self):
        return self.read_until(b"\r\n\r\n")

    def read_body(self, head):
        """The content of the request that has this head, its chunks as they came."""
        given = fields(head)
        if "transfer-encoding" in given:
            return self.read_until(b"0\r\n\r\n")
        length = int(given.get("content-length", 0))
        while len(self.buffer) < length and self.read_more():
            pass
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return body

    def send(self, data):
        self.socket.sendall(data)


class RawServer:
    """Calls `serve(connection)` for each client, each on a thread of its own."""

    def __init__(self, serve):
        self.serve = serve
        self.heads = []
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @classmethod
    def answering(cls, answer):
        """A server that answers each head, and notes it in `heads`. None ends the connection."""

        def serve(connection):
            while head := connection.read_head():
                server.heads.append(head)
                connection.read_body(head)
                data = answer(head)
                if data is None:
                    return
                connection.send(data)

        server = cls(serve)
        return server

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def named_url(self):
        """The same server, which is another host to a client."""
        return f"http://localhost:{self.port}"

    def fields(self, index=-1):
        """The header fields of a request that was noted."""
        return fields(self.heads[index])

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.sockets.append(client)
            threading.Thread(target=self._run, args=(client,), daemon=True).start()

    def _run(self, client):
        try:
            with client:
                self.serve(Connection(client))
        except OSError:
            pass  # The client left, which is its right.

    def close(self):
        """Ends the server and all its connections."""
        for sock in [self.listener, *self.sockets]:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It has ended already.
            sock.close()
