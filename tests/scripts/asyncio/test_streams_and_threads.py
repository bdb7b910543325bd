"""Streams over TCP, call_soon_threadsafe, run_in_executor, to_thread."""

import asyncio
import concurrent.futures
import contextvars
import socket
import threading
import unittest


class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = await asyncio.start_server(self.echo, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def asyncTearDown(self):
        self.server.close()
        await self.server.wait_closed()

    async def echo(self, reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def talk(self, *messages):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answers = []
        for message in messages:
            writer.write(message)
            await writer.drain()
            answers.append(await reader.readexactly(len(message)))
        writer.write_eof()
        self.assertEqual(await reader.read(), b"")
        writer.close()
        await writer.wait_closed()
        return answers

    async def test_echo(self):
        messages = [b"one", b"two", bytes(range(256))]
        self.assertEqual(await self.talk(*messages), messages)

    async def test_a_large_message_and_its_backpressure(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        data = bytes(range(256)) * 16384

        async def send():
            writer.write(data)
            await writer.drain()
            writer.write_eof()

        sending = asyncio.create_task(send())
        self.assertEqual(await reader.read(-1), data)
        await sending
        writer.close()
        await writer.wait_closed()

    async def test_many_clients(self):
        answers = await asyncio.gather(*[self.talk(b"%d" % n) for n in range(100)])
        self.assertEqual(answers, [[b"%d" % n] for n in range(100)])

    async def test_lines(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"one\ntwo\nthree")
        writer.write_eof()
        self.assertEqual(await reader.readline(), b"one\n")
        self.assertEqual(await reader.readuntil(b"\n"), b"two\n")
        with self.assertRaises(asyncio.IncompleteReadError):
            await reader.readexactly(100)
        writer.close()
        await writer.wait_closed()

    async def test_a_refused_connection(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            with self.assertRaises(ConnectionRefusedError):
                await asyncio.open_connection(*unused.getsockname())

    async def test_a_cancelled_read_loses_nothing(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(reader.readline(), 0.01)
        writer.write(b"line\n")
        self.assertEqual(await reader.readline(), b"line\n")
        writer.close()
        await writer.wait_closed()

    async def test_add_reader(self):
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            received = loop.create_future()
            loop.add_reader(ours, lambda: received.set_result(ours.recv(10)))
            theirs.send(b"data")
            self.assertEqual(await received, b"data")
            self.assertTrue(loop.remove_reader(ours))
            self.assertFalse(loop.remove_reader(ours))

    async def test_sockets_of_one_s_own(self):
        loop = asyncio.get_running_loop()
        with socket.socket() as client:
            client.setblocking(False)
            await loop.sock_connect(client, ("127.0.0.1", self.port))
            await loop.sock_sendall(client, b"data")
            self.assertEqual(await loop.sock_recv(client, 10), b"data")


class Threads(unittest.IsolatedAsyncioTestCase):
    async def test_call_soon_threadsafe_wakes_an_idle_loop(self):
        loop = asyncio.get_running_loop()
        for n in range(20):
            done = loop.create_future()
            thread = threading.Thread(target=loop.call_soon_threadsafe, args=(done.set_result, n))
            thread.start()
            self.assertEqual(await done, n)
            thread.join()

    async def test_calls_of_several_threads_all_arrive(self):
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        counts = {}

        def arrive(name):
            counts[name] = counts.get(name, 0) + 1
            if counts == {name: 500 for name in range(4)}:
                done.set_result(None)

        def call(name):
            for _ in range(500):
                loop.call_soon_threadsafe(arrive, name)

        threads = [threading.Thread(target=call, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        await done
        for thread in threads:
            thread.join()

    async def test_run_in_executor(self):
        loop = asyncio.get_running_loop()
        self.assertEqual(await loop.run_in_executor(None, pow, 2, 10), 1024)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            self.assertEqual(await loop.run_in_executor(pool, pow, 2, 10), 1024)
        with self.assertRaises(ZeroDivisionError):
            await loop.run_in_executor(None, divmod, 1, 0)

    async def test_to_thread_runs_elsewhere_and_keeps_the_context(self):
        variable = contextvars.ContextVar("variable")
        variable.set("kept")
        self.assertEqual(await asyncio.to_thread(variable.get), "kept")
        other = await asyncio.to_thread(threading.get_ident)
        self.assertNotEqual(other, threading.get_ident())

    async def test_the_loop_runs_on_while_a_thread_works(self):
        released = threading.Event()
        working = asyncio.create_task(asyncio.to_thread(released.wait, 60))
        for _ in range(10):
            await asyncio.sleep(0)
        self.assertFalse(working.done())
        released.set()
        self.assertTrue(await working)

    async def test_run_coroutine_threadsafe(self):
        loop = asyncio.get_running_loop()

        def from_a_thread():
            coroutine = asyncio.sleep(0.001, "done")
            return asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)

        self.assertEqual(await asyncio.to_thread(from_a_thread), "done")


if __name__ == "__main__":
    unittest.main()
