"""add_signal_handler, and signals that come at awkward times."""

import asyncio
import os
import signal
import threading
import unittest


class Case(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.calls = []

    def tearDown(self):
        self.loop.close()

    def run_until(self, count):
        async def main():
            while len(self.calls) < count:
                await asyncio.sleep(0.001)

        self.loop.run_until_complete(asyncio.wait_for(main(), 30))


class Handlers(Case):
    def test_it_gets_its_arguments(self):
        self.loop.add_signal_handler(signal.SIGUSR1, lambda *given: self.calls.append(given), 1, 2)
        os.kill(os.getpid(), signal.SIGUSR1)
        self.run_until(1)
        self.assertEqual(self.calls, [(1, 2)])

    def test_it_may_use_the_loop(self):
        future = self.loop.create_future()

        def handle():
            task = self.loop.create_task(asyncio.sleep(0, "result"))
            task.add_done_callback(lambda task: future.set_result(task.result()))

        self.loop.add_signal_handler(signal.SIGUSR1, handle)
        self.loop.call_soon(os.kill, os.getpid(), signal.SIGUSR1)
        self.assertEqual(self.loop.run_until_complete(future), "result")

    def test_a_second_one_replaces_the_first(self):
        self.loop.add_signal_handler(signal.SIGUSR1, self.calls.append, "first")
        self.loop.add_signal_handler(signal.SIGUSR1, self.calls.append, "second")
        os.kill(os.getpid(), signal.SIGUSR1)
        self.run_until(1)
        self.assertEqual(self.calls, ["second"])

    def test_several_signals(self):
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
            self.loop.add_signal_handler(number, self.calls.append, number)
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            os.kill(os.getpid(), number)
        self.run_until(3)
        self.assertEqual(set(self.calls), {signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP})

    def test_one_that_raises_is_reported(self):
        reports = []
        self.loop.set_exception_handler(
            lambda loop, report: (reports.append(report), self.calls.append(1))
        )
        self.loop.add_signal_handler(signal.SIGUSR1, divmod, 1, 0)
        os.kill(os.getpid(), signal.SIGUSR1)
        self.run_until(1)
        self.assertIsInstance(reports[0]["exception"], ZeroDivisionError)

    def test_it_waits_for_the_next_run(self):
        self.loop.add_signal_handler(signal.SIGUSR1, self.calls.append, 1)
        os.kill(os.getpid(), signal.SIGUSR1)
        self.assertEqual(self.calls, [])
        self.run_until(1)

    def test_in_a_second_run_of_the_same_loop(self):
        self.loop.add_signal_handler(signal.SIGUSR1, self.calls.append, 1)
        for count in (1, 2, 3):
            os.kill(os.getpid(), signal.SIGUSR1)
            self.run_until(count)
        self.assertEqual(self.calls, [1, 1, 1])

    def test_of_sigchld_beside_subprocesses(self):
        self.loop.add_signal_handler(signal.SIGCHLD, self.calls.append, 1)

        async def main():
            process = await asyncio.create_subprocess_exec("true")
            return await process.wait()

        self.assertEqual(self.loop.run_until_complete(main()), 0)
        self.run_until(1)


class Afterwards(Case):
    def test_removing_it_restores_the_default(self):
        self.loop.add_signal_handler(signal.SIGUSR1, print)
        self.assertTrue(self.loop.remove_signal_handler(signal.SIGUSR1))
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_DFL)
        self.assertFalse(self.loop.remove_signal_handler(signal.SIGUSR1))

    def test_of_sigint_the_default_is_keyboard_interrupt(self):
        self.loop.add_signal_handler(signal.SIGINT, print)
        self.loop.remove_signal_handler(signal.SIGINT)
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_closing_the_loop_removes_them(self):
        self.loop.add_signal_handler(signal.SIGUSR1, print)
        self.loop.close()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_DFL)
        self.assertEqual(signal.set_wakeup_fd(-1), -1)


class Refusals(Case):
    def test_signals_that_cannot_be_handled(self):
        for number in (signal.SIGKILL, signal.SIGSTOP):
            with self.assertRaises(RuntimeError):
                self.loop.add_signal_handler(number, print)

    def test_what_is_no_signal(self):
        with self.assertRaises(ValueError):
            self.loop.add_signal_handler(100_000, print)
        with self.assertRaises(TypeError):
            self.loop.add_signal_handler("SIGUSR1", print)

    def test_a_coroutine_function_is_no_handler(self):
        async def handle():
            pass

        with self.assertRaises(TypeError):
            self.loop.add_signal_handler(signal.SIGUSR1, handle)

    def test_another_thread_than_the_main_one(self):
        outcomes = []

        def add():
            loop = asyncio.new_event_loop()
            try:
                loop.add_signal_handler(signal.SIGUSR1, print)
            except (RuntimeError, ValueError) as error:
                outcomes.append(type(error))
            loop.close()

        thread = threading.Thread(target=add)
        thread.start()
        thread.join()
        self.assertEqual(len(outcomes), 1)


class Awkward(Case):
    def setUp(self):
        super().setUp()
        self.before = signal.getsignal(signal.SIGALRM)

    def tearDown(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.before)
        super().tearDown()

    def test_many_while_the_loop_is_busy_and_idle(self):
        """An interval timer hits the loop anywhere; nothing is lost or called too often."""
        ticks = []
        signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)

        async def main():
            for n in range(200):
                await asyncio.sleep(0.0005 if n % 2 else 0)
            return "result"

        self.assertEqual(self.loop.run_until_complete(main()), "result")
        self.assertTrue(ticks)

    def test_a_python_handler_that_raises_comes_out_of_an_idle_loop(self):
        class Mine(Exception):
            pass

        def handle(*_):
            raise Mine

        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        waiting = self.loop.create_task(asyncio.sleep(600))
        with self.assertRaises(Mine):
            self.loop.run_until_complete(waiting)
        # And the loop can be used again.
        waiting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            self.loop.run_until_complete(waiting)


if __name__ == "__main__":
    unittest.main()
