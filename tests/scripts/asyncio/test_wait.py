"""wait and as_completed."""

import asyncio
import unittest


async def give(value, turns=1):
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def fail(error, turns=1):
    await give(None, turns)
    raise error


class Wait(unittest.IsolatedAsyncioTestCase):
    def tasks(self, *coroutines):
        return [asyncio.create_task(coroutine) for coroutine in coroutines]

    async def test_all_completed_is_the_default(self):
        tasks = self.tasks(give(1, 5), give(2, 1), fail(KeyError(), 3))
        done, pending = await asyncio.wait(tasks)
        self.assertEqual((done, pending), (set(tasks), set()))
        self.assertIsInstance(tasks[2].exception(), KeyError)

    async def test_first_exception(self):
        tasks = self.tasks(give(1, 1), fail(KeyError(), 3), give(2, 50))
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        self.assertEqual((done, pending), (set(tasks[:2]), {tasks[2]}))
        self.assertIsInstance(tasks[1].exception(), KeyError)
        await tasks[2]

    async def test_first_exception_without_one_is_all_completed(self):
        tasks = self.tasks(give(1), give(2, 5))
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        self.assertEqual((done, pending), (set(tasks), set()))

    async def test_a_cancellation_is_no_first_exception(self):
        tasks = self.tasks(asyncio.Event().wait(), give(1, 5))
        tasks[0].cancel()
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        self.assertEqual((done, pending), (set(tasks), set()))

    async def test_an_unknown_condition_is_a_value_error(self):
        tasks = self.tasks(give(1))
        with self.assertRaises(ValueError):
            await asyncio.wait(tasks, return_when="sometime")
        await tasks[0]

    async def test_nothing_to_wait_for_is_a_value_error(self):
        with self.assertRaises(ValueError):
            await asyncio.wait([])

    async def test_coroutines_are_refused(self):
        coroutine = give(1)
        with self.assertRaises(TypeError):
            await asyncio.wait([coroutine])
        coroutine.close()

    async def test_one_future_that_is_no_collection_is_refused(self):
        with self.assertRaises(TypeError):
            await asyncio.wait(asyncio.get_running_loop().create_future())

    async def test_a_generator_of_tasks(self):
        done, _ = await asyncio.wait(task for task in self.tasks(give(1), give(2)))
        self.assertEqual({task.result() for task in done}, {1, 2})

    async def test_what_is_done_already(self):
        future = asyncio.get_running_loop().create_future()
        future.set_result(None)
        never = asyncio.get_running_loop().create_future()
        done, pending = await asyncio.wait([future], timeout=0)
        self.assertEqual((done, pending), ({future}, set()))
        done, pending = await asyncio.wait([future, never], return_when=asyncio.FIRST_COMPLETED)
        self.assertEqual((done, pending), ({future}, {never}))

    async def test_cancelling_the_waiter_leaves_what_it_waits_for(self):
        task = asyncio.create_task(asyncio.Event().wait())

        async def wait():
            await asyncio.wait([task])

        waiter = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiter.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await waiter
        self.assertFalse(task.cancelling() or task.done())
        task.cancel()

    async def test_it_leaves_no_callbacks_behind(self):
        never = asyncio.get_running_loop().create_future()
        for _ in range(3):
            await asyncio.wait([never], timeout=0.001)
        self.assertNotIn("cb=", repr(never))

    async def test_several_waiters_of_one_future(self):
        future = asyncio.get_running_loop().create_future()
        waiters = self.tasks(*[asyncio.wait([future]) for _ in range(3)])
        await asyncio.sleep(0)
        future.set_result(None)
        for waiter in waiters:
            self.assertEqual(await waiter, ({future}, set()))


class AsCompleted(unittest.IsolatedAsyncioTestCase):
    async def test_as_a_plain_iterator_it_yields_coroutines(self):
        seen = []
        for coming in asyncio.as_completed([give("late", 5), give("early", 1)]):
            seen.append(await coming)
        self.assertEqual(seen, ["early", "late"])

    async def test_as_an_async_iterator_it_yields_the_tasks_themselves(self):
        tasks = {asyncio.create_task(give(n, 5 - n)) for n in range(4)}
        seen = []
        async for task in asyncio.as_completed(tasks):
            self.assertIn(task, tasks)
            self.assertTrue(task.done())
            seen.append(await task)
        self.assertEqual(seen, [3, 2, 1, 0])

    async def test_coroutines_become_tasks_in_the_async_iterator(self):
        async for task in asyncio.as_completed([give(1)]):
            self.assertIsInstance(task, asyncio.Task)
            self.assertEqual(task.result(), 1)

    async def test_an_exception_comes_out_of_its_own_await(self):
        outcomes = []
        for coming in asyncio.as_completed([fail(KeyError("mine"), 1), give("result", 5)]):
            try:
                outcomes.append(await coming)
            except KeyError:
                outcomes.append("failed")
        self.assertEqual(outcomes, ["failed", "result"])

    async def test_nothing(self):
        self.assertEqual(list(asyncio.as_completed([])), [])
        async for _ in asyncio.as_completed([]):
            self.fail("there is nothing")

    async def test_a_timeout_in_the_plain_iterator(self):
        never = asyncio.create_task(asyncio.Event().wait())
        comings = asyncio.as_completed([give(1), never], timeout=0.02)
        self.assertEqual(await next(comings), 1)
        with self.assertRaises(TimeoutError):
            await next(comings)
        self.assertFalse(never.done())
        never.cancel()

    async def test_a_timeout_in_the_async_iterator(self):
        never = asyncio.create_task(asyncio.Event().wait())
        seen = []
        with self.assertRaises(TimeoutError):
            async for task in asyncio.as_completed([give(1), never], timeout=0.02):
                seen.append(task.result())
        self.assertEqual(seen, [1])
        never.cancel()

    async def test_the_same_one_twice_comes_once(self):
        task = asyncio.create_task(give(1))
        self.assertEqual([await coming for coming in asyncio.as_completed([task, task])], [1])

    async def test_one_that_is_no_collection_is_refused(self):
        with self.assertRaises(TypeError):
            for _ in asyncio.as_completed(asyncio.get_running_loop().create_future()):
                pass


if __name__ == "__main__":
    unittest.main()
