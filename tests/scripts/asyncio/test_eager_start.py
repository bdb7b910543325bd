"""The argument eager_start of Task, and eager tasks of a subclass."""

import asyncio
import unittest


class EagerStart(unittest.IsolatedAsyncioTestCase):
    """In a loop whose tasks are not eager."""

    async def work(self):
        return "result"

    async def test_true(self):
        loop = asyncio.get_running_loop()
        task = asyncio.Task(self.work(), loop=loop, eager_start=True)
        self.assertTrue(task.done())
        self.assertEqual(await task, "result")

    async def test_false(self):
        loop = asyncio.get_running_loop()
        task = asyncio.Task(self.work(), loop=loop, eager_start=False)
        self.assertFalse(task.done())
        self.assertEqual(await task, "result")

    async def test_a_done_one_has_let_its_coroutine_go(self):
        loop = asyncio.get_running_loop()
        task = asyncio.Task(self.work(), loop=loop, eager_start=True)
        self.assertIsNone(task.get_coro())
        waiting = asyncio.Task(asyncio.sleep(0), loop=loop, eager_start=True)
        self.assertIsNotNone(waiting.get_coro())
        await waiting
        self.assertIn("finished", repr(task))

    async def test_a_subclass_by_create_eager_task_factory(self):
        class Mine(asyncio.Task):
            pass

        loop = asyncio.get_running_loop()
        loop.set_task_factory(asyncio.create_eager_task_factory(Mine))
        task = asyncio.create_task(self.work(), name="mine")
        self.assertIsInstance(task, Mine)
        self.assertTrue(task.done())
        self.assertEqual(task.get_name(), "mine")
        loop.set_task_factory(None)
        self.assertIs(type(asyncio.create_task(asyncio.sleep(0))), asyncio.Task)


class WithoutALoop(unittest.TestCase):
    def test_in_a_loop_that_does_not_run(self):
        """Nothing can be the current task there, so it is refused or only scheduled."""
        loop = asyncio.new_event_loop()
        ran = []

        async def work():
            ran.append(asyncio.current_task())

        coroutine = work()
        try:
            task = asyncio.Task(coroutine, loop=loop, eager_start=True)
        except RuntimeError:
            coroutine.close()
        else:
            loop.run_until_complete(task)
            self.assertEqual(ran, [task])
        loop.close()


if __name__ == "__main__":
    unittest.main()
