"""The life of a loop: run, stop, close; async generators, the executor, the current loop."""

import asyncio
import concurrent.futures
import sys
import threading
import unittest


#: Early releases of CPython 3.13 forget the running loop when a second one is refused.
REFUSAL_STOPS = sys.implementation.name == "cpython" and sys.version_info < (3, 14)


class Case(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()

    def tearDown(self):
        self.loop.close()


class Run(Case):
    def test_run_until_complete_takes_coroutines_futures_and_awaitables(self):
        class Awaitable:
            def __await__(self):
                yield from asyncio.sleep(0).__await__()
                return "awaitable"

        future = self.loop.create_future()
        future.set_result("future")
        task = self.loop.create_task(asyncio.sleep(0, "task"))
        for awaitable, result in (
            (asyncio.sleep(0, "coroutine"), "coroutine"),
            (future, "future"),
            (task, "task"),
            (Awaitable(), "awaitable"),
        ):
            self.assertEqual(self.loop.run_until_complete(awaitable), result)

    def test_a_loop_that_stops_before_the_future_is_done_is_an_error(self):
        future = self.loop.create_future()
        self.loop.call_soon(self.loop.stop)
        with self.assertRaises(RuntimeError):
            self.loop.run_until_complete(future)
        future.cancel()

    def test_a_cancelled_future(self):
        future = self.loop.create_future()
        self.loop.call_soon(future.cancel)
        with self.assertRaises(asyncio.CancelledError):
            self.loop.run_until_complete(future)

    def test_is_running(self):
        seen = []
        self.loop.call_soon(lambda: seen.append(self.loop.is_running()))
        self.loop.call_soon(self.loop.stop)
        self.assertFalse(self.loop.is_running())
        self.loop.run_forever()
        self.assertEqual((seen, self.loop.is_running()), ([True], False))

    def check_refused_while_running(self, loop, run):
        async def main():
            with self.assertRaises(RuntimeError):
                run()
            # It was refused without disturbing the loop that runs.
            self.assertIs(asyncio.get_running_loop(), self.loop)
            await asyncio.sleep(0.001)
            return "result"

        self.assertEqual(self.loop.run_until_complete(main()), "result")
        self.assertFalse(loop.is_running())

    @unittest.skipIf(REFUSAL_STOPS, "the refused run stops the one that runs")
    def test_a_running_loop_cannot_run_again(self):
        self.check_refused_while_running(self.loop, self.loop.run_forever)

    @unittest.skipIf(REFUSAL_STOPS, "the refused run stops the one that runs")
    def test_nor_another_in_its_thread(self):
        other = asyncio.new_event_loop()
        self.check_refused_while_running(other, other.run_forever)
        other.close()

    def test_nor_by_run_until_complete(self):
        coroutine = asyncio.sleep(0)
        self.check_refused_while_running(self.loop, lambda: self.loop.run_until_complete(coroutine))
        coroutine.close()

    def test_nothing_is_lost_between_two_runs(self):
        seen = []
        self.loop.call_soon(self.loop.stop)
        self.loop.call_later(0.001, seen.append, "timer")
        self.loop.run_forever()
        task = self.loop.create_task(asyncio.sleep(0.005))
        self.loop.run_until_complete(task)
        self.assertEqual(seen, ["timer"])

    def test_a_task_goes_on_in_the_next_run(self):
        async def work():
            await asyncio.sleep(0)
            await event.wait()
            return "result"

        event = asyncio.Event()
        task = self.loop.create_task(work())
        for _ in range(3):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
        self.assertFalse(task.done())
        event.set()
        self.assertEqual(self.loop.run_until_complete(task), "result")

    def test_stop_of_a_callback_lets_those_it_added_wait(self):
        seen = []

        def stop():
            self.loop.call_soon(seen.append, "added")
            self.loop.stop()

        self.loop.call_soon(stop)
        self.loop.run_forever()
        self.assertEqual(seen, [])
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()
        self.assertEqual(seen, ["added"])


class Close(Case):
    def test_twice(self):
        self.loop.close()
        self.loop.close()
        self.assertTrue(self.loop.is_closed())

    def test_everything_is_refused_then(self):
        self.loop.close()
        for call in (
            lambda: self.loop.call_soon(print),
            lambda: self.loop.call_soon_threadsafe(print),
            lambda: self.loop.call_later(1, print),
            lambda: self.loop.call_at(1, print),
            lambda: self.loop.run_forever(),
            lambda: self.loop.run_in_executor(None, print),
        ):
            with self.assertRaises(RuntimeError):
                call()

    def test_run_until_complete_is_refused(self):
        self.loop.close()
        coroutine = asyncio.sleep(0)
        with self.assertRaises(RuntimeError):
            self.loop.run_until_complete(coroutine)
        coroutine.close()

    def test_stop_of_a_closed_one_is_nothing(self):
        self.loop.close()
        self.loop.stop()

    def test_while_it_runs_it_is_refused(self):
        async def main():
            with self.assertRaises(RuntimeError):
                self.loop.close()

        self.loop.run_until_complete(main())
        self.assertFalse(self.loop.is_closed())

    def test_futures_of_a_closed_loop(self):
        future = self.loop.create_future()
        with_callback = self.loop.create_future()
        with_callback.add_done_callback(print)
        self.loop.close()
        future.set_result("result")
        self.assertEqual(future.result(), "result")
        with self.assertRaises(RuntimeError):
            with_callback.set_result("result")


class AsyncGenerators(Case):
    async def numbers(self, ends):
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            ends.append("closed")

    def test_shutdown_closes_those_that_are_left(self):
        ends, generators = [], []

        async def main():
            for _ in range(3):
                generator = self.numbers(ends)
                await anext(generator)
                generators.append(generator)

        self.loop.run_until_complete(main())
        self.assertEqual(ends, [])
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.assertEqual(ends, ["closed"] * 3)

    def test_one_that_is_dropped_is_closed_by_the_loop(self):
        ends = []

        async def main():
            generator = self.numbers(ends)
            await anext(generator)
            del generator
            for _ in range(5):
                await asyncio.sleep(0)

        self.loop.run_until_complete(main())
        self.assertEqual(ends, ["closed"])

    def test_one_that_raises_while_it_is_closed_is_reported(self):
        reports = []
        self.loop.set_exception_handler(lambda loop, report: reports.append(report))

        async def failing():
            try:
                yield 1
            finally:
                raise KeyError("mine")

        async def main():
            generators.append(failing())
            await anext(generators[0])

        generators = []
        self.loop.run_until_complete(main())
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.assertIsInstance(reports[0]["exception"], KeyError)
        self.assertIs(reports[0]["asyncgen"], generators[0])

    def test_one_that_begins_after_the_shutdown_is_warned_of(self):
        async def main():
            await self.loop.shutdown_asyncgens()
            generator = self.numbers([])
            with self.assertWarns(ResourceWarning):
                await anext(generator)
            await generator.aclose()

        self.loop.run_until_complete(main())

    def test_the_hooks_are_the_loop_s_only_while_it_runs(self):
        before = sys.get_asyncgen_hooks()

        async def main():
            return sys.get_asyncgen_hooks()

        during = self.loop.run_until_complete(main())
        self.assertIsNotNone(during.firstiter)
        self.assertIsNotNone(during.finalizer)
        self.assertEqual(sys.get_asyncgen_hooks(), before)


class Executor(Case):
    def test_shutdown_waits_for_what_runs(self):
        ends = []
        released = threading.Event()

        def work():
            released.wait(60)
            ends.append("ended")

        async def main():
            future = self.loop.run_in_executor(None, work)
            self.loop.call_later(0.005, released.set)
            await self.loop.shutdown_default_executor()
            self.assertEqual(ends, ["ended"])
            await future

        self.loop.run_until_complete(main())

    def test_after_it_the_default_executor_is_refused(self):
        async def main():
            await self.loop.shutdown_default_executor()
            with self.assertRaises(RuntimeError):
                self.loop.run_in_executor(None, print)

        self.loop.run_until_complete(main())

    def test_without_an_executor_it_is_nothing(self):
        self.loop.run_until_complete(self.loop.shutdown_default_executor())

    def test_a_timeout_is_a_warning(self):
        released = threading.Event()

        async def main():
            future = self.loop.run_in_executor(None, released.wait, 60)
            with self.assertWarns(RuntimeWarning):
                await self.loop.shutdown_default_executor(timeout=0.01)
            released.set()
            return await future

        self.assertTrue(self.loop.run_until_complete(main()))

    def test_set_default_executor(self):
        with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="mine") as pool:
            self.loop.set_default_executor(pool)
            name = self.loop.run_until_complete(
                self.loop.run_in_executor(None, lambda: threading.current_thread().name)
            )
        self.assertTrue(name.startswith("mine"))

    def test_only_a_thread_pool_may_be_the_default(self):
        with self.assertRaises(TypeError):
            self.loop.set_default_executor(17)

    def test_cancelling_the_wait_for_a_thread(self):
        released = threading.Event()

        async def main():
            future = self.loop.run_in_executor(None, released.wait, 60)
            await asyncio.sleep(0.005)
            future.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await future
            released.set()

        self.loop.run_until_complete(main())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())

    def test_a_coroutine_function_does_not_run_there(self):
        async def work():
            pass

        self.loop.set_debug(True)
        with self.assertRaises(TypeError):
            self.loop.run_in_executor(None, work)


class Current(unittest.TestCase):
    def test_set_and_get(self):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self.assertIs(asyncio.get_event_loop(), loop)
        asyncio.set_event_loop(None)
        loop.close()

    def test_it_belongs_to_a_thread(self):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        seen = []

        def look():
            try:
                seen.append(asyncio.get_event_loop())
            except RuntimeError as error:
                seen.append(type(error))

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        self.assertEqual(seen, [RuntimeError])
        asyncio.set_event_loop(None)
        loop.close()

    def test_run_takes_it_away_at_its_end(self):
        asyncio.run(asyncio.sleep(0))
        with self.assertRaises(RuntimeError):
            asyncio.get_event_loop()

    def test_what_is_no_loop_is_refused(self):
        with self.assertRaises(TypeError):
            asyncio.set_event_loop(17)


if __name__ == "__main__":
    unittest.main()
