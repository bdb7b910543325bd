"""Cancellation: where it arrives, what may be done about it, and what it leaves behind."""

import asyncio
import unittest


class Cancel(unittest.IsolatedAsyncioTestCase):
    async def test_it_arrives_at_the_await(self):
        steps = []

        async def work():
            steps.append("start")
            try:
                await asyncio.Event().wait()
            finally:
                steps.append("end")

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        self.assertTrue(task.cancel())
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertTrue(task.cancelled())
        self.assertEqual(steps, ["start", "end"])

    async def test_a_task_that_never_started_does_not_start(self):
        steps = []

        async def work():
            steps.append("start")

        task = asyncio.create_task(work())
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual(steps, [])

    async def test_it_can_be_refused(self):
        async def stubborn():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return "went on"

        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        task.cancel()
        self.assertEqual(await task, "went on")
        self.assertFalse(task.cancelled())

    async def test_the_message_arrives(self):
        async def work():
            await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel("enough")
        with self.assertRaises(asyncio.CancelledError) as caught:
            await task
        self.assertEqual(caught.exception.args, ("enough",))

    async def test_cleaning_up_may_await(self):
        async def work():
            try:
                await asyncio.Event().wait()
            finally:
                for _ in range(3):
                    await asyncio.sleep(0)
                cleaned.set_result(True)

        cleaned = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        self.assertTrue(cleaned.done())

    async def test_a_finished_task_cannot_be_cancelled(self):
        task = asyncio.create_task(asyncio.sleep(0, "done"))
        self.assertEqual(await task, "done")
        self.assertFalse(task.cancel())
        self.assertFalse(task.cancelled())

    async def test_it_goes_down_to_the_task_that_is_awaited(self):
        inner = asyncio.create_task(asyncio.Event().wait())

        async def work():
            await inner

        outer = asyncio.create_task(work())
        await asyncio.sleep(0)
        outer.cancel()
        await asyncio.wait([outer])
        self.assertTrue(inner.cancelled() and outer.cancelled())

    async def test_requests_are_counted_and_taken_back(self):
        task = asyncio.current_task()
        task.cancel()
        task.cancel()
        self.assertEqual(task.cancelling(), 2)
        with self.assertRaises(asyncio.CancelledError):
            await asyncio.sleep(0)
        self.assertEqual((task.uncancel(), task.uncancel()), (1, 0))
        await asyncio.sleep(0)


class AtTheEndOfRun(unittest.TestCase):
    def test_tasks_that_are_left_are_cancelled(self):
        ends = []

        async def work():
            try:
                await asyncio.Event().wait()
            finally:
                ends.append("cancelled")

        async def main():
            main.task = asyncio.create_task(work())
            await asyncio.sleep(0)

        asyncio.run(main())
        self.assertEqual(ends, ["cancelled"])

    def test_async_generators_that_are_left_are_closed(self):
        ends = []

        async def numbers():
            try:
                yield 1
                yield 2
            finally:
                ends.append("closed")

        async def main():
            main.generator = numbers()
            async for _ in main.generator:
                break

        asyncio.run(main())
        self.assertEqual(ends, ["closed"])


if __name__ == "__main__":
    unittest.main()
