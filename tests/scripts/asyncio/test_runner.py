"""Runner and run: their loop, their end, and Ctrl-C."""

import asyncio
import os
import signal
import sys
import threading
import unittest
import warnings
from unittest import mock


class Runners(unittest.TestCase):
    def test_run_gives_the_result(self):
        with asyncio.Runner() as runner:
            self.assertEqual(runner.run(asyncio.sleep(0, "result")), "result")

    def test_get_loop_and_close(self):
        runner = asyncio.Runner()
        loop = runner.get_loop()
        self.assertIs(runner.get_loop(), loop)
        runner.close()
        runner.close()
        self.assertTrue(loop.is_closed())
        with self.assertRaises(RuntimeError):
            runner.get_loop()

    def test_a_closed_one_runs_nothing(self):
        with asyncio.Runner() as runner:
            runner.run(asyncio.sleep(0))
        coroutine = asyncio.sleep(0)
        with self.assertRaises(RuntimeError):
            runner.run(coroutine)
        coroutine.close()

    def test_a_loop_factory(self):
        made = []

        def factory():
            made.append(asyncio.EventLoop())
            return made[-1]

        async def running():
            return asyncio.get_running_loop()

        with asyncio.Runner(loop_factory=factory) as runner:
            self.assertIs(runner.run(running()), made[0])
        self.assertIs(asyncio.run(running(), loop_factory=factory), made[1])

    def test_what_is_no_coroutine_is_refused(self):
        for run in (asyncio.run, asyncio.Runner().run):
            for wrong in (17, lambda: None):
                with self.assertRaises((TypeError, ValueError)):
                    run(wrong)

    def test_tasks_of_one_run_go_on_in_the_next(self):
        async def begin():
            return asyncio.create_task(finish())

        async def finish():
            await asyncio.sleep(0)
            return "result"

        async def wait(task):
            return await task

        with asyncio.Runner() as runner:
            self.assertEqual(runner.run(wait(runner.run(begin()))), "result")

    def test_inside_a_running_loop_it_is_refused(self):
        async def main():
            coroutine = asyncio.sleep(0)
            with self.assertRaises(RuntimeError):
                runner.run(coroutine)
            coroutine.close()
            return "result"

        with asyncio.Runner() as runner:
            self.assertEqual(asyncio.run(main()), "result")
            self.assertEqual(runner.run(asyncio.sleep(0, "result")), "result")


class Ends(unittest.TestCase):
    def test_exceptions_while_tasks_are_cancelled_at_the_end_are_reported(self):
        reports = []

        async def fail():
            try:
                await asyncio.Event().wait()
            finally:
                raise KeyError("mine")

        async def main():
            asyncio.get_running_loop().set_exception_handler(
                lambda loop, report: reports.append(report)
            )
            main.task = asyncio.create_task(fail())
            await asyncio.sleep(0)

        asyncio.run(main())
        self.assertIsInstance(reports[0]["exception"], KeyError)

    def test_the_default_executor_is_waited_for(self):
        ends = []

        async def main():
            asyncio.get_running_loop().run_in_executor(None, lambda: ends.append("ended"))

        asyncio.run(main())
        self.assertEqual(ends, ["ended"])

    def test_system_exit_is_passed_on_after_the_cleaning_up(self):
        ends = []

        async def other():
            try:
                await asyncio.Event().wait()
            finally:
                ends.append("cancelled")

        async def main():
            main.task = asyncio.create_task(other())
            await asyncio.sleep(0)
            sys.exit(3)

        with self.assertRaises(SystemExit) as caught:
            asyncio.run(main())
        self.assertEqual((caught.exception.code, ends), (3, ["cancelled"]))


class Interrupts(unittest.TestCase):
    def test_ctrl_c_cancels_the_main_task_and_raises_keyboard_interrupt(self):
        steps = []

        async def main():
            try:
                asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                steps.append("cancelled")
                raise

        with self.assertRaises(KeyboardInterrupt):
            asyncio.run(main())
        self.assertEqual(steps, ["cancelled"])

    def test_a_main_task_that_refuses_once(self):
        async def main():
            try:
                asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return "result"

        self.assertEqual(asyncio.run(main()), "result")

    def test_a_second_one_interrupts_a_busy_main_task_at_once(self):
        async def main():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            while True:
                pass

        with self.assertRaises(KeyboardInterrupt):
            asyncio.run(main())

    def test_one_s_own_handler_is_left_alone(self):
        received = []
        before = signal.signal(signal.SIGINT, lambda *_: received.append(1))
        try:

            async def main():
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.sleep(0)
                return "result"

            self.assertEqual(asyncio.run(main()), "result")
        finally:
            signal.signal(signal.SIGINT, before)
        self.assertEqual(received, [1])

    def test_the_handler_is_put_back(self):
        asyncio.run(asyncio.sleep(0))
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_a_run_in_another_thread_installs_none(self):
        running, released = threading.Event(), threading.Event()

        async def main():
            running.set()
            await asyncio.to_thread(released.wait, 60)

        thread = threading.Thread(target=asyncio.run, args=(main(),))
        thread.start()
        running.wait()
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)
        released.set()
        thread.join()


class AtAnyMoment(unittest.TestCase):
    """An interrupt at each line that asyncio's runner executes, one after another."""

    def interrupt_at(self, target):
        """Runs a loop with an interrupt at that line event; gives how it ended."""
        count = 0

        def trace_lines(frame, event, _):
            nonlocal count
            if event == "line":
                count += 1
                if count == target:
                    signal.raise_signal(signal.SIGINT)
            return trace_lines

        def trace(frame, event, _):
            name = frame.f_code.co_filename
            return trace_lines if "asyncio" in name and "runners" in name else None

        async def main():
            await asyncio.sleep(0)

        coroutine = main()
        self.loops = []
        sys.settrace(trace)
        try:
            with mock.patch("asyncio.events.new_event_loop", self.make_loop):
                asyncio.run(coroutine)
        except BaseException as error:
            return type(error), count
        finally:
            sys.settrace(None)
            self.clean_up(coroutine)
        return None, count

    def make_loop(self):
        self.loops.append(asyncio.EventLoop())
        return self.loops[-1]

    def clean_up(self, coroutine):
        """What an interrupted run may have left open."""
        coroutine.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        asyncio.set_event_loop(None)
        for loop in self.loops:
            loop.close()

    def setUp(self):
        caught = warnings.catch_warnings()
        caught.__enter__()
        self.addCleanup(caught.__exit__, None, None, None)
        # Interrupted tasks and coroutines of the runner's own are left as they are.
        warnings.simplefilter("ignore")

    def test_the_run_never_goes_on_as_if_nothing_had_happened(self):
        outcome, lines = self.interrupt_at(0)
        self.assertIsNone(outcome)
        self.assertGreater(lines, 20)
        for line in range(1, lines + 1):
            outcome, reached = self.interrupt_at(line)
            with self.subTest(line=line, of=lines):
                self.assertGreaterEqual(reached, line)
                # At two of its lines the runner itself trips over the interrupt: then it is a
                # CancelledError or an UnboundLocalError that comes out.
                self.assertIsNotNone(outcome)


if __name__ == "__main__":
    unittest.main()
