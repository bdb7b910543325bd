"""TaskGroup and timeout."""

import asyncio
import unittest


async def give(value):
    await asyncio.sleep(0)
    return value


class TaskGroup(unittest.IsolatedAsyncioTestCase):
    async def test_it_waits_for_all(self):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(give(n)) for n in range(10)]
        self.assertEqual([task.result() for task in tasks], list(range(10)))

    async def test_a_failure_cancels_the_others(self):
        async def fail():
            await asyncio.sleep(0)
            raise KeyError("mine")

        with self.assertRaises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as group:
                other = group.create_task(asyncio.Event().wait())
                group.create_task(fail())
        self.assertEqual([type(error) for error in caught.exception.exceptions], [KeyError])
        self.assertTrue(other.cancelled())

    async def test_an_exception_in_the_body_cancels_the_tasks(self):
        with self.assertRaises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                task = group.create_task(asyncio.Event().wait())
                await asyncio.sleep(0)
                raise KeyError("mine")
        self.assertTrue(task.cancelled())

    async def test_cancelling_the_group_s_task_cancels_the_tasks(self):
        tasks = []

        async def work():
            async with asyncio.TaskGroup() as group:
                tasks.append(group.create_task(asyncio.Event().wait()))

        working = asyncio.create_task(work())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        working.cancel()
        await asyncio.wait([working])
        self.assertTrue(working.cancelled() and tasks[0].cancelled())


class Timeout(unittest.IsolatedAsyncioTestCase):
    async def test_in_time(self):
        async with asyncio.timeout(30) as timeout:
            self.assertEqual(await give(1), 1)
        self.assertFalse(timeout.expired())

    async def test_too_late(self):
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.01) as timeout:
                await asyncio.Event().wait()
        self.assertTrue(timeout.expired())
        # The task itself was not cancelled.
        await asyncio.sleep(0)

    async def test_the_inner_of_two(self):
        async with asyncio.timeout(30):
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await asyncio.Event().wait()
            self.assertEqual(await give(1), 1)

    async def test_the_outer_of_two(self):
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.01) as outer:
                async with asyncio.timeout(30) as inner:
                    await asyncio.Event().wait()
        self.assertEqual((outer.expired(), inner.expired()), (True, False))

    async def test_it_can_be_moved(self):
        async with asyncio.timeout(0.001) as timeout:
            timeout.reschedule(asyncio.get_running_loop().time() + 30)
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
