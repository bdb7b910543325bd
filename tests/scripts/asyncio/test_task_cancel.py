"""cancel, cancelling, uncancel: counts, messages, and where the request goes."""

import asyncio
import unittest
from asyncio import CancelledError


async def forever():
    await asyncio.Event().wait()


async def started(coroutine, turns=1):
    """A task that has run up to its first await."""
    task = asyncio.create_task(coroutine)
    for _ in range(turns):
        await asyncio.sleep(0)
    return task


class Counts(unittest.IsolatedAsyncioTestCase):
    async def test_they_begin_at_zero(self):
        task = await started(forever())
        self.assertEqual(task.cancelling(), 0)
        self.assertEqual(task.uncancel(), 0)
        task.cancel()

    async def test_each_request_counts(self):
        task = await started(forever())
        self.assertTrue(task.cancel())
        self.assertTrue(task.cancel())
        self.assertEqual(task.cancelling(), 2)
        self.assertEqual(task.uncancel(), 1)
        self.assertEqual(task.uncancel(), 0)
        self.assertEqual(task.uncancel(), 0)
        self.assertEqual(task.cancelling(), 0)

    async def test_they_stay_when_the_task_swallows_the_exception(self):
        async def swallow():
            for _ in range(2):
                try:
                    await forever()
                except CancelledError:
                    pass
            return asyncio.current_task().cancelling()

        task = await started(swallow())
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        self.assertEqual(await task, 2)
        self.assertEqual(task.cancelling(), 2)
        self.assertFalse(task.cancelled())

    async def test_a_request_to_a_finished_task_does_not_count(self):
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        self.assertFalse(task.cancel())
        self.assertEqual(task.cancelling(), 0)

    async def test_uncancel_before_delivery_takes_the_request_back(self):
        async def work():
            task = asyncio.current_task()
            task.cancel()
            task.uncancel()
            await asyncio.sleep(0)
            return "went on"

        self.assertEqual(await asyncio.create_task(work()), "went on")

    async def test_uncancel_of_one_of_two_does_not(self):
        async def work():
            task = asyncio.current_task()
            task.cancel()
            task.cancel()
            task.uncancel()
            await asyncio.sleep(0)

        task = asyncio.create_task(work())
        with self.assertRaises(CancelledError):
            await task

    async def test_a_structured_block_that_uncancels(self):
        async def work():
            try:
                await forever()
            except CancelledError:
                if asyncio.current_task().uncancel() > 0:
                    raise
            await asyncio.sleep(0)
            return "went on"

        once, twice = await started(work()), await started(work())
        once.cancel()
        twice.cancel()
        twice.cancel()
        self.assertEqual(await once, "went on")
        with self.assertRaises(CancelledError):
            await twice


class Messages(unittest.IsolatedAsyncioTestCase):
    async def args_of(self, task):
        with self.assertRaises(CancelledError) as caught:
            await task
        return caught.exception.args

    async def test_none(self):
        task = await started(forever())
        task.cancel()
        self.assertEqual(await self.args_of(task), ())

    async def test_by_position_and_by_name(self):
        one, two = await started(forever()), await started(forever())
        one.cancel("enough")
        two.cancel(msg="enough")
        self.assertEqual(await self.args_of(one), ("enough",))
        self.assertEqual(await self.args_of(two), ("enough",))

    async def test_any_object(self):
        message = object()
        task = await started(forever())
        task.cancel(message)
        self.assertEqual(await self.args_of(task), (message,))

    async def test_of_a_task_that_never_started(self):
        task = asyncio.create_task(forever())
        task.cancel("enough")
        self.assertEqual(await self.args_of(task), ("enough",))

    async def test_inside_the_task(self):
        async def work():
            try:
                await forever()
            except CancelledError as error:
                return error.args

        task = await started(work())
        task.cancel("enough")
        self.assertEqual(await task, ("enough",))

    async def test_through_a_chain_of_tasks(self):
        async def wait_for(task):
            await task

        inner = await started(forever())
        middle = await started(wait_for(inner))
        outer = await started(wait_for(middle))
        outer.cancel("enough")
        self.assertEqual(await self.args_of(outer), ("enough",))
        self.assertTrue(middle.cancelled() and inner.cancelled())

    async def test_result_and_exception_give_it_too(self):
        for ask in (asyncio.Task.result, asyncio.Task.exception):
            task = await started(forever())
            task.cancel("enough")
            await asyncio.wait([task])
            with self.assertRaises(CancelledError) as caught:
                ask(task)
            self.assertEqual(caught.exception.args, ("enough",))

    async def test_the_last_of_several_before_the_start(self):
        task = asyncio.create_task(forever())
        task.cancel("one")
        task.cancel("two")
        self.assertEqual(await self.args_of(task), ("two",))


class Delivery(unittest.IsolatedAsyncioTestCase):
    async def test_cancel_does_not_act_at_once(self):
        task = await started(forever())
        task.cancel()
        self.assertFalse(task.done())
        await asyncio.wait([task])
        self.assertTrue(task.cancelled())

    async def test_a_task_that_cancels_itself_goes_on_to_its_next_await(self):
        steps = []

        async def work():
            asyncio.current_task().cancel()
            steps.append("after cancel")
            await asyncio.sleep(0)
            steps.append("after sleep")

        task = asyncio.create_task(work())
        with self.assertRaises(CancelledError):
            await task
        self.assertEqual(steps, ["after cancel"])

    async def test_a_task_that_cancels_itself_and_returns_is_cancelled(self):
        async def work():
            asyncio.current_task().cancel()
            return "result"

        task = asyncio.create_task(work())
        with self.assertRaises(CancelledError):
            await task
        self.assertTrue(task.cancelled())

    async def test_a_request_after_the_result_is_ready_still_arrives(self):
        """The future is done, but the task that waits for it has not run yet."""
        future = asyncio.get_running_loop().create_future()

        async def work():
            await future

        task = await started(work())
        future.set_result("result")
        task.cancel()
        with self.assertRaises(CancelledError):
            await task

    async def test_an_exception_in_the_answer_wins(self):
        async def work():
            try:
                await forever()
            except CancelledError:
                raise KeyError("mine")

        task = await started(work())
        task.cancel()
        with self.assertRaises(KeyError) as caught:
            await task
        self.assertIsInstance(caught.exception.__context__, CancelledError)
        self.assertFalse(task.cancelled())

    async def test_twice_while_it_cleans_up(self):
        steps = []

        async def work():
            try:
                await forever()
            except CancelledError:
                try:
                    await forever()
                finally:
                    steps.append("interrupted again")

        task = await started(work())
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        with self.assertRaises(CancelledError):
            await task
        self.assertEqual(steps, ["interrupted again"])

    async def test_a_loop_that_never_waits_is_cancelled_at_its_turn(self):
        async def spin():
            while True:
                await asyncio.sleep(0)

        task = await started(spin(), turns=3)
        task.cancel()
        await asyncio.wait([task])
        self.assertTrue(task.cancelled())

    async def test_the_future_that_was_awaited_is_cancelled(self):
        future = asyncio.get_running_loop().create_future()

        async def work():
            await future

        task = await started(work())
        task.cancel()
        self.assertTrue(future.cancelled())
        await asyncio.wait([task])

    async def test_from_a_done_callback(self):
        other = await started(forever())
        task = asyncio.create_task(asyncio.sleep(0))
        task.add_done_callback(lambda _: other.cancel())
        await task
        await asyncio.wait([other])
        self.assertTrue(other.cancelled())

    async def test_callbacks_run_after_a_cancellation(self):
        calls = []
        task = await started(forever())
        task.add_done_callback(calls.append)
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0)
        self.assertEqual(calls, [task])

    async def test_of_each_kind_of_wait(self):
        condition, lock = asyncio.Condition(), asyncio.Lock()
        await lock.acquire()
        queue = asyncio.Queue(1)
        queue.put_nowait(1)

        async def wait_condition():
            async with condition:
                await condition.wait()

        async def gather():
            await asyncio.gather(forever(), forever())

        waits = (
            asyncio.sleep(1000),
            lock.acquire(),
            queue.put(2),
            asyncio.Queue().get(),
            wait_condition(),
            gather(),
            asyncio.wait_for(forever(), 1000),
            asyncio.wait([asyncio.ensure_future(forever())]),
            asyncio.Semaphore(0).acquire(),
        )
        for wait in waits:
            task = asyncio.ensure_future(wait)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            with self.subTest(task):
                self.assertTrue(task.cancel())
                await asyncio.wait([task])
                self.assertTrue(task.cancelled())


class Race(unittest.IsolatedAsyncioTestCase):
    async def test_at_every_step_of_a_task_it_ends_either_way(self):
        """Cancelled after n turns, a task of five steps ends; it never hangs or runs on."""

        async def work(steps):
            try:
                for _ in range(5):
                    await asyncio.sleep(0)
                    steps.append("step")
            finally:
                steps.append("end")
            return "result"

        for turns in range(10):
            steps = []
            task = asyncio.create_task(work(steps))
            for _ in range(turns):
                await asyncio.sleep(0)
            accepted = task.cancel()
            await asyncio.wait([task])
            with self.subTest(turns):
                self.assertEqual(task.cancelled(), accepted)
                self.assertEqual(steps.count("end"), 0 if turns == 0 else 1)

    async def test_a_hundred_cancelled_at_different_turns_all_end(self):
        async def work(n):
            for _ in range(n):
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(work(n)) for n in range(100)]
        for task in tasks[::2]:
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait(tasks)
        self.assertTrue(all(task.done() for task in tasks))


if __name__ == "__main__":
    unittest.main()
