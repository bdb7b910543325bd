"""Subprocesses and signal handlers."""

import asyncio
import os
import signal
import sys
import unittest

COPY = "import sys; sys.stdout.write(sys.stdin.read().upper())"


class Subprocesses(unittest.IsolatedAsyncioTestCase):
    async def start(self, code, **pipes):
        return await asyncio.create_subprocess_exec(sys.executable, "-c", code, **pipes)

    async def test_the_exit_code(self):
        process = await self.start("import sys; sys.exit(3)")
        self.assertEqual(await process.wait(), 3)
        self.assertEqual(process.returncode, 3)

    async def test_communicate(self):
        pipe = asyncio.subprocess.PIPE
        process = await self.start(COPY, stdin=pipe, stdout=pipe)
        output, errors = await process.communicate(b"hello")
        self.assertEqual((output, errors, process.returncode), (b"HELLO", None, 0))

    async def test_several_at_once(self):
        async def run(n):
            process = await self.start(f"print({n} * {n})", stdout=asyncio.subprocess.PIPE)
            output, _ = await process.communicate()
            return int(output)

        self.assertEqual(await asyncio.gather(*map(run, range(4))), [0, 1, 4, 9])

    async def test_a_shell(self):
        process = await asyncio.create_subprocess_shell(
            "echo one; exit 2", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        self.assertEqual((output, process.returncode), (b"one\n", 2))

    async def test_kill(self):
        process = await asyncio.create_subprocess_exec("sleep", "600")
        process.kill()
        self.assertEqual(await process.wait(), -signal.SIGKILL)

    async def test_a_program_that_does_not_exist(self):
        with self.assertRaises(FileNotFoundError):
            await asyncio.create_subprocess_exec("/no/such/program")


class Signals(unittest.IsolatedAsyncioTestCase):
    async def test_a_handler_runs_in_the_loop(self):
        loop = asyncio.get_running_loop()
        received = loop.create_future()
        loop.add_signal_handler(signal.SIGUSR1, received.set_result, "signal")
        os.kill(os.getpid(), signal.SIGUSR1)
        self.assertEqual(await received, "signal")
        self.assertTrue(loop.remove_signal_handler(signal.SIGUSR1))
        self.assertFalse(loop.remove_signal_handler(signal.SIGUSR1))

    async def test_a_signal_wakes_an_idle_loop(self):
        loop = asyncio.get_running_loop()
        received = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, received.set)
        killer = await asyncio.create_subprocess_exec("kill", "-USR1", str(os.getpid()))
        await received.wait()
        self.assertEqual(await killer.wait(), 0)
        loop.remove_signal_handler(signal.SIGUSR1)

    async def test_sigint_can_be_handled(self):
        loop = asyncio.get_running_loop()
        received = asyncio.Event()
        loop.add_signal_handler(signal.SIGINT, received.set)
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await received.wait()
        finally:
            loop.remove_signal_handler(signal.SIGINT)


class SignalsOfPython(unittest.TestCase):
    def test_a_handler_of_signal_signal_runs_while_the_loop_is_idle(self):
        async def main():
            received = asyncio.Event()
            loop = asyncio.get_running_loop()
            before = signal.signal(
                signal.SIGUSR1, lambda *_: loop.call_soon_threadsafe(received.set)
            )
            killer = await asyncio.create_subprocess_exec("kill", "-USR1", str(os.getpid()))
            await received.wait()
            await killer.wait()
            signal.signal(signal.SIGUSR1, before)

        asyncio.run(main())


if __name__ == "__main__":
    unittest.main()
