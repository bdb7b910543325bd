"""Debug mode: how it is turned on, what it refuses, and what it reports."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
import unittest
import warnings


class Switch(unittest.TestCase):
    def debug_of_a_run(self, **options):
        async def main():
            return asyncio.get_running_loop().get_debug()

        return asyncio.run(main(), **options)

    def test_off_by_default(self):
        loop = asyncio.new_event_loop()
        self.assertIs(loop.get_debug(), sys.flags.dev_mode)
        loop.close()

    def test_set_debug(self):
        loop = asyncio.new_event_loop()
        loop.set_debug(True)
        self.assertIs(loop.get_debug(), True)
        loop.set_debug(False)
        self.assertIs(loop.get_debug(), False)
        loop.close()

    def test_run(self):
        self.assertTrue(self.debug_of_a_run(debug=True))
        self.assertFalse(self.debug_of_a_run(debug=False))

    def test_a_runner(self):
        with asyncio.Runner(debug=True) as runner:
            self.assertTrue(runner.get_loop().get_debug())

    def test_while_it_runs(self):
        async def main():
            loop = asyncio.get_running_loop()
            loop.set_debug(True)
            await asyncio.sleep(0)
            self.assertTrue(loop.get_debug())
            loop.set_debug(False)
            await asyncio.sleep(0)

        asyncio.run(main())

    def test_the_environment_variable(self):
        code = "import asyncio; print(asyncio.new_event_loop().get_debug())"
        environment = {**os.environ, "PYTHONASYNCIODEBUG": "1"}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True
        )
        self.assertEqual(done.stdout.strip(), "True")


class Case(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.loop.set_debug(True)

    def tearDown(self):
        self.loop.close()

    def turn(self):
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()


class Refusals(Case):
    def test_a_coroutine_function_is_no_callback(self):
        async def work():
            pass

        for add in (
            self.loop.call_soon,
            self.loop.call_soon_threadsafe,
            lambda callback: self.loop.call_later(1, callback),
            lambda callback: self.loop.call_at(1, callback),
        ):
            with self.assertRaises(TypeError):
                add(work)

    def test_what_cannot_be_called_is_no_callback(self):
        with self.assertRaises(TypeError):
            self.loop.call_soon("text")

    def test_calls_of_another_thread_than_the_loop_s(self):
        async def main():
            loop = asyncio.get_running_loop()
            for call in (
                lambda: loop.call_soon(print),
                lambda: loop.call_later(1, print),
                lambda: loop.call_at(1, print),
            ):
                with self.assertRaises(RuntimeError):
                    await asyncio.to_thread(call)

        self.loop.run_until_complete(main())

    def test_call_soon_threadsafe_of_another_thread_is_fine(self):
        async def main():
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            thread = threading.Thread(
                target=loop.call_soon_threadsafe, args=(future.set_result, "result")
            )
            thread.start()
            self.assertEqual(await future, "result")
            thread.join()

        self.loop.run_until_complete(main())

    def test_without_it_other_threads_are_not_checked(self):
        self.loop.set_debug(False)

        async def main():
            await asyncio.to_thread(asyncio.get_running_loop().call_soon, int)

        self.loop.run_until_complete(main())


class SlowCallbacks(Case):
    def slow(self):
        # It takes as long as the limit, whatever the speed of the machine.
        time.sleep(self.loop.slow_callback_duration)

    def records_of(self, run):
        with self.assertLogs("asyncio", logging.WARNING) as logs:
            run()
        return [record.getMessage() for record in logs.records]

    def test_the_limit_is_a_tenth_of_a_second(self):
        self.assertEqual(self.loop.slow_callback_duration, 0.1)

    def test_a_callback(self):
        self.loop.slow_callback_duration = 0.01
        self.loop.call_soon(self.slow)
        message = self.records_of(self.turn)[0]
        self.assertIn("Executing", message)
        self.assertIn("slow", message)
        self.assertIn("seconds", message)

    def test_a_timer(self):
        self.loop.slow_callback_duration = 0.01
        self.loop.call_later(0, self.slow)

        async def main():
            await asyncio.sleep(0.001)

        messages = self.records_of(lambda: self.loop.run_until_complete(main()))
        self.assertTrue(any("slow" in message for message in messages), messages)

    def test_a_task_is_named(self):
        async def work():
            self.slow()

        self.loop.slow_callback_duration = 0.01
        self.loop.create_task(work(), name="mine")
        messages = self.records_of(self.turn)
        self.assertTrue(any("name='mine'" in message for message in messages), messages)

    def test_nothing_of_the_kind_without_debug_mode(self):
        self.loop.set_debug(False)
        self.loop.slow_callback_duration = 0.01
        self.loop.call_soon(self.slow)
        with self.assertNoLogs("asyncio", logging.WARNING):
            self.turn()


class Origins(Case):
    """Where a future, a task and a handle were made is in their repr."""

    def test_of_a_future_and_a_handle(self):
        self.assertRegex(repr(self.loop.create_future()), "created at ")
        handle = self.loop.call_soon(int)
        self.assertRegex(repr(handle), "created at .*test_debug_mode.py")
        handle.cancel()

    def test_of_a_task(self):
        task = self.loop.create_task(asyncio.sleep(0))
        self.assertRegex(repr(task), "created at .*test_debug_mode.py")
        self.loop.run_until_complete(task)

    def test_of_a_future_as_a_list_of_frames(self):
        future = self.loop.create_future()
        names = [frame.name for frame in future._source_traceback]
        self.assertIn("test_of_a_future_as_a_list_of_frames", names[-2:])
        self.loop.set_debug(False)
        self.assertIsNone(self.loop.create_future()._source_traceback)


class NeverAwaited(Case):
    def test_a_coroutine_that_was_never_awaited_says_where_it_was_made(self):
        async def work():
            pass

        async def forget():
            work()

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.loop.run_until_complete(forget())
        messages = [str(entry.message) for entry in caught]
        self.assertTrue(any("was never awaited" in message for message in messages), messages)
        self.assertTrue(any("forget" in message for message in messages), messages)

    def test_origins_are_kept_only_while_the_loop_runs(self):
        seen = []

        async def main():
            seen.append(sys.get_coroutine_origin_tracking_depth())

        self.loop.run_until_complete(main())
        self.assertGreater(seen[0], 0)
        self.assertEqual(sys.get_coroutine_origin_tracking_depth(), 0)


class Unclosed(unittest.TestCase):
    def test_a_loop_that_was_not_closed_is_a_resource_warning(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            loop = asyncio.new_event_loop()
            loop.__del__()
        loop.close()
        self.assertTrue(any(entry.category is ResourceWarning for entry in caught))

    def test_one_that_was_closed_is_not(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            loop = asyncio.new_event_loop()
            loop.close()
            loop.__del__()
        self.assertEqual([entry for entry in caught if entry.category is ResourceWarning], [])


if __name__ == "__main__":
    unittest.main()
