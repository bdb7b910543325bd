"""Subclasses of Future and Task, generic aliases, weak references, pickling."""

import asyncio
import collections.abc
import contextvars
import copy
import gc
import pickle
import types
import unittest
import weakref


async def wait_for(awaitable):
    return await awaitable


class Subclasses(unittest.IsolatedAsyncioTestCase):
    async def test_a_future_with_state_of_its_own(self):
        class Mine(asyncio.Future):
            def __init__(self, name, *, loop=None):
                super().__init__(loop=loop)
                self.name = name

        future = Mine("name")
        self.assertIsInstance(future, asyncio.Future)
        self.assertTrue(asyncio.isfuture(future))
        asyncio.get_running_loop().call_soon(future.set_result, "result")
        self.assertEqual((await future, future.name), ("result", "name"))

    async def test_a_future_whose_methods_are_overridden_is_asked_through_them(self):
        calls = []

        class Mine(asyncio.Future):
            def result(self):
                calls.append("result")
                return "mine: " + super().result()

            def add_done_callback(self, callback, *, context=None):
                calls.append("add_done_callback")
                super().add_done_callback(callback, context=context)

        future = Mine()
        task = asyncio.create_task(wait_for(future))
        await asyncio.sleep(0)
        self.assertEqual(calls, ["add_done_callback"])
        future.set_result("result")
        self.assertEqual(future.result(), "mine: result")
        await task

    async def test_an_overridden_cancel_is_asked_when_its_task_is_cancelled(self):
        messages = []

        class Mine(asyncio.Future):
            def cancel(self, msg=None):
                messages.append(msg)
                return super().cancel(msg)

        task = asyncio.create_task(wait_for(Mine()))
        await asyncio.sleep(0)
        task.cancel("enough")
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual(messages, ["enough"])

    async def test_a_task_that_cannot_be_cancelled(self):
        class Stubborn(asyncio.Task):
            def cancel(self, msg=None):
                return False

        async def outer():
            return await inner

        inner = Stubborn(asyncio.sleep(0, "result"), loop=asyncio.get_running_loop())
        task = asyncio.create_task(outer())
        await asyncio.sleep(0)
        self.assertFalse(inner.cancel())
        self.assertEqual(await task, "result")

    async def test_a_task_that_notes_what_was_done_to_it(self):
        calls = []

        class Noting(asyncio.Task):
            def cancel(self, *args, **kwargs):
                calls.append("cancel")
                return super().cancel(*args, **kwargs)

            def get_name(self):
                return "mine: " + super().get_name()

        task = Noting(asyncio.sleep(0), loop=asyncio.get_running_loop(), name="name")
        self.assertEqual(task.get_name(), "mine: name")
        gathering = asyncio.gather(task, asyncio.Event().wait())
        await asyncio.sleep(0)
        gathering.cancel()
        await asyncio.wait([gathering])
        self.assertEqual(calls, ["cancel"])

    async def test_a_task_whose_result_is_overridden(self):
        class Doubling(asyncio.Task):
            def result(self):
                return 2 * super().result()

        task = Doubling(asyncio.sleep(0, 21), loop=asyncio.get_running_loop())
        await asyncio.wait([task])
        self.assertEqual(task.result(), 42)

    async def test_overridden_callbacks_of_a_task(self):
        added = []

        class Noting(asyncio.Task):
            def add_done_callback(self, callback, *, context=None):
                added.append(callback)
                super().add_done_callback(callback, context=context)

        task = Noting(asyncio.sleep(0), loop=asyncio.get_running_loop())
        task.add_done_callback(print.__class__)
        await asyncio.wait([task])
        self.assertGreaterEqual(len(added), 2)

    async def test_attributes_may_be_added(self):
        future = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(asyncio.sleep(0))
        for thing in (type("Mine", (asyncio.Future,), {})(), future, task):
            thing.extra = 17
            self.assertEqual(thing.extra, 17)
        await task

    async def test_a_subclass_with_slots(self):
        class Slotted(asyncio.Future):
            __slots__ = ("mine",)

        future = Slotted()
        future.mine = 17
        future.set_result(None)
        self.assertEqual(future.mine, 17)

    async def test_a_task_is_a_future(self):
        self.assertTrue(issubclass(asyncio.Task, asyncio.Future))
        self.assertTrue(issubclass(asyncio.Future, collections.abc.Awaitable))
        self.assertFalse(issubclass(asyncio.Future, collections.abc.Coroutine))


class GenericAliases(unittest.TestCase):
    def test_future_and_task(self):
        for cls in (asyncio.Future, asyncio.Task):
            alias = cls[int]
            self.assertIsInstance(alias, types.GenericAlias)
            self.assertEqual((alias.__origin__, alias.__args__), (cls, (int,)))

    def test_an_alias_makes_objects(self):
        loop = asyncio.new_event_loop()
        self.assertIsInstance(asyncio.Future[int](loop=loop), asyncio.Future)
        loop.close()

    def test_of_a_subclass(self):
        class Mine(asyncio.Future):
            pass

        self.assertIs(Mine[str].__origin__, Mine)


class WeakReferences(unittest.IsolatedAsyncioTestCase):
    async def test_of_a_future(self):
        future = asyncio.get_running_loop().create_future()
        reference = weakref.ref(future)
        self.assertIs(reference(), future)
        del future
        gc.collect()
        self.assertIsNone(reference())

    async def test_of_a_task(self):
        task = asyncio.create_task(asyncio.sleep(0))
        reference = weakref.ref(task)
        await task
        del task
        await asyncio.sleep(0)
        gc.collect()
        self.assertIsNone(reference())

    async def test_a_callback_of_a_reference(self):
        gone = []
        future = asyncio.get_running_loop().create_future()
        reference = weakref.ref(future, gone.append)
        del future
        gc.collect()
        self.assertEqual(gone, [reference])

    async def test_in_a_weak_set(self):
        tasks = weakref.WeakSet()
        task = asyncio.create_task(asyncio.sleep(0))
        tasks.add(task)
        self.assertIn(task, tasks)
        await task

    async def test_a_done_future_lets_its_callbacks_go(self):
        class Target:
            def note(self, _):
                pass

        target = Target()
        reference = weakref.ref(target)
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(target.note)
        future.set_result(None)
        await asyncio.sleep(0)
        del target
        gc.collect()
        self.assertIsNone(reference())

    async def test_a_done_task_lets_its_coroutine_go(self):
        class Local:
            pass

        async def work():
            local = Local()
            references.append(weakref.ref(local))
            await asyncio.sleep(0)

        references = []
        task = asyncio.create_task(work())
        await task
        gc.collect()
        self.assertIsNone(references[0]())

    async def test_a_result_lives_as_long_as_its_future(self):
        class Result:
            pass

        result = Result()
        reference = weakref.ref(result)
        future = asyncio.get_running_loop().create_future()
        future.set_result(result)
        del result
        gc.collect()
        self.assertIsNotNone(reference())
        del future
        gc.collect()
        self.assertIsNone(reference())


class Pickling(unittest.IsolatedAsyncioTestCase):
    async def things(self):
        future = asyncio.get_running_loop().create_future()
        done = asyncio.get_running_loop().create_future()
        done.set_result("result")
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        return future, done, task

    async def test_none_can_be_pickled(self):
        for thing in await self.things():
            for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
                with self.subTest(thing=thing, protocol=protocol):
                    with self.assertRaises((TypeError, pickle.PicklingError)):
                        pickle.dumps(thing, protocol)

    async def test_none_can_be_copied(self):
        for thing in await self.things():
            with self.subTest(thing):
                with self.assertRaises(TypeError):
                    copy.copy(thing)

    async def test_their_exceptions_can(self):
        for error in (asyncio.CancelledError("enough"), asyncio.InvalidStateError("done")):
            copied = pickle.loads(pickle.dumps(error))
            self.assertIs(type(copied), type(error))
            self.assertEqual(copied.args, error.args)


class Equality(unittest.IsolatedAsyncioTestCase):
    async def test_only_the_same_one_is_equal(self):
        loop = asyncio.get_running_loop()
        one, two = loop.create_future(), loop.create_future()
        self.assertEqual(one, one)
        self.assertNotEqual(one, two)
        self.assertEqual(len({one, two, one}), 2)

    async def test_a_future_is_true(self):
        self.assertTrue(asyncio.get_running_loop().create_future())

    async def test_a_context_is_no_part_of_a_future(self):
        self.assertIsInstance(contextvars.copy_context(), contextvars.Context)
        self.assertFalse(hasattr(asyncio.get_running_loop().create_future(), "get_context"))


if __name__ == "__main__":
    unittest.main()
