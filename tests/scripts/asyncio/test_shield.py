"""shield: what is inside goes on when who waits is cancelled."""

import asyncio
import gc
import unittest


async def give(value, turns=1):
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


class Shield(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.reports = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, report: self.reports.append(report)
        )

    async def test_a_result_and_an_exception_pass(self):
        async def fail():
            raise KeyError("mine")

        self.assertEqual(await asyncio.shield(give("result")), "result")
        with self.assertRaises(KeyError):
            await asyncio.shield(fail())

    async def test_one_that_is_done_is_given_back(self):
        future = asyncio.get_running_loop().create_future()
        future.set_result("result")
        self.assertIs(asyncio.shield(future), future)

    async def test_cancelling_it_leaves_the_inner_one(self):
        inner = asyncio.create_task(give("result", 3))
        outer = asyncio.shield(inner)
        self.assertTrue(outer.cancel())
        with self.assertRaises(asyncio.CancelledError):
            await outer
        self.assertEqual(inner.cancelling(), 0)
        self.assertEqual(await inner, "result")

    async def test_cancelling_the_inner_one_cancels_it(self):
        inner = asyncio.create_task(asyncio.Event().wait())
        outer = asyncio.shield(inner)
        await asyncio.sleep(0)
        inner.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await outer
        self.assertTrue(outer.cancelled())

    async def test_a_timeout_around_it(self):
        inner = asyncio.create_task(asyncio.sleep(0.03, "result"))
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(inner), 0.001)
        self.assertEqual(await inner, "result")

    async def test_several_around_one(self):
        inner = asyncio.create_task(give("result", 3))
        shields = [asyncio.shield(inner) for _ in range(3)]
        shields[1].cancel()
        self.assertEqual(await shields[0], "result")
        self.assertEqual(await shields[2], "result")

    async def test_an_exception_after_it_was_cancelled_is_reported(self):
        inner = asyncio.get_running_loop().create_future()
        outer = asyncio.shield(inner)
        await asyncio.sleep(0)
        outer.cancel()
        await asyncio.sleep(0)
        inner.set_exception(KeyError("mine"))
        await asyncio.sleep(0)
        del inner, outer
        gc.collect()
        self.assertEqual(len(self.reports), 1)
        self.assertIsInstance(self.reports[0]["exception"], KeyError)

    async def test_a_result_after_it_was_cancelled_is_nothing(self):
        inner = asyncio.get_running_loop().create_future()
        asyncio.shield(inner).cancel()
        await asyncio.sleep(0)
        inner.set_result("result")
        await asyncio.sleep(0)
        self.assertEqual(self.reports, [])

    async def test_a_cancelled_one_is_not_called_by_the_inner_one(self):
        inner = asyncio.get_running_loop().create_future()
        outer = asyncio.shield(inner)
        self.assertIn("_inner_done_callback", repr(inner))
        outer.cancel()
        await asyncio.sleep(0)
        self.assertNotIn("_inner_done_callback", repr(inner))
        inner.set_result(None)

    async def test_in_a_gathering(self):
        inner = asyncio.create_task(give("result", 3))
        gathering = asyncio.gather(asyncio.shield(inner), asyncio.Event().wait())
        await asyncio.sleep(0)
        gathering.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await gathering
        self.assertEqual(await inner, "result")

    async def test_what_cannot_be_awaited_is_refused(self):
        with self.assertRaises(TypeError):
            asyncio.shield(17)


if __name__ == "__main__":
    unittest.main()
