"""current_task, all_tasks, the running loop, and what other loops and tasks register with."""

import asyncio
import gc
import threading
import unittest

from asyncio import events, tasks


class CurrentTask(unittest.IsolatedAsyncioTestCase):
    async def test_it_is_the_one_that_runs(self):
        async def mine():
            before = asyncio.current_task()
            await asyncio.sleep(0)
            return before, asyncio.current_task()

        made = [asyncio.create_task(mine()) for _ in range(3)]
        for task in made:
            self.assertEqual(await task, (task, task))

    async def test_a_coroutine_that_is_awaited_has_its_awaiter_s(self):
        async def current():
            return asyncio.current_task()

        self.assertIs(await current(), asyncio.current_task())

    async def test_a_callback_has_none(self):
        seen = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: seen.set_result(asyncio.current_task()))
        self.assertIsNone(await seen)

    async def test_a_done_callback_has_none(self):
        seen = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(asyncio.sleep(0))
        task.add_done_callback(lambda _: seen.set_result(asyncio.current_task()))
        self.assertIsNone(await seen)

    async def test_of_a_loop_that_is_named(self):
        loop = asyncio.get_running_loop()
        other = asyncio.new_event_loop()
        self.assertIs(asyncio.current_task(loop), asyncio.current_task())
        self.assertIs(asyncio.current_task(loop=loop), asyncio.current_task())
        self.assertIsNone(asyncio.current_task(other))
        other.close()

    async def test_seen_from_another_thread(self):
        loop = asyncio.get_running_loop()
        mine = asyncio.current_task()

        async def look():
            # The task that waits is not running; nothing is while its loop looks elsewhere.
            return asyncio.current_task()

        self.assertIsNot(await asyncio.to_thread(asyncio.run, look()), mine)
        with self.assertRaises(RuntimeError):
            await asyncio.to_thread(asyncio.current_task)
        await asyncio.to_thread(asyncio.current_task, loop)

    async def test_after_an_exception_it_is_the_next_one_s(self):
        async def fail():
            raise KeyError

        await asyncio.gather(*[fail() for _ in range(3)], return_exceptions=True)
        self.assertIsNotNone(asyncio.current_task())


class Outside(unittest.TestCase):
    def test_there_is_no_running_loop(self):
        for ask in (asyncio.current_task, asyncio.all_tasks, asyncio.get_running_loop):
            with self.assertRaises(RuntimeError):
                ask()

    def test_after_a_task_that_left_the_loop_by_an_exit(self):
        loop = asyncio.new_event_loop()

        async def leave():
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            loop.run_until_complete(leave())
        self.assertIsNone(asyncio.current_task(loop))
        loop.close()


class AllTasks(unittest.IsolatedAsyncioTestCase):
    async def test_those_that_are_not_done(self):
        made = {asyncio.create_task(asyncio.Event().wait()) for _ in range(5)}
        done = asyncio.create_task(asyncio.sleep(0))
        await done
        self.assertEqual(asyncio.all_tasks(), made | {asyncio.current_task()})
        for task in made:
            task.cancel()
        await asyncio.wait(made)
        self.assertEqual(asyncio.all_tasks(), {asyncio.current_task()})

    async def test_it_is_a_set_of_one_s_own(self):
        everything = asyncio.all_tasks()
        self.assertIsInstance(everything, set)
        everything.clear()
        self.assertEqual(asyncio.all_tasks(), {asyncio.current_task()})

    async def test_one_that_has_not_started_yet(self):
        task = asyncio.create_task(asyncio.sleep(0))
        self.assertIn(task, asyncio.all_tasks())
        await task

    async def test_of_a_loop_that_is_named(self):
        loop = asyncio.get_running_loop()
        other = asyncio.new_event_loop()
        task = other.create_task(asyncio.sleep(0))
        self.assertEqual(asyncio.all_tasks(other), {task})
        self.assertNotIn(task, asyncio.all_tasks(loop))

        def run():
            other.run_until_complete(task)
            other.close()

        await asyncio.to_thread(run)
        self.assertEqual(asyncio.all_tasks(other), set())

    async def test_they_are_not_kept_alive(self):
        asyncio.create_task(asyncio.sleep(0))
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()
        self.assertEqual(asyncio.all_tasks(), {asyncio.current_task()})

    async def test_while_other_threads_make_tasks(self):
        async def make():
            for _ in range(50):
                await asyncio.create_task(asyncio.sleep(0))
                asyncio.all_tasks()

        threads = [asyncio.to_thread(asyncio.run, make()) for _ in range(4)]
        await asyncio.gather(*threads, make())


class RunningLoop(unittest.TestCase):
    def test_get_running_loop_inside_and_outside(self):
        loop = asyncio.new_event_loop()

        async def main():
            return asyncio.get_running_loop(), events._get_running_loop()

        self.assertEqual(loop.run_until_complete(main()), (loop, loop))
        self.assertIsNone(events._get_running_loop())
        loop.close()

    def test_in_a_callback(self):
        loop = asyncio.new_event_loop()
        seen = []
        loop.call_soon(lambda: seen.append(asyncio.get_running_loop()))
        loop.call_soon(loop.stop)
        loop.run_forever()
        self.assertEqual(seen, [loop])
        loop.close()

    def test_after_a_run_that_raised(self):
        loop = asyncio.new_event_loop()

        def leave():
            raise SystemExit

        loop.call_soon(leave)
        with self.assertRaises(SystemExit):
            loop.run_forever()
        self.assertIsNone(events._get_running_loop())
        loop.close()

    def test_set_running_loop_is_for_this_thread_only(self):
        loop = asyncio.new_event_loop()
        seen = []
        events._set_running_loop(loop)
        try:
            self.assertIs(asyncio.get_running_loop(), loop)
            self.assertIs(asyncio.get_event_loop(), loop)
            thread = threading.Thread(target=lambda: seen.append(events._get_running_loop()))
            thread.start()
            thread.join()
        finally:
            events._set_running_loop(None)
        self.assertEqual(seen, [None])
        with self.assertRaises(RuntimeError):
            asyncio.get_running_loop()
        loop.close()

    def test_get_event_loop_inside_is_the_running_one(self):
        async def main():
            return asyncio.get_event_loop() is asyncio.get_running_loop()

        self.assertTrue(asyncio.run(main()))

    def test_the_current_loop_of_a_thread(self):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            self.assertIs(asyncio.get_event_loop(), loop)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


class Registration(unittest.TestCase):
    """What asyncio offers to those who write tasks and loops of their own."""

    def setUp(self):
        self.loop = asyncio.new_event_loop()
        # Only tasks of the loop that runs on this thread can be entered.
        asyncio._set_running_loop(self.loop)

    def tearDown(self):
        asyncio._set_running_loop(None)
        self.loop.close()

    def test_enter_and_leave(self):
        task = object()
        tasks._enter_task(self.loop, task)
        self.assertIs(asyncio.current_task(self.loop), task)
        tasks._leave_task(self.loop, task)
        self.assertIsNone(asyncio.current_task(self.loop))

    def test_entering_a_second_one_is_refused(self):
        one, two = object(), object()
        tasks._enter_task(self.loop, one)
        try:
            with self.assertRaises(RuntimeError):
                tasks._enter_task(self.loop, two)
            with self.assertRaises(RuntimeError):
                tasks._leave_task(self.loop, two)
            self.assertIs(asyncio.current_task(self.loop), one)
        finally:
            tasks._leave_task(self.loop, one)

    def test_leaving_what_was_not_entered_is_refused(self):
        with self.assertRaises(RuntimeError):
            tasks._leave_task(self.loop, object())

    def test_swapping(self):
        one, two = object(), object()
        self.assertIsNone(tasks._swap_current_task(self.loop, one))
        self.assertIs(tasks._swap_current_task(self.loop, two), one)
        self.assertIs(asyncio.current_task(self.loop), two)
        self.assertIs(tasks._swap_current_task(self.loop, None), two)
        self.assertIsNone(asyncio.current_task(self.loop))

    def test_a_task_of_one_s_own_is_listed(self):
        class Mine:
            def __init__(self, loop):
                self.loop = loop

            def get_loop(self):
                return self.loop

            def done(self):
                return False

        task = Mine(self.loop)
        tasks._register_task(task)
        self.assertEqual(asyncio.all_tasks(self.loop), {task})
        tasks._unregister_task(task)
        self.assertEqual(asyncio.all_tasks(self.loop), set())

    def test_unregistering_twice_or_never_is_nothing(self):
        class Mine:
            pass

        task = Mine()
        tasks._unregister_task(task)
        tasks._register_task(task)
        tasks._unregister_task(task)
        tasks._unregister_task(task)


if __name__ == "__main__":
    unittest.main()
