"""Subprocesses by protocol, their pipes and signals, and pipes of one's own."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

PIPE = asyncio.subprocess.PIPE


class Noting(asyncio.SubprocessProtocol):
    def __init__(self):
        self.calls = []
        self.data = {1: bytearray(), 2: bytearray()}
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.calls.append("connection_made")
        self.transport = transport

    def pipe_data_received(self, number, data):
        self.data[number] += data

    def pipe_connection_lost(self, number, error):
        self.calls.append(("pipe_connection_lost", number))

    def process_exited(self):
        self.calls.append("process_exited")

    def connection_lost(self, error):
        self.calls.append("connection_lost")
        self.lost.set_result(error)


class Protocols(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()

    async def run_shell(self, command, **options):
        transport, protocol = await self.loop.subprocess_shell(Noting, command, **options)
        await protocol.lost
        transport.close()
        return transport, protocol

    async def test_output_and_errors_come_apart(self):
        transport, protocol = await self.run_shell("printf out; printf err >&2; exit 3")
        self.assertEqual((bytes(protocol.data[1]), bytes(protocol.data[2])), (b"out", b"err"))
        self.assertEqual(transport.get_returncode(), 3)

    async def test_the_calls_in_order(self):
        _, protocol = await self.run_shell("printf out", stdin=None)
        self.assertEqual(protocol.calls[0], "connection_made")
        self.assertEqual(protocol.calls[-1], "connection_lost")
        self.assertIn("process_exited", protocol.calls)
        for number in (1, 2):
            self.assertIn(("pipe_connection_lost", number), protocol.calls)

    async def test_its_input(self):
        transport, protocol = await self.loop.subprocess_exec(Noting, "cat")
        self.assertIsInstance(transport.get_pid(), int)
        self.assertIsNone(transport.get_returncode())
        stdin = transport.get_pipe_transport(0)
        stdin.write(b"through the cat")
        stdin.close()
        await protocol.lost
        self.assertEqual(bytes(protocol.data[1]), b"through the cat")
        self.assertEqual(transport.get_returncode(), 0)

    async def test_terminate_and_send_signal(self):
        for act, number in (
            (lambda transport: transport.terminate(), signal.SIGTERM),
            (lambda transport: transport.kill(), signal.SIGKILL),
            (lambda transport: transport.send_signal(signal.SIGUSR1), signal.SIGUSR1),
        ):
            transport, protocol = await self.loop.subprocess_exec(Noting, "sleep", "600")
            act(transport)
            await protocol.lost
            self.assertEqual(transport.get_returncode(), -number)

    async def test_close_kills_it(self):
        transport, protocol = await self.loop.subprocess_exec(Noting, "sleep", "600")
        transport.close()
        await protocol.lost
        self.assertEqual(transport.get_returncode(), -signal.SIGKILL)

    async def test_text_and_buffers_are_refused(self):
        for options in ({"universal_newlines": True}, {"bufsize": 4096}, {"shell": True}):
            with self.assertRaises(ValueError):
                await self.loop.subprocess_exec(Noting, "true", **options)


class Processes(unittest.IsolatedAsyncioTestCase):
    async def test_a_lot_of_output(self):
        code = "import sys; sys.stdout.buffer.write(bytes(3_000_000))"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=PIPE)
        output, _ = await process.communicate()
        self.assertEqual(output, bytes(3_000_000))

    async def test_a_lot_through_it(self):
        process = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
        data = os.urandom(2_000_000)
        output, _ = await process.communicate(data)
        self.assertEqual(output, data)

    async def test_line_by_line(self):
        process = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
        for line in (b"one\n", b"two\n"):
            process.stdin.write(line)
            await process.stdin.drain()
            self.assertEqual(await process.stdout.readline(), line)
        process.stdin.close()
        await process.stdin.wait_closed()
        self.assertEqual(await process.wait(), 0)

    async def test_errors_into_output(self):
        process = await asyncio.create_subprocess_shell(
            "printf one; printf two >&2", stdout=PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, errors = await process.communicate()
        self.assertEqual((output, errors), (b"onetwo", None))

    async def test_devnull_and_files(self):
        with tempfile.TemporaryFile() as file:
            process = await asyncio.create_subprocess_shell(
                "printf data", stdin=asyncio.subprocess.DEVNULL, stdout=file
            )
            await process.wait()
            file.seek(0)
            self.assertEqual(file.read(), b"data")

    async def test_a_process_that_ends_without_reading_its_input(self):
        process = await asyncio.create_subprocess_exec("true", stdin=PIPE)
        await process.communicate(bytes(1_000_000))
        self.assertEqual(process.returncode, 0)

    async def test_wait_by_several(self):
        process = await asyncio.create_subprocess_exec("cat", stdin=PIPE)
        waits = [asyncio.create_task(process.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        process.stdin.close()
        self.assertEqual(await asyncio.gather(*waits), [0, 0, 0])
        self.assertEqual(await process.wait(), 0)

    async def test_a_cancelled_wait_leaves_the_process(self):
        process = await asyncio.create_subprocess_exec("sleep", "600")
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(process.wait(), 0.005)
        self.assertIsNone(process.returncode)
        process.kill()
        await process.wait()

    async def test_signals_to_one_that_is_gone(self):
        process = await asyncio.create_subprocess_exec("true")
        await process.wait()
        with self.assertRaises(ProcessLookupError):
            process.kill()

    async def test_beside_processes_of_the_module_subprocess(self):
        process = await asyncio.create_subprocess_shell("exit 3")
        self.assertEqual(subprocess.run(["sh", "-c", "exit 4"]).returncode, 4)
        self.assertEqual(await process.wait(), 3)

    async def test_many_at_once(self):
        async def run(n):
            process = await asyncio.create_subprocess_shell(f"exit {n}")
            return await process.wait()

        self.assertEqual(await asyncio.gather(*map(run, range(20))), list(range(20)))


class InThreads(unittest.TestCase):
    def test_a_loop_of_another_thread_runs_them_too(self):
        results = []

        async def main():
            process = await asyncio.create_subprocess_shell("printf data", stdout=PIPE)
            return await process.communicate(), process.returncode

        thread = threading.Thread(target=lambda: results.append(asyncio.run(main())))
        thread.start()
        thread.join()
        self.assertEqual(results, [((b"data", None), 0)])


class Pipes(unittest.IsolatedAsyncioTestCase):
    async def test_reading_and_writing_pipes_of_one_s_own(self):
        loop = asyncio.get_running_loop()
        read, write = os.pipe()
        reader = asyncio.StreamReader()
        reading, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb")
        )
        writing, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(write, "wb"))
        writing.write(b"line\n")
        self.assertEqual(await reader.readline(), b"line\n")
        writing.close()
        self.assertEqual(await reader.read(), b"")
        reading.close()

    async def test_a_reader_that_goes_away(self):
        class Noting(asyncio.BaseProtocol):
            def connection_lost(self, error):
                lost.set_result(error)

        loop = asyncio.get_running_loop()
        lost = loop.create_future()
        read, write = os.pipe()
        transport, _ = await loop.connect_write_pipe(Noting, os.fdopen(write, "wb"))
        os.close(read)
        await lost
        self.assertTrue(transport.is_closing())

    async def test_a_file_is_no_pipe(self):
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryFile() as file, self.assertRaises(ValueError):
            await loop.connect_read_pipe(asyncio.Protocol, file)


if __name__ == "__main__":
    unittest.main()
