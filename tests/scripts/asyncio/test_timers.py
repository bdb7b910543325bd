"""call_soon, call_later, call_at, sleep: their order and their cancellation."""

import asyncio
import contextvars
import unittest


class Timers(unittest.IsolatedAsyncioTestCase):
    async def test_soon_is_first_come_first_served(self):
        loop = asyncio.get_running_loop()
        order = []
        for n in range(100):
            loop.call_soon(order.append, n)
        await asyncio.sleep(0)
        self.assertEqual(order, list(range(100)))

    async def test_what_a_callback_adds_runs_in_the_next_turn(self):
        loop = asyncio.get_running_loop()
        order = []

        def first():
            order.append("first")
            loop.call_soon(order.append, "third")

        loop.call_soon(first)
        loop.call_soon(order.append, "second")
        await asyncio.sleep(0)
        self.assertEqual(order, ["first", "second"])
        await asyncio.sleep(0)
        self.assertEqual(order, ["first", "second", "third"])

    async def test_timers_run_in_the_order_of_their_times(self):
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        order = []
        now = loop.time()
        for n in (5, 1, 4, 2, 3):
            loop.call_at(now + n / 1000, order.append, n)
        loop.call_at(now + 0.010, done.set_result, None)
        await done
        self.assertEqual(order, [1, 2, 3, 4, 5])

    async def test_a_timer_is_never_early(self):
        loop = asyncio.get_running_loop()
        for delay in (0, 0.001, 0.0105, 0.05):
            start = loop.time()
            await asyncio.sleep(delay)
            self.assertGreaterEqual(loop.time() - start, delay - 1e-6)

    async def test_a_cancelled_timer_does_not_run(self):
        loop = asyncio.get_running_loop()
        order = []
        handle = loop.call_later(0.001, order.append, "cancelled")
        loop.call_later(0.001, order.append, "kept")
        handle.cancel()
        self.assertTrue(handle.cancelled())
        await asyncio.sleep(0.02)
        self.assertEqual(order, ["kept"])

    async def test_a_handle_cancelled_by_an_earlier_one_of_the_same_turn(self):
        loop = asyncio.get_running_loop()
        order = []
        loop.call_soon(lambda: later.cancel())
        later = loop.call_soon(order.append, "cancelled")
        await asyncio.sleep(0)
        self.assertEqual(order, [])

    async def test_when_says_the_time(self):
        loop = asyncio.get_running_loop()
        handle = loop.call_at(loop.time() + 1000, print)
        self.assertGreater(handle.when(), loop.time() + 900)
        handle.cancel()

    async def test_sleep_returns_its_result(self):
        self.assertEqual(await asyncio.sleep(0, "zero"), "zero")
        self.assertEqual(await asyncio.sleep(0.001, "one"), "one")

    async def test_many_sleeps_run_side_by_side(self):
        start = asyncio.get_running_loop().time()
        await asyncio.gather(*[asyncio.sleep(0.1) for _ in range(500)])
        # One after the other they would take 50 seconds.
        self.assertLess(asyncio.get_running_loop().time() - start, 25)

    async def test_context_variables_of_a_callback(self):
        variable = contextvars.ContextVar("variable", default="unset")
        seen = []
        variable.set("outer")
        asyncio.get_running_loop().call_soon(lambda: seen.append(variable.get()))
        context = contextvars.Context()
        asyncio.get_running_loop().call_soon(lambda: seen.append(variable.get()), context=context)
        await asyncio.sleep(0)
        self.assertEqual(seen, ["outer", "unset"])


if __name__ == "__main__":
    unittest.main()
