"""gather, wait_for, wait, as_completed, shield."""

import asyncio
import unittest


async def give(value, turns=1):
    """Returns value after some turns of the loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def fail(error):
    await asyncio.sleep(0)
    raise error


class Gather(unittest.IsolatedAsyncioTestCase):
    async def test_results_keep_the_order_of_the_arguments(self):
        results = await asyncio.gather(*[give(n, turns=10 - n) for n in range(10)])
        self.assertEqual(results, list(range(10)))

    async def test_nothing_to_gather(self):
        self.assertEqual(await asyncio.gather(), [])

    async def test_the_first_exception_is_raised_and_the_rest_go_on(self):
        other = asyncio.ensure_future(give("done", turns=5))
        with self.assertRaisesRegex(KeyError, "mine"):
            await asyncio.gather(fail(KeyError("mine")), other)
        self.assertEqual(await other, "done")

    async def test_exceptions_as_results(self):
        error = KeyError("mine")
        results = await asyncio.gather(give(1), fail(error), return_exceptions=True)
        self.assertEqual(results, [1, error])

    async def test_cancelling_gather_cancels_its_children(self):
        children = [asyncio.ensure_future(asyncio.Event().wait()) for _ in range(3)]
        gathering = asyncio.gather(*children)
        await asyncio.sleep(0)
        gathering.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await gathering
        self.assertTrue(all(child.cancelled() for child in children))

    async def test_a_thousand(self):
        self.assertEqual(sum(await asyncio.gather(*map(give, range(1000)))), 499_500)


class WaitFor(unittest.IsolatedAsyncioTestCase):
    async def test_a_result_in_time(self):
        self.assertEqual(await asyncio.wait_for(give(1), 30), 1)
        self.assertEqual(await asyncio.wait_for(give(1), None), 1)

    async def test_too_late_cancels_and_raises_timeout_error(self):
        waiting = asyncio.ensure_future(asyncio.Event().wait())
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(waiting, 0.01)
        self.assertTrue(waiting.cancelled())

    async def test_an_exception_passes(self):
        with self.assertRaises(KeyError):
            await asyncio.wait_for(fail(KeyError()), 30)

    async def test_zero_is_too_late_at_once(self):
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(give(1, turns=2), 0)


class Wait(unittest.IsolatedAsyncioTestCase):
    async def test_first_completed(self):
        never = asyncio.ensure_future(asyncio.Event().wait())
        soon = asyncio.ensure_future(give(1))
        done, pending = await asyncio.wait({never, soon}, return_when=asyncio.FIRST_COMPLETED)
        self.assertEqual((done, pending), ({soon}, {never}))
        never.cancel()

    async def test_a_timeout_cancels_nothing(self):
        never = asyncio.ensure_future(asyncio.Event().wait())
        done, pending = await asyncio.wait({never}, timeout=0.01)
        self.assertEqual((done, pending), (set(), {never}))
        self.assertFalse(never.done())
        never.cancel()

    async def test_as_completed_yields_in_order_of_completion(self):
        coroutines = [give("late", turns=20), give("early", turns=1), give("middle", turns=10)]
        order = [await result for result in asyncio.as_completed(coroutines)]
        self.assertEqual(order, ["early", "middle", "late"])

    async def test_shield_protects_the_inner_task(self):
        inner = asyncio.ensure_future(give("safe", turns=5))
        outer = asyncio.ensure_future(self.shielded(inner))
        await asyncio.sleep(0)
        outer.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await outer
        self.assertEqual(await inner, "safe")

    async def shielded(self, inner):
        return await asyncio.shield(inner)


if __name__ == "__main__":
    unittest.main()
