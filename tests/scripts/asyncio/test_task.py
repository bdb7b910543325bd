"""Task: what it runs, how it ends, its name, coroutine and context, what it refuses."""

import asyncio
import collections.abc
import contextvars
import types
import unittest
import warnings


async def give(value):
    await asyncio.sleep(0)
    return value


class Ends(unittest.IsolatedAsyncioTestCase):
    async def test_a_result(self):
        task = asyncio.create_task(give("result"))
        self.assertFalse(task.done())
        self.assertEqual(await task, "result")
        self.assertTrue(task.done())
        self.assertEqual(task.result(), "result")
        self.assertIsNone(task.exception())

    async def test_an_exception(self):
        error = KeyError("mine")

        async def fail():
            raise error

        task = asyncio.create_task(fail())
        with self.assertRaises(KeyError) as caught:
            await task
        self.assertIs(caught.exception, error)
        self.assertIs(task.exception(), error)

    async def test_a_pending_one_has_neither(self):
        task = asyncio.create_task(give(1))
        for ask in (task.result, task.exception):
            with self.assertRaises(asyncio.InvalidStateError):
                ask()
        await task

    async def test_nobody_else_sets_its_result(self):
        task = asyncio.create_task(give("result"))
        with self.assertRaises(RuntimeError):
            task.set_result(1)
        with self.assertRaises(RuntimeError):
            task.set_exception(KeyError())
        self.assertEqual(await task, "result")

    async def test_stop_iteration_raised_inside_is_a_runtime_error(self):
        async def fail():
            raise StopIteration("mine")

        with self.assertRaises(RuntimeError):
            await asyncio.create_task(fail())

    async def test_raising_cancelled_error_cancels_it(self):
        async def leave():
            raise asyncio.CancelledError("mine")

        task = asyncio.create_task(leave())
        with self.assertRaises(asyncio.CancelledError) as caught:
            await task
        self.assertTrue(task.cancelled())
        self.assertEqual(caught.exception.args, ("mine",))

    async def test_its_exception_keeps_its_traceback(self):
        async def deep():
            await asyncio.sleep(0)
            raise KeyError("mine")

        async def middle():
            await deep()

        task = asyncio.create_task(middle())
        await asyncio.wait([task])
        names, entry = [], task.exception().__traceback__
        while entry is not None:
            names.append(entry.tb_frame.f_code.co_name)
            entry = entry.tb_next
        self.assertEqual(names[-2:], ["middle", "deep"])

    async def test_base_exceptions_that_are_no_exit_stay_in_the_task(self):
        class Mine(BaseException):
            pass

        async def fail():
            raise Mine

        task = asyncio.create_task(fail())
        with self.assertRaises(Mine):
            await task

    async def test_an_async_generator_s_asend_runs_as_a_task(self):
        async def numbers():
            await asyncio.sleep(0)
            yield 1

        async def first():
            return await generator.asend(None)

        generator = numbers()
        self.assertEqual(await asyncio.create_task(first()), 1)
        await generator.aclose()


class Exits(unittest.TestCase):
    def test_system_exit_and_keyboard_interrupt_leave_the_loop_and_end_the_task(self):
        for exit_ in (SystemExit, KeyboardInterrupt):
            with self.subTest(exit_.__name__):
                loop = asyncio.new_event_loop()

                async def leave():
                    raise exit_

                task = loop.create_task(leave())
                with self.assertRaises(exit_):
                    loop.run_until_complete(task)
                self.assertTrue(task.done())
                self.assertIsInstance(task.exception(), exit_)
                loop.close()


class Start(unittest.IsolatedAsyncioTestCase):
    async def test_not_before_the_next_turn(self):
        started = []

        async def work():
            started.append(True)

        task = asyncio.create_task(work())
        self.assertEqual(started, [])
        await asyncio.sleep(0)
        self.assertEqual(started, [True])
        await task

    async def test_in_the_order_of_creation(self):
        order = []

        async def work(n):
            order.append(n)
            await asyncio.sleep(0)
            order.append(n + 10)

        await asyncio.gather(*[asyncio.create_task(work(n)) for n in range(5)])
        self.assertEqual(order, [0, 1, 2, 3, 4, 10, 11, 12, 13, 14])

    async def test_what_is_no_coroutine_is_a_type_error(self):
        for wrong in (17, None, give, lambda: None, asyncio.get_running_loop().create_future()):
            with self.subTest(wrong), self.assertRaises(TypeError):
                asyncio.Task(wrong, loop=asyncio.get_running_loop())

    async def test_create_task_outside_a_loop_is_a_runtime_error(self):
        def elsewhere():
            coroutine = give(1)
            try:
                with self.assertRaises(RuntimeError):
                    asyncio.create_task(coroutine)
            finally:
                coroutine.close()

        await asyncio.to_thread(elsewhere)

    async def test_a_coroutine_of_abc_coroutine(self):
        class Mine(collections.abc.Coroutine):
            """A coroutine written by hand."""

            def __init__(self):
                self.steps = give("result").__await__()

            def send(self, value):
                return self.steps.send(value)

            def throw(self, *error):
                return self.steps.throw(*error)

            def close(self):
                self.steps.close()

            def __await__(self):
                return self.steps

        coroutine = Mine()
        self.assertTrue(asyncio.iscoroutine(coroutine))
        self.assertEqual(await asyncio.create_task(coroutine), "result")

    async def test_a_generator_made_a_coroutine(self):
        @types.coroutine
        def old():
            yield from asyncio.sleep(0).__await__()
            return "result"

        self.assertEqual(await asyncio.create_task(wrap(old)), "result")


async def wrap(function):
    return await function()


class BadYields(unittest.IsolatedAsyncioTestCase):
    """An awaitable that yields what is no Future gets a RuntimeError, and may go on."""

    async def answer_to(self, value):
        class Bad:
            def __await__(self):
                try:
                    yield value
                except RuntimeError as error:
                    yield from asyncio.sleep(0).__await__()
                    return error

        async def work():
            return await Bad()

        return await asyncio.create_task(work())

    async def test_a_number(self):
        self.assertIsInstance(await self.answer_to(17), RuntimeError)

    async def test_a_generator(self):
        self.assertIsInstance(await self.answer_to(n for n in range(3)), RuntimeError)

    async def test_a_future_that_was_not_awaited(self):
        future = asyncio.get_running_loop().create_future()
        self.assertIsInstance(await self.answer_to(future), RuntimeError)

    async def test_none_is_a_turn(self):
        class Turn:
            def __await__(self):
                yield
                return "went on"

        async def work():
            return await Turn()

        self.assertEqual(await asyncio.create_task(work()), "went on")


class Names(unittest.IsolatedAsyncioTestCase):
    async def test_one_is_made_up_for_each(self):
        one, two = asyncio.create_task(give(1)), asyncio.create_task(give(2))
        self.assertIsInstance(one.get_name(), str)
        self.assertNotEqual(one.get_name(), two.get_name())
        self.assertRegex(one.get_name(), r"^Task-\d+$")
        await asyncio.gather(one, two)

    async def test_one_that_is_given(self):
        task = asyncio.create_task(give(1), name="mine")
        self.assertEqual(task.get_name(), "mine")
        task.set_name("another")
        self.assertEqual(task.get_name(), "another")
        await task
        self.assertEqual(task.get_name(), "another")

    async def test_anything_becomes_a_string(self):
        task = asyncio.create_task(give(1), name=17)
        self.assertEqual(task.get_name(), "17")
        task.set_name(("a", 1))
        self.assertEqual(task.get_name(), "('a', 1)")
        await task

    async def test_an_empty_one(self):
        task = asyncio.create_task(give(1), name="")
        self.assertEqual(task.get_name(), "")
        await task

    async def test_by_every_way_to_make_a_task(self):
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            self.assertEqual(group.create_task(give(1), name="one").get_name(), "one")
            self.assertEqual(loop.create_task(give(1), name="two").get_name(), "two")
            self.assertEqual(asyncio.Task(give(1), name="three", loop=loop).get_name(), "three")
            await asyncio.sleep(0)
            await asyncio.sleep(0)


class Parts(unittest.IsolatedAsyncioTestCase):
    async def test_get_coro(self):
        coroutine = give(1)
        task = asyncio.create_task(coroutine)
        self.assertIs(task.get_coro(), coroutine)
        await task
        self.assertIs(task.get_coro(), coroutine)

    async def test_get_context(self):
        context = contextvars.copy_context()
        task = asyncio.create_task(give(1), context=context)
        self.assertIs(task.get_context(), context)
        other = asyncio.create_task(give(1))
        self.assertIsInstance(other.get_context(), contextvars.Context)
        self.assertIsNot(other.get_context(), context)
        await asyncio.gather(task, other)

    async def test_get_loop(self):
        task = asyncio.create_task(give(1))
        self.assertIs(task.get_loop(), asyncio.get_running_loop())
        await task

    async def test_its_coroutine_cannot_be_awaited_by_another(self):
        coroutine = give(1)
        task = asyncio.create_task(coroutine)
        await asyncio.sleep(0)
        with self.assertRaises(RuntimeError):
            await coroutine
        self.assertEqual(await task, 1)


class NeverStarted(unittest.TestCase):
    def test_a_coroutine_that_could_not_become_a_task_is_warned_of(self):
        loop = asyncio.new_event_loop()
        loop.close()
        coroutine = give(1)
        with self.assertRaises(RuntimeError):
            loop.create_task(coroutine)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del coroutine
        self.assertTrue(any("was never awaited" in str(entry.message) for entry in caught))


if __name__ == "__main__":
    unittest.main()
