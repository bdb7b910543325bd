"""Context variables in tasks, callbacks and threads."""

import asyncio
import contextvars
import unittest

variable = contextvars.ContextVar("variable", default="unset")


async def read():
    await asyncio.sleep(0)
    return variable.get()


async def write(value):
    variable.set(value)
    await asyncio.sleep(0)
    return variable.get()


class Copies(unittest.IsolatedAsyncioTestCase):
    async def test_a_task_sees_what_was_set_before_it_was_made(self):
        variable.set("before")
        task = asyncio.create_task(read())
        variable.set("after")
        self.assertEqual(await task, "before")

    async def test_what_a_task_sets_stays_inside(self):
        variable.set("outer")
        self.assertEqual(await asyncio.create_task(write("inner")), "inner")
        self.assertEqual(variable.get(), "outer")

    async def test_what_an_awaited_coroutine_sets_does_not(self):
        variable.set("outer")
        self.assertEqual(await write("inner"), "inner")
        self.assertEqual(variable.get(), "inner")

    async def test_tasks_do_not_see_each_other_s(self):
        names = [str(n) for n in range(20)]
        self.assertEqual(await asyncio.gather(*map(write, names)), names)

    async def test_each_turn_of_a_task_has_its_values(self):
        async def count(name):
            for n in range(5):
                variable.set((name, n))
                await asyncio.sleep(0)
                self.assertEqual(variable.get(), (name, n))

        await asyncio.gather(*map(count, "abcde"))

    async def test_children_of_children(self):
        async def nest(depth):
            if depth == 0:
                return [variable.get()]
            variable.set(depth)
            below = await asyncio.create_task(nest(depth - 1))
            return below + [variable.get()]

        self.assertEqual(await nest(3), [1, 1, 2, 3])

    async def test_a_token_resets_inside_the_same_task(self):
        token = variable.set("changed")
        await asyncio.sleep(0)
        variable.reset(token)
        self.assertEqual(variable.get(), "unset")

    async def test_a_token_of_another_task_is_refused(self):
        async def reset(token):
            with self.assertRaises(ValueError):
                variable.reset(token)

        await asyncio.create_task(reset(variable.set("mine")))

    async def test_the_finally_of_a_cancelled_task_sees_its_values(self):
        seen = []

        async def work():
            variable.set("inner")
            try:
                await asyncio.Event().wait()
            finally:
                seen.append(variable.get())

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        variable.set("outer")
        task.cancel()
        await asyncio.wait([task])
        self.assertEqual(seen, ["inner"])


class Given(unittest.IsolatedAsyncioTestCase):
    """A context that is given to a task is used, not copied."""

    async def check(self, create):
        context = contextvars.copy_context()
        context.run(variable.set, "given")
        self.assertEqual(await create(read(), context), "given")
        await create(write("changed"), context)
        self.assertEqual(context[variable], "changed")
        self.assertEqual(variable.get(), "unset")

    async def test_create_task(self):
        await self.check(lambda coroutine, context: asyncio.create_task(coroutine, context=context))

    async def test_the_loop_s_create_task(self):
        loop = asyncio.get_running_loop()
        await self.check(lambda coroutine, context: loop.create_task(coroutine, context=context))

    async def test_task(self):
        loop = asyncio.get_running_loop()
        await self.check(
            lambda coroutine, context: asyncio.Task(coroutine, loop=loop, context=context)
        )

    async def test_a_group(self):
        async def create(coroutine, context):
            async with asyncio.TaskGroup() as group:
                task = group.create_task(coroutine, context=context)
            return task.result()

        await self.check(create)

    async def test_the_current_one_may_be_given(self):
        context = contextvars.Context()

        async def outer():
            task = asyncio.create_task(write("inner"), context=context)
            await task
            return variable.get()

        self.assertEqual(await asyncio.create_task(outer(), context=context), "inner")

    async def test_several_tasks_may_share_one(self):
        context = contextvars.copy_context()
        await asyncio.create_task(write("first"), context=context)
        self.assertEqual(await asyncio.create_task(read(), context=context), "first")

    async def test_none_is_a_copy_of_the_current_one(self):
        variable.set("current")
        self.assertEqual(await asyncio.create_task(read(), context=None), "current")

    async def test_an_empty_one(self):
        variable.set("current")
        task = asyncio.create_task(read(), context=contextvars.Context())
        self.assertEqual(await task, "unset")


class Callbacks(unittest.IsolatedAsyncioTestCase):
    async def test_a_task_s_done_callback_has_the_context_of_its_adder(self):
        seen = []
        task = asyncio.create_task(write("inner"))
        variable.set("outer")
        task.add_done_callback(lambda _: seen.append(variable.get()))
        await task
        await asyncio.sleep(0)
        self.assertEqual(seen, ["outer"])

    async def test_call_soon_call_later_and_call_soon_threadsafe(self):
        loop = asyncio.get_running_loop()
        seen = []
        given = contextvars.copy_context()
        given.run(variable.set, "given")
        done = loop.create_future()

        def note():
            seen.append(variable.get())
            if len(seen) == 6:
                done.set_result(None)

        variable.set("current")
        for add in (loop.call_soon, loop.call_soon_threadsafe):
            add(note)
            add(note, context=given)
        loop.call_later(0.001, note)
        loop.call_later(0.001, note, context=given)
        await done
        self.assertEqual(sorted(seen), ["current"] * 3 + ["given"] * 3)

    async def test_readers(self):
        import socket

        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            seen = loop.create_future()
            variable.set("when added")
            loop.add_reader(ours, lambda: seen.done() or seen.set_result(variable.get()))
            variable.set("later")
            theirs.send(b"x")
            self.assertEqual(await seen, "when added")
            loop.remove_reader(ours)

    async def test_threads(self):
        variable.set("outer")

        def work():
            before = variable.get()
            variable.set("inner")
            return before, variable.get()

        self.assertEqual(await asyncio.to_thread(work), ("outer", "inner"))
        self.assertEqual(variable.get(), "outer")


class Runs(unittest.TestCase):
    def test_run_does_not_change_the_caller_s(self):
        async def main():
            variable.set("inside")

        asyncio.run(main())
        self.assertEqual(variable.get(), "unset")

    def test_a_runner_keeps_one_for_its_runs(self):
        with asyncio.Runner() as runner:
            runner.run(write("kept"))
            self.assertEqual(runner.run(read()), "kept")

    def test_a_runner_takes_one_for_a_run(self):
        context = contextvars.copy_context()
        context.run(variable.set, "given")
        with asyncio.Runner() as runner:
            self.assertEqual(runner.run(read(), context=context), "given")
            self.assertEqual(runner.run(read()), "unset")


class Generators(unittest.IsolatedAsyncioTestCase):
    async def test_an_async_generator_runs_in_the_context_of_who_asks(self):
        async def values():
            while True:
                yield variable.get()

        generator = values()
        variable.set("one")
        self.assertEqual(await anext(generator), "one")
        variable.set("two")
        self.assertEqual(await anext(generator), "two")
        await generator.aclose()


if __name__ == "__main__":
    unittest.main()
