"""Who awaits whom: capture_call_graph and its relatives, of Python 3.14."""

import asyncio
import gc
import io
import sys
import unittest
import weakref


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


def awaited_by(future):
    """The names of the tasks that await it, sorted."""
    graph = asyncio.capture_call_graph(future)
    return sorted(parent.future.get_name() for parent in graph.awaited_by)


def functions(graph):
    """The names of the functions in its call stack, in its order."""
    return [entry.frame.f_code.co_name for entry in graph.call_stack]


@unittest.skipIf(sys.version_info < (3, 14), "new in Python 3.14")
class Case(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.event = asyncio.Event()

    async def asyncTearDown(self):
        self.event.set()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)

    async def leaf(self):
        await self.event.wait()

    async def wait_for(self, awaitable):
        return await awaitable

    def start(self, coroutine, name):
        return asyncio.create_task(coroutine, name=name)


class AwaitedBy(Case):
    async def test_nobody(self):
        task = self.start(self.leaf(), "leaf")
        await turns(1)
        self.assertEqual(awaited_by(task), [])
        self.assertEqual(awaited_by(asyncio.get_running_loop().create_future()), [])

    async def test_a_task_that_awaits_a_task(self):
        leaf = self.start(self.leaf(), "leaf")
        self.start(self.wait_for(leaf), "parent")
        await turns(2)
        self.assertEqual(awaited_by(leaf), ["parent"])

    async def test_several(self):
        leaf = self.start(self.leaf(), "leaf")
        for name in ("one", "two", "three"):
            self.start(self.wait_for(leaf), name)
        await turns(2)
        self.assertEqual(awaited_by(leaf), ["one", "three", "two"])

    async def test_a_plain_future(self):
        future = asyncio.get_running_loop().create_future()
        self.start(self.wait_for(future), "parent")
        await turns(1)
        self.assertEqual(awaited_by(future), ["parent"])
        future.set_result(None)

    async def test_no_longer_once_it_is_done(self):
        leaf = self.start(self.leaf(), "leaf")
        parent = self.start(self.wait_for(leaf), "parent")
        await turns(2)
        self.event.set()
        await parent
        self.assertEqual(awaited_by(leaf), [])

    async def test_no_longer_once_the_waiter_was_cancelled(self):
        class Kept(asyncio.Future):
            """It cannot be cancelled, so the waiter's cancellation does not end it."""

            def cancel(self, msg=None):
                return False

        kept = Kept()

        async def waiter():
            try:
                await kept
            finally:
                self.assertEqual(awaited_by(kept), [])

        task = self.start(waiter(), "waiter")
        await turns(1)
        self.assertEqual(awaited_by(kept), ["waiter"])
        task.cancel()
        kept.set_result(None)
        with self.assertRaises(asyncio.CancelledError):
            await task

    async def test_a_waiter_that_goes_on_to_something_else(self):
        one = asyncio.get_running_loop().create_future()
        two = asyncio.get_running_loop().create_future()

        async def parent():
            await one
            await two

        self.start(parent(), "parent")
        await turns(1)
        self.assertEqual((awaited_by(one), awaited_by(two)), (["parent"], []))
        one.set_result(None)
        await turns(1)
        self.assertEqual((awaited_by(one), awaited_by(two)), ([], ["parent"]))
        two.set_result(None)

    async def test_gather(self):
        children = [self.start(self.leaf(), f"child {n}") for n in range(3)]

        async def parent():
            await asyncio.gather(*children)

        self.start(parent(), "parent")
        await turns(2)
        for child in children:
            self.assertEqual(awaited_by(child), ["parent"])

    async def test_wait(self):
        children = [self.start(self.leaf(), f"child {n}") for n in range(2)]
        parent = self.start(asyncio.wait(children), "parent")
        await turns(2)
        for child in children:
            self.assertEqual(awaited_by(child), ["parent"])
        self.event.set()
        await parent
        self.assertEqual(awaited_by(children[0]), [])

    async def test_a_group(self):
        started = []

        async def parent():
            async with asyncio.TaskGroup() as group:
                started.append(group.create_task(self.leaf(), name="child"))

        self.start(parent(), "parent")
        await turns(2)
        self.assertEqual(awaited_by(started[0]), ["parent"])

    async def test_shield_and_timeout(self):
        leaf = self.start(self.leaf(), "leaf")

        async def parent():
            async with asyncio.timeout(1000):
                await asyncio.shield(leaf)

        self.start(parent(), "parent")
        await turns(2)
        self.assertEqual(awaited_by(leaf), ["parent"])

    async def test_a_chain(self):
        leaf = self.start(self.leaf(), "leaf")
        middle = self.start(self.wait_for(leaf), "middle")
        self.start(self.wait_for(middle), "outer")
        await turns(3)
        graph = asyncio.capture_call_graph(leaf)
        self.assertIs(graph.awaited_by[0].future, middle)
        self.assertEqual(graph.awaited_by[0].awaited_by[0].future.get_name(), "outer")

    async def test_a_waiter_is_not_kept_alive_once_it_is_done(self):
        leaf = asyncio.get_running_loop().create_future()
        parent = self.start(self.wait_for(leaf), "parent")
        await turns(1)
        leaf.set_result(None)
        await parent
        reference = weakref.ref(parent)
        del parent
        await turns(2)
        gc.collect()
        self.assertIsNone(reference())


class ByHand(Case):
    async def test_add_and_discard(self):
        future = asyncio.get_running_loop().create_future()
        me = asyncio.current_task()
        me.set_name("me")
        self.assertIsNone(asyncio.future_add_to_awaited_by(future, me))
        self.assertEqual(awaited_by(future), ["me"])
        self.assertIsNone(asyncio.future_discard_from_awaited_by(future, me))
        self.assertEqual(awaited_by(future), [])

    async def test_twice_is_once(self):
        future = asyncio.get_running_loop().create_future()
        for _ in range(2):
            asyncio.future_add_to_awaited_by(future, asyncio.current_task())
        self.assertEqual(len(asyncio.capture_call_graph(future).awaited_by), 1)
        asyncio.future_discard_from_awaited_by(future, asyncio.current_task())
        self.assertEqual(asyncio.capture_call_graph(future).awaited_by, ())

    async def test_several_by_hand(self):
        loop = asyncio.get_running_loop()
        future, waiters = loop.create_future(), [loop.create_future() for _ in range(3)]
        for waiter in waiters:
            asyncio.future_add_to_awaited_by(future, waiter)
        asyncio.future_discard_from_awaited_by(future, waiters[1])
        graph = asyncio.capture_call_graph(future)
        self.assertEqual({parent.future for parent in graph.awaited_by}, {waiters[0], waiters[2]})

    async def test_discarding_what_was_never_added(self):
        loop = asyncio.get_running_loop()
        asyncio.future_discard_from_awaited_by(loop.create_future(), loop.create_future())

    async def test_other_objects_have_no_effect(self):
        future = asyncio.get_running_loop().create_future()
        asyncio.future_add_to_awaited_by(future, object())
        asyncio.future_add_to_awaited_by(object(), future)
        asyncio.future_discard_from_awaited_by(object(), object())
        self.assertEqual(awaited_by(future), [])

    async def test_of_a_subclass(self):
        class Mine(asyncio.Future):
            pass

        mine, future = Mine(), asyncio.get_running_loop().create_future()
        asyncio.future_add_to_awaited_by(mine, future)
        self.assertIs(asyncio.capture_call_graph(mine).awaited_by[0].future, future)
        asyncio.future_discard_from_awaited_by(mine, future)


class CallStack(Case):
    async def inner(self):
        await self.event.wait()

    async def outer(self):
        await self.inner()

    async def test_of_a_task_that_waits(self):
        task = self.start(self.outer(), "task")
        await turns(1)
        names = functions(asyncio.capture_call_graph(task))
        self.assertEqual(names, ["wait", "inner", "outer"])

    async def test_of_the_current_task(self):
        async def here():
            return functions(asyncio.capture_call_graph())

        async def parent():
            return await here()

        names = await self.start(parent(), "task")
        self.assertEqual(names[:2], ["here", "parent"])
        self.assertNotIn("run_until_complete", names)

    async def test_of_the_current_task_given_as_an_argument(self):
        async def here():
            return functions(asyncio.capture_call_graph(asyncio.current_task()))

        self.assertEqual((await self.start(here(), "task"))[0], "here")

    async def test_a_limit(self):
        task = self.start(self.outer(), "task")
        await turns(1)
        self.assertEqual(len(asyncio.capture_call_graph(task, limit=2).call_stack), 2)
        self.assertEqual(len(asyncio.capture_call_graph(task, limit=-2).call_stack), 2)
        self.assertEqual(asyncio.capture_call_graph(task, limit=0).call_stack, ())

    async def test_of_a_future_there_is_none(self):
        graph = asyncio.capture_call_graph(asyncio.get_running_loop().create_future())
        self.assertEqual(graph.call_stack, ())

    async def test_without_a_task(self):
        seen = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(
            lambda: seen.set_result((asyncio.capture_call_graph(), asyncio.format_call_graph()))
        )
        self.assertEqual(await seen, (None, ""))

    async def test_what_is_no_future_is_refused(self):
        with self.assertRaises(TypeError):
            asyncio.capture_call_graph(17)

    async def test_the_graph_is_frozen(self):
        graph = asyncio.capture_call_graph()
        self.assertIsInstance(graph, asyncio.FutureCallGraph)
        self.assertIsInstance(graph.call_stack[0], asyncio.FrameCallGraphEntry)
        with self.assertRaises(AttributeError):
            graph.future = None


class Printed(Case):
    async def test_names_functions_and_waiters(self):
        leaf = self.start(self.leaf(), "leaf")
        self.start(self.wait_for(leaf), "parent")
        await turns(2)
        text = asyncio.format_call_graph(leaf)
        self.assertIn("Task(name='leaf'", text)
        self.assertIn("Call stack", text)
        self.assertIn("leaf()", text)
        self.assertIn("Awaited by", text)
        self.assertLess(text.index("Awaited by"), text.index("Task(name='parent'"))

    async def test_into_a_file(self):
        task = self.start(self.leaf(), "leaf")
        await turns(1)
        file = io.StringIO()
        asyncio.print_call_graph(task, file=file)
        self.assertEqual(file.getvalue(), asyncio.format_call_graph(task) + "\n")

    async def test_of_the_current_task(self):
        asyncio.current_task().set_name("me")
        self.assertIn("Task(name='me'", asyncio.format_call_graph())


@unittest.skipIf(sys.version_info < (3, 14), "new in Python 3.14")
class Outside(unittest.TestCase):
    def test_without_a_loop_or_a_future_it_is_a_runtime_error(self):
        with self.assertRaises(RuntimeError):
            asyncio.capture_call_graph()

    def test_of_a_future_of_a_loop_that_does_not_run(self):
        loop = asyncio.new_event_loop()
        future = loop.create_future()
        self.assertIs(asyncio.capture_call_graph(future).future, future)
        loop.close()


if __name__ == "__main__":
    unittest.main()
