"""Who reads slowly holds the sender back: memory stays flat, whatever is offered."""

import os
import sys
import threading
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from raw_server import GOOD, RawServer

MIB = 1 << 20
OFFERED = 1024 * MIB

#: What the sockets and the libraries on both sides may hold between them.
IN_BETWEEN = 48 * MIB


def rss():
    """The memory that this process holds, in bytes."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Offering:
    """A server that offers 1 GiB, and notes how much of it has been taken."""

    def __init__(self):
        self.sent = 0
        self.over = threading.Event()
        self.server = RawServer(self.serve)

    def serve(self, connection):
        connection.read_head()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % OFFERED)
        piece = bytes(MIB)
        while self.sent < OFFERED:
            connection.send(piece)
            self.sent += len(piece)
            if self.sent > IN_BETWEEN:
                self.over.set()


class Downloads(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.offering = Offering()
        self.addCleanup(self.offering.server.close)
        self.before = rss()

    def check(self, received):
        """The server is stuck: nothing more goes out, however long it is waited for."""
        self.assertFalse(self.offering.over.wait(1), "the server was not held back")
        self.assertLess(self.offering.sent, received + IN_BETWEEN)
        self.assertLess(rss() - self.before, IN_BETWEEN + 16 * MIB)

    def test_a_script_that_reads_a_little(self):
        with httpx.stream("GET", self.offering.server.url) as response:
            received = len(next(response.iter_bytes()))
            self.check(received)

    def test_a_script_that_has_read_the_head_alone(self):
        with httpx.stream("GET", self.offering.server.url):
            self.check(0)

    async def test_an_asynchronous_script(self):
        async with httpx.AsyncClient() as client:
            async with client.stream("GET", self.offering.server.url) as response:
                received = len(await anext(response.aiter_bytes()))
                self.check(received)


class Uploads(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.produced = 0
        self.go_on = threading.Event()
        self.over = threading.Event()
        self.server = RawServer(self.serve)
        self.addCleanup(self.server.close)
        self.addCleanup(self.go_on.set)

    def serve(self, connection):
        """Reads nothing of the content until the generator has proved to be held back."""
        head = connection.read_head()
        self.go_on.wait()
        left = 64 * MIB - len(connection.buffer)
        while left > 0:
            left -= len(connection.socket.recv(MIB))
        connection.send(GOOD)

    def pieces(self):
        for _ in range(64):
            self.produced += MIB
            if self.produced > IN_BETWEEN:
                self.over.set()
            yield bytes(MIB)

    async def async_pieces(self):
        for piece in self.pieces():
            yield piece

    def watch(self):
        """Lets the server read once the generator has had its time to run ahead."""

        def look():
            self.ran_ahead = self.over.wait(1)
            self.go_on.set()

        watcher = threading.Thread(target=look)
        watcher.start()
        return watcher

    def test_a_generator_is_taken_as_fast_as_the_server_reads(self):
        watcher = self.watch()
        headers = {"Content-Length": str(64 * MIB)}
        response = httpx.post(self.server.url, content=self.pieces(), headers=headers, timeout=None)
        watcher.join()
        self.assertEqual(response.text, "good")
        self.assertFalse(self.ran_ahead)
        self.assertEqual(self.produced, 64 * MIB)

    async def test_an_asynchronous_generator_too(self):
        watcher = self.watch()
        headers = {"Content-Length": str(64 * MIB)}
        async with httpx.AsyncClient(timeout=None) as client:
            url, content = self.server.url, self.async_pieces()
            response = await client.post(url, content=content, headers=headers)
        watcher.join()
        self.assertEqual(response.text, "good")
        self.assertFalse(self.ran_ahead)
        self.assertEqual(self.produced, 64 * MIB)


if __name__ == "__main__":
    unittest.main()
