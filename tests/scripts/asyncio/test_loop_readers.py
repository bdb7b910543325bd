"""add_reader and add_writer."""

import asyncio
import os
import socket
import unittest


class Case(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.calls = []

    def tearDown(self):
        self.loop.remove_reader(self.ours)
        self.loop.remove_writer(self.ours)
        self.ours.close()
        self.theirs.close()
        self.loop.close()

    def run_until(self, count):
        async def main():
            while len(self.calls) < count:
                await asyncio.sleep(0.001)

        self.loop.run_until_complete(asyncio.wait_for(main(), 30))

    def note(self, name):
        self.calls.append(name)


class Readers(Case):
    def test_called_as_long_as_there_is_something_to_read(self):
        self.loop.add_reader(self.ours, self.note, "readable")
        self.theirs.send(b"data")
        self.run_until(3)
        self.loop.remove_reader(self.ours)
        count = len(self.calls)
        self.loop.run_until_complete(asyncio.sleep(0.005))
        self.assertEqual(len(self.calls), count)

    def test_not_called_while_there_is_nothing(self):
        self.loop.add_reader(self.ours, self.note, "readable")
        self.loop.run_until_complete(asyncio.sleep(0.005))
        self.assertEqual(self.calls, [])

    def test_at_the_end_of_the_stream(self):
        self.loop.add_reader(self.ours, self.note, "readable")
        self.theirs.close()
        self.run_until(1)

    def test_a_second_one_replaces_the_first(self):
        self.loop.add_reader(self.ours, self.note, "first")
        self.loop.add_reader(self.ours, self.note, "second")
        self.theirs.send(b"x")
        self.run_until(1)
        self.assertEqual(set(self.calls), {"second"})
        self.assertTrue(self.loop.remove_reader(self.ours))
        self.assertFalse(self.loop.remove_reader(self.ours))

    def test_by_number_and_by_object(self):
        self.loop.add_reader(self.ours.fileno(), self.note, "number")
        self.assertTrue(self.loop.remove_reader(self.ours))
        self.loop.add_reader(self.ours, self.note, "object")
        self.assertTrue(self.loop.remove_reader(self.ours.fileno()))

    def test_one_that_removes_itself(self):
        def once():
            self.note("once")
            self.loop.remove_reader(self.ours)

        self.loop.add_reader(self.ours, once)
        self.theirs.send(b"x")
        self.run_until(1)
        self.loop.run_until_complete(asyncio.sleep(0.005))
        self.assertEqual(self.calls, ["once"])

    def test_one_that_removes_another_that_is_ready_too(self):
        pairs = [socket.socketpair() for _ in range(2)]

        def remove_all():
            self.note("called")
            for one, _ in pairs:
                self.loop.remove_reader(one)

        for one, other in pairs:
            other.send(b"x")
            self.loop.add_reader(one, remove_all)
        self.run_until(1)
        self.loop.run_until_complete(asyncio.sleep(0.005))
        self.assertEqual(self.calls, ["called"])
        for one, other in pairs:
            one.close()
            other.close()

    def test_one_that_raises_is_reported_and_stays(self):
        reports = []
        self.loop.set_exception_handler(lambda loop, report: reports.append(report))

        def fail():
            self.note("called")
            raise KeyError("mine")

        self.loop.add_reader(self.ours, fail)
        self.theirs.send(b"x")
        self.run_until(2)
        self.assertIsInstance(reports[0]["exception"], KeyError)

    def test_a_pipe(self):
        read, write = os.pipe()
        self.loop.add_reader(read, lambda: self.note(os.read(read, 10)))
        os.write(write, b"data")
        self.run_until(1)
        self.assertEqual(self.calls, [b"data"])
        self.loop.remove_reader(read)
        os.close(read)
        os.close(write)

    def test_a_descriptor_that_is_used_again(self):
        """Closed and opened anew, the same number is watched anew."""
        for n in range(5):
            one, other = socket.socketpair()
            self.loop.add_reader(one, self.note, n)
            other.send(b"x")
            self.run_until(n + 1)
            self.loop.remove_reader(one)
            one.close()
            other.close()
            del self.calls[n + 1 :]
        self.assertEqual(self.calls, [0, 1, 2, 3, 4])

    def test_what_is_no_descriptor_is_a_value_error(self):
        for wrong in (-1, "text", None, object()):
            with self.subTest(wrong), self.assertRaises((ValueError, TypeError)):
                self.loop.add_reader(wrong, print)

    def test_many_at_once(self):
        pairs = [socket.socketpair() for _ in range(100)]
        for n, (one, other) in enumerate(pairs):
            self.loop.add_reader(one, lambda n=n, one=one: (one.recv(1), self.note(n)))
            other.send(b"x")
        self.run_until(100)
        self.assertEqual(sorted(self.calls), list(range(100)))
        for one, other in pairs:
            self.loop.remove_reader(one)
            one.close()
            other.close()


class Writers(Case):
    def test_called_while_there_is_room(self):
        self.loop.add_writer(self.ours, self.note, "writable")
        self.run_until(3)
        self.assertTrue(self.loop.remove_writer(self.ours))
        self.assertFalse(self.loop.remove_writer(self.ours))

    def test_not_called_while_there_is_none(self):
        with self.assertRaises(BlockingIOError):
            while True:
                self.ours.send(bytes(65536))
        self.loop.add_writer(self.ours, self.note, "writable")
        self.loop.run_until_complete(asyncio.sleep(0.005))
        self.assertEqual(self.calls, [])
        self.theirs.setblocking(False)

        def drain():
            try:
                while True:
                    self.theirs.recv(65536)
            except BlockingIOError:
                pass

        self.loop.call_soon(drain)
        self.run_until(1)

    def test_both_on_one_socket(self):
        self.loop.add_reader(self.ours, self.note, "readable")
        self.loop.add_writer(self.ours, self.note, "writable")
        self.run_until(1)
        self.assertEqual(set(self.calls), {"writable"})
        self.loop.remove_writer(self.ours)
        self.calls.clear()
        self.theirs.send(b"x")
        self.run_until(1)
        self.assertEqual(set(self.calls), {"readable"})

    def test_removing_the_reader_leaves_the_writer(self):
        self.loop.add_reader(self.ours, self.note, "readable")
        self.loop.add_writer(self.ours, self.note, "writable")
        self.loop.remove_reader(self.ours)
        self.theirs.send(b"x")
        self.run_until(2)
        self.assertEqual(set(self.calls), {"writable"})


class Transports(unittest.IsolatedAsyncioTestCase):
    async def test_the_socket_of_a_transport_is_not_for_others(self):
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        number = transport.get_extra_info("socket").fileno()
        for call in (loop.add_reader, loop.add_writer):
            with self.assertRaises(RuntimeError):
                call(number, print)
        transport.close()
        await asyncio.sleep(0)
        theirs.close()


if __name__ == "__main__":
    unittest.main()
