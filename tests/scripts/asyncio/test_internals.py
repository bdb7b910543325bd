"""Attributes with an underscore that other libraries read from futures and tasks."""

import asyncio
import unittest

from asyncio import base_futures, futures, tasks


class Futures(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()
        self.loop.set_debug(False)
        self.future = self.loop.create_future()

    async def test_the_state(self):
        self.assertEqual(self.future._state, "PENDING")
        self.future.set_result("result")
        self.assertEqual(self.future._state, "FINISHED")
        cancelled = self.loop.create_future()
        cancelled.cancel()
        self.assertEqual(cancelled._state, "CANCELLED")

    async def test_the_loop_the_result_and_the_exception(self):
        self.assertIs(self.future._loop, self.loop)
        self.assertIsNone(self.future._result)
        self.assertIsNone(self.future._exception)
        self.future.set_result("result")
        self.assertEqual(self.future._result, "result")
        failed = self.loop.create_future()
        error = KeyError("mine")
        failed.set_exception(error)
        self.assertIs(failed._exception, error)
        failed.exception()

    async def test_the_callbacks_with_their_contexts(self):
        self.assertFalse(self.future._callbacks)
        self.future.add_done_callback(print)
        self.future.add_done_callback(repr)
        self.assertEqual([callback for callback, _ in self.future._callbacks], [print, repr])
        self.future.remove_done_callback(print)
        self.assertEqual([callback for callback, _ in self.future._callbacks], [repr])
        self.future.set_result(None)
        self.assertFalse(self.future._callbacks)

    async def test_the_message_of_a_cancellation(self):
        self.assertIsNone(self.future._cancel_message)
        self.future.cancel("enough")
        self.assertEqual(self.future._cancel_message, "enough")
        error = self.future._make_cancelled_error()
        self.assertIsInstance(error, asyncio.CancelledError)
        self.assertEqual(error.args, ("enough",))

    async def test_there_is_no_origin_without_debug_mode(self):
        self.assertIsNone(self.future._source_traceback)

    async def test_they_cannot_be_written_where_that_would_do_harm(self):
        for name in ("_state", "_loop", "_result", "_exception", "_callbacks"):
            with self.subTest(name), self.assertRaises(AttributeError):
                setattr(self.future, name, None)


class Tasks(unittest.IsolatedAsyncioTestCase):
    async def test_what_it_waits_for(self):
        future = asyncio.get_running_loop().create_future()

        async def wait():
            await future

        task = asyncio.create_task(wait())
        self.assertIsNone(task._fut_waiter)
        await asyncio.sleep(0)
        self.assertIs(task._fut_waiter, future)
        future.set_result(None)
        await task
        self.assertIsNone(task._fut_waiter)

    async def test_whether_it_must_be_cancelled(self):
        task = asyncio.create_task(asyncio.sleep(0))
        self.assertIs(task._must_cancel, False)
        task.cancel()
        self.assertIs(task._must_cancel, True)
        await asyncio.wait([task])
        self.assertIs(task._must_cancel, False)

    async def test_its_coroutine(self):
        coroutine = asyncio.sleep(0)
        task = asyncio.create_task(coroutine)
        self.assertIs(task._coro, coroutine)
        await task


class Modules(unittest.TestCase):
    def test_the_native_classes_are_those_that_asyncio_offers(self):
        import _asyncio

        self.assertIs(asyncio.Future, _asyncio.Future)
        self.assertIs(asyncio.Task, _asyncio.Task)
        self.assertIs(asyncio.isfuture, base_futures.isfuture)
        for name in ("current_task", "_register_task", "_enter_task", "_swap_current_task"):
            self.assertIs(getattr(tasks, name), getattr(_asyncio, name))
        for name in ("get_running_loop", "_get_running_loop", "_set_running_loop"):
            self.assertIs(getattr(asyncio.events, name), getattr(_asyncio, name))

    def test_they_call_themselves_asyncio_s(self):
        for cls in (asyncio.Future, asyncio.Task):
            self.assertEqual(cls.__module__, "_asyncio")
            self.assertEqual(cls.__qualname__, cls.__name__)
        self.assertEqual((asyncio.Future.__name__, asyncio.Task.__name__), ("Future", "Task"))


class InPython(unittest.TestCase):
    """asyncio's own futures and tasks, written in Python, work beside the native ones."""

    def run_beside(self, main):
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(tasks._PyTask(main(loop), loop=loop))
        finally:
            loop.close()

    def test_a_python_task_awaits_native_futures_and_tasks(self):
        async def main(loop):
            future = loop.create_future()
            loop.call_soon(future.set_result, "future")
            return await future, await loop.create_task(asyncio.sleep(0, "task"))

        self.assertEqual(self.run_beside(main), ("future", "task"))

    def test_a_native_task_awaits_python_futures_and_tasks(self):
        async def wait(loop):
            future = futures._PyFuture(loop=loop)
            loop.call_soon(future.set_result, "future")
            return await future, await tasks._PyTask(asyncio.sleep(0, "task"), loop=loop)

        async def main(loop):
            return await loop.create_task(wait(loop))

        self.assertEqual(self.run_beside(main), ("future", "task"))

    def test_cancelling_goes_through_both(self):
        async def main(loop):
            inner = tasks._PyTask(asyncio.Event().wait(), loop=loop)

            async def wait():
                await inner

            outer = loop.create_task(wait())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            outer.cancel("enough")
            try:
                await outer
            except asyncio.CancelledError as error:
                return error.args, inner.cancelled()

        self.assertEqual(self.run_beside(main), (("enough",), True))

    def test_gather_of_both(self):
        async def main(loop):
            one = tasks._PyTask(asyncio.sleep(0, 1), loop=loop)
            two = loop.create_task(asyncio.sleep(0, 2))
            return await asyncio.gather(one, two)

        self.assertEqual(self.run_beside(main), [1, 2])


if __name__ == "__main__":
    unittest.main()
