"""set_task_factory: who makes the tasks of a loop."""

import asyncio
import contextvars
import unittest


async def give(value):
    await asyncio.sleep(0)
    return value


class Factory(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()
        self.made = []

    async def asyncTearDown(self):
        self.loop.set_task_factory(None)

    def make(self, loop, coroutine, **options):
        task = asyncio.Task(coroutine, loop=loop, **options)
        self.made.append((task, options))
        return task

    async def test_there_is_none_at_first(self):
        self.assertIsNone(self.loop.get_task_factory())

    async def test_it_is_kept(self):
        self.loop.set_task_factory(self.make)
        self.assertEqual(self.loop.get_task_factory(), self.make)
        self.loop.set_task_factory(None)
        self.assertIsNone(self.loop.get_task_factory())

    async def test_what_cannot_be_called_is_a_type_error(self):
        with self.assertRaises(TypeError):
            self.loop.set_task_factory(17)
        self.assertIsNone(self.loop.get_task_factory())

    async def test_every_way_to_make_a_task_asks_it(self):
        self.loop.set_task_factory(self.make)
        self.assertEqual(await asyncio.create_task(give(1)), 1)
        self.assertEqual(await self.loop.create_task(give(1)), 1)
        self.assertEqual(await asyncio.ensure_future(give(1)), 1)
        self.assertEqual(await asyncio.gather(give(1), give(2)), [1, 2])
        async with asyncio.TaskGroup() as group:
            group.create_task(give(1))
        self.assertEqual(len(self.made), 6)

    async def test_it_gets_the_name_and_the_context(self):
        self.loop.set_task_factory(self.make)
        context = contextvars.copy_context()
        task = asyncio.create_task(give(1), name="mine", context=context)
        await task
        self.assertEqual(task.get_name(), "mine")
        self.assertIs(task.get_context(), context)
        self.assertIs(self.made[0][1]["context"], context)

    async def test_a_subclass(self):
        class Mine(asyncio.Task):
            pass

        def make(loop, coroutine, **options):
            return Mine(coroutine, loop=loop, **options)

        self.loop.set_task_factory(make)
        task = asyncio.create_task(give(1))
        self.assertIs(type(task), Mine)
        self.assertEqual(await task, 1)

    async def test_something_that_is_no_task(self):
        class Mine(asyncio.Future):
            """As little of a task as create_task needs."""

            def set_name(self, name):
                pass

        future = Mine()

        def make(loop, coroutine, **options):
            coroutine.close()
            future.set_result("made otherwise")
            return future

        self.loop.set_task_factory(make)
        task = asyncio.create_task(give(1))
        self.loop.set_task_factory(None)
        self.assertIs(task, future)
        self.assertEqual(await task, "made otherwise")

    async def test_one_that_raises(self):
        def make(loop, coroutine, **options):
            coroutine.close()
            raise KeyError("mine")

        self.loop.set_task_factory(make)
        with self.assertRaises(KeyError):
            asyncio.create_task(give(1))
        self.loop.set_task_factory(None)
        self.assertEqual(await asyncio.create_task(give(1)), 1)

    async def test_it_belongs_to_one_loop(self):
        self.loop.set_task_factory(self.make)

        async def other():
            return type(asyncio.current_task()), asyncio.get_running_loop().get_task_factory()

        self.assertEqual(await asyncio.to_thread(asyncio.run, other()), (asyncio.Task, None))


class Names(unittest.TestCase):
    def test_run_names_and_makes_its_task_by_the_factory(self):
        made = []

        def make(loop, coroutine, **options):
            made.append(coroutine.__name__)
            return asyncio.Task(coroutine, loop=loop, **options)

        with asyncio.Runner() as runner:
            runner.get_loop().set_task_factory(make)
            runner.run(give(1))
        self.assertEqual(made[0], "give")


if __name__ == "__main__":
    unittest.main()
