"""gather beyond the ordinary: the same thing twice, cancellation, exceptions as results."""

import asyncio
import unittest


async def give(value, turns=1):
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def fail(error, turns=1):
    await give(None, turns)
    raise error


async def forever():
    await asyncio.Event().wait()


class Results(unittest.IsolatedAsyncioTestCase):
    async def test_futures_tasks_coroutines_and_other_awaitables(self):
        class Awaitable:
            def __await__(self):
                return give("awaitable").__await__()

        future = asyncio.get_running_loop().create_future()
        future.set_result("future")
        task = asyncio.create_task(give("task"))
        results = await asyncio.gather(future, task, give("coroutine"), Awaitable())
        self.assertEqual(results, ["future", "task", "coroutine", "awaitable"])

    async def test_the_same_one_twice_runs_once(self):
        runs = []

        async def work():
            runs.append(True)
            return "result"

        coroutine = work()
        self.assertEqual(await asyncio.gather(coroutine, coroutine), ["result", "result"])
        self.assertEqual(runs, [True])

    async def test_all_done_already(self):
        futures = [asyncio.get_running_loop().create_future() for _ in range(3)]
        for n, future in enumerate(futures):
            future.set_result(n)
        self.assertEqual(await asyncio.gather(*futures), [0, 1, 2])

    async def test_it_is_a_future(self):
        gathering = asyncio.gather(give(1))
        self.assertTrue(asyncio.isfuture(gathering))
        self.assertFalse(gathering.done())
        await gathering
        self.assertEqual(gathering.result(), [1])

    async def test_of_gathers(self):
        inner = [asyncio.gather(give(1), give(2)), asyncio.gather(give(3))]
        self.assertEqual(await asyncio.gather(*inner), [[1, 2], [3]])

    async def test_awaitables_of_two_loops_are_refused(self):
        other = asyncio.new_event_loop()
        self.addCleanup(other.close)
        with self.assertRaises(ValueError):
            asyncio.gather(asyncio.get_running_loop().create_future(), other.create_future())

    async def test_what_cannot_be_awaited_is_refused(self):
        with self.assertRaises(TypeError):
            asyncio.gather(17)

    async def test_many_that_suspend_at_different_turns(self):
        results = await asyncio.gather(*[give(n, turns=n % 7) for n in range(2000)])
        self.assertEqual(results, list(range(2000)))


class Exceptions(unittest.IsolatedAsyncioTestCase):
    async def test_the_first_in_time_not_in_the_arguments(self):
        with self.assertRaisesRegex(KeyError, "early"):
            await asyncio.gather(fail(KeyError("late"), 5), fail(KeyError("early"), 1))

    async def test_the_later_ones_are_not_reported(self):
        reports = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, report: reports.append(report)
        )
        tasks = [asyncio.ensure_future(fail(KeyError(n), n + 1)) for n in range(3)]
        with self.assertRaises(KeyError):
            await asyncio.gather(*tasks)
        await asyncio.wait(tasks)
        del tasks
        await asyncio.sleep(0)
        self.assertEqual(reports, [])

    async def test_the_others_are_not_cancelled(self):
        other = asyncio.create_task(give("result", turns=5))
        with self.assertRaises(KeyError):
            await asyncio.gather(fail(KeyError()), other)
        self.assertFalse(other.done())
        self.assertEqual(await other, "result")

    async def test_as_results_in_the_order_of_the_arguments(self):
        errors = [KeyError(n) for n in range(3)]
        results = await asyncio.gather(
            fail(errors[0], 3),
            give(1),
            fail(errors[1], 1),
            fail(errors[2], 2),
            return_exceptions=True,
        )
        self.assertEqual(results, [errors[0], 1, errors[1], errors[2]])

    async def test_none_of_them_is_left_unretrieved(self):
        reports = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, report: reports.append(report)
        )
        await asyncio.gather(fail(KeyError()), return_exceptions=True)
        await asyncio.sleep(0)
        self.assertEqual(reports, [])

    async def test_a_future_that_failed_before(self):
        future = asyncio.get_running_loop().create_future()
        future.set_exception(KeyError("mine"))
        with self.assertRaises(KeyError):
            await asyncio.gather(future, give(1))


class Cancel(unittest.IsolatedAsyncioTestCase):
    async def test_a_child_that_is_cancelled_is_an_exception_of_the_gathering(self):
        child = asyncio.create_task(forever())
        other = asyncio.create_task(give("result", 5))
        gathering = asyncio.gather(child, other)
        await asyncio.sleep(0)
        child.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await gathering
        # The gathering was not cancelled, so its other child was not either.
        self.assertEqual(await other, "result")

    async def test_a_cancelled_child_as_a_result(self):
        child = asyncio.create_task(forever())
        gathering = asyncio.gather(child, give(1, 3), return_exceptions=True)
        await asyncio.sleep(0)
        child.cancel()
        results = await gathering
        self.assertIsInstance(results[0], asyncio.CancelledError)
        self.assertEqual(results[1], 1)

    async def test_cancelling_it_with_exceptions_as_results_cancels_all_the_same(self):
        children = [asyncio.create_task(forever()) for _ in range(3)]
        gathering = asyncio.gather(*children, return_exceptions=True)
        await asyncio.sleep(0)
        self.assertTrue(gathering.cancel())
        with self.assertRaises(asyncio.CancelledError):
            await gathering
        self.assertTrue(all(child.cancelled() for child in children))

    async def test_the_message_goes_to_the_children(self):
        messages = []

        async def work():
            try:
                await forever()
            except asyncio.CancelledError as error:
                messages.append(error.args)
                raise

        gathering = asyncio.gather(work(), work())
        await asyncio.sleep(0)
        gathering.cancel("enough")
        with self.assertRaises(asyncio.CancelledError):
            await gathering
        self.assertEqual(messages, [("enough",)] * 2)

    async def test_a_task_that_awaits_one_cancels_its_children(self):
        children = [asyncio.create_task(forever()) for _ in range(3)]

        async def wait():
            await asyncio.gather(*children)

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        self.assertTrue(task.cancelled())
        self.assertTrue(all(child.cancelled() for child in children))

    async def test_a_child_that_refuses_is_waited_for(self):
        finished = []

        async def stubborn():
            try:
                await forever()
            except asyncio.CancelledError:
                await give(None, 5)
                finished.append(True)

        gathering = asyncio.gather(stubborn(), stubborn())
        await asyncio.sleep(0)
        gathering.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await gathering
        self.assertEqual(finished, [True, True])

    async def test_one_that_is_done_cannot_be_cancelled(self):
        gathering = asyncio.gather(give(1))
        await gathering
        self.assertFalse(gathering.cancel())


if __name__ == "__main__":
    unittest.main()
