"""timeout, timeout_at and wait_for, beyond being in time or too late."""

import asyncio
import unittest


async def forever():
    await asyncio.Event().wait()


async def give(value):
    await asyncio.sleep(0)
    return value


class State(unittest.IsolatedAsyncioTestCase):
    async def test_when_it_is_due(self):
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(1000) as timeout:
            self.assertGreater(timeout.when(), loop.time() + 900)
        async with asyncio.timeout_at(loop.time() + 1000) as timeout:
            self.assertGreater(timeout.when(), loop.time() + 900)
        async with asyncio.timeout(None) as timeout:
            self.assertIsNone(timeout.when())

    async def test_it_cannot_be_entered_twice(self):
        timeout = asyncio.timeout(1000)
        async with timeout:
            with self.assertRaises(RuntimeError):
                async with timeout:
                    pass
        with self.assertRaises(RuntimeError):
            async with timeout:
                pass

    async def test_it_cannot_be_moved_before_it_is_entered_or_after_it_is_left(self):
        timeout = asyncio.timeout(None)
        with self.assertRaises(RuntimeError):
            timeout.reschedule(None)
        async with timeout:
            timeout.reschedule(None)
        with self.assertRaises(RuntimeError):
            timeout.reschedule(None)

    async def test_it_cannot_be_moved_once_it_has_expired(self):
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.001) as timeout:
                try:
                    await forever()
                finally:
                    with self.assertRaises(RuntimeError):
                        timeout.reschedule(None)

    async def test_only_inside_a_task(self):
        entered = asyncio.get_running_loop().create_future()

        def enter():
            try:
                asyncio.timeout(1).__aenter__().send(None)
            except BaseException as error:
                entered.set_result(error)

        asyncio.get_running_loop().call_soon(enter)
        self.assertIsInstance(await entered, RuntimeError)

    async def test_repr(self):
        timeout = asyncio.timeout(1000)
        self.assertIn("created", repr(timeout))
        async with timeout:
            self.assertIn("active", repr(timeout))
        self.assertIn("finished", repr(timeout))


class Outcomes(unittest.IsolatedAsyncioTestCase):
    async def test_the_timeout_error_comes_of_the_cancellation(self):
        with self.assertRaises(TimeoutError) as caught:
            async with asyncio.timeout(0.001):
                await forever()
        self.assertIsInstance(caught.exception.__cause__, asyncio.CancelledError)

    async def test_it_cannot_be_caught_inside(self):
        async def work():
            try:
                await forever()
            except TimeoutError:
                self.fail("it must be a CancelledError here")

        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.001):
                await work()

    async def test_in_the_past_it_expires_at_the_first_wait(self):
        for delay in (0, -1):
            steps = []
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(delay):
                    steps.append("entered")
                    await forever()
            self.assertEqual(steps, ["entered"])

    async def test_a_block_that_never_waits_does_not_time_out(self):
        async with asyncio.timeout(0) as timeout:
            pass
        self.assertFalse(timeout.expired())

    async def test_an_exception_of_the_block_passes(self):
        with self.assertRaises(KeyError):
            async with asyncio.timeout(1000):
                await give(None)
                raise KeyError

    async def test_an_exception_raised_in_answer_to_the_timeout_passes(self):
        with self.assertRaises(KeyError):
            async with asyncio.timeout(0.001):
                try:
                    await forever()
                finally:
                    raise KeyError

    async def test_the_task_is_left_uncancelled(self):
        task = asyncio.current_task()
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.001):
                await forever()
        self.assertEqual(task.cancelling(), 0)
        await asyncio.sleep(0)

    async def test_a_cancellation_from_outside_is_no_timeout(self):
        async def work():
            async with asyncio.timeout(1000):
                await forever()

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel("enough")
        with self.assertRaises(asyncio.CancelledError):
            await task

    async def test_a_cancellation_from_outside_wins_over_a_timeout_of_the_same_turn(self):
        async def work():
            async with asyncio.timeout(None) as timeout:
                timeouts.append(timeout)
                await forever()

        timeouts = []
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        timeouts[0].reschedule(0)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task

    async def test_a_timeout_inside_a_task_that_is_being_cancelled(self):
        """Cleaning up may have a timeout of its own, though the task was cancelled before."""

        async def work():
            try:
                await forever()
            except asyncio.CancelledError:
                with self.assertRaises(TimeoutError):
                    async with asyncio.timeout(0.001):
                        await forever()
                raise

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        self.assertTrue(task.cancelled())

    async def test_nested_ones_of_the_same_time(self):
        when = asyncio.get_running_loop().time() + 0.005
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout_at(when) as outer:
                try:
                    async with asyncio.timeout_at(when) as inner:
                        await forever()
                finally:
                    await asyncio.sleep(0)
        self.assertTrue(inner.expired() or outer.expired())
        self.assertEqual(asyncio.current_task().cancelling(), 0)

    async def test_around_a_group(self):
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.001):
                async with asyncio.TaskGroup() as group:
                    task = group.create_task(forever())
        self.assertTrue(task.cancelled())

    async def test_its_timer_is_gone_afterwards(self):
        fired = []
        async with asyncio.timeout(0.005):
            pass
        asyncio.get_running_loop().call_later(0.02, fired.append, True)
        while not fired:
            await asyncio.sleep(0.005)


class WaitFor(unittest.IsolatedAsyncioTestCase):
    async def test_a_future_and_its_result(self):
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, "result")
        self.assertEqual(await asyncio.wait_for(future, 1000), "result")

    async def test_it_waits_until_what_it_cancelled_has_ended(self):
        steps = []

        async def slow():
            try:
                await forever()
            finally:
                await give(None)
                steps.append("ended")

        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(slow(), 0.001)
        self.assertEqual(steps, ["ended"])

    async def test_a_result_in_answer_to_the_cancellation_is_given(self):
        async def stubborn():
            try:
                await forever()
            except asyncio.CancelledError:
                return "result"

        self.assertEqual(await asyncio.wait_for(stubborn(), 0.001), "result")
        self.assertEqual(asyncio.current_task().cancelling(), 0)

    async def test_an_exception_in_answer_to_the_cancellation_passes(self):
        async def failing():
            try:
                await forever()
            finally:
                raise KeyError

        with self.assertRaises(KeyError):
            await asyncio.wait_for(failing(), 0.001)

    async def test_no_time_at_all(self):
        done = asyncio.create_task(give("result"))
        await done
        self.assertEqual(await asyncio.wait_for(done, 0), "result")
        future = asyncio.get_running_loop().create_future()
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(future, 0)
        self.assertTrue(future.cancelled())
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(asyncio.get_running_loop().create_future(), -1)

    async def test_it_runs_its_coroutine_in_the_same_task(self):
        async def current():
            return asyncio.current_task()

        self.assertIs(await asyncio.wait_for(current(), 1000), asyncio.current_task())

    async def test_cancelling_it_cancels_what_it_waits_for(self):
        inner = asyncio.create_task(forever())
        outer = asyncio.create_task(asyncio.wait_for(inner, 1000))
        await asyncio.sleep(0)
        outer.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await outer
        self.assertTrue(inner.cancelled())

    async def test_the_result_is_not_lost_to_a_timeout_of_the_same_turn(self):
        """A lock acquired is either given or released again: never lost."""
        for _ in range(20):
            lock = asyncio.Lock()
            await lock.acquire()
            waiting = asyncio.create_task(asyncio.wait_for(lock.acquire(), 0.002))
            asyncio.get_running_loop().call_later(0.002, lock.release)
            try:
                await waiting
            except TimeoutError:
                await asyncio.sleep(0.004)
                self.assertFalse(lock.locked())
            else:
                self.assertTrue(lock.locked())

    async def test_what_cannot_be_awaited_is_refused(self):
        with self.assertRaises(TypeError):
            await asyncio.wait_for(17, 1)


if __name__ == "__main__":
    unittest.main()
