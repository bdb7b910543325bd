"""Awaiting a Future: the iteration protocol, several waiters, what else may be awaited."""

import asyncio
import concurrent.futures
import unittest


class Protocol(unittest.TestCase):
    """What a Task and a Future say to each other, as other awaitables may have to."""

    def setUp(self):
        self.loop = asyncio.new_event_loop()

    def tearDown(self):
        self.loop.close()

    def test_a_pending_one_yields_itself(self):
        for begin in (asyncio.Future.__await__, asyncio.Future.__iter__):
            with self.subTest(begin.__name__):
                future = self.loop.create_future()
                self.assertIs(future._asyncio_future_blocking, False)
                steps = begin(future)
                self.assertIs(next(steps), future)
                self.assertIs(future._asyncio_future_blocking, True)

    def test_its_result_ends_the_iteration(self):
        future = self.loop.create_future()
        steps = future.__await__()
        steps.send(None)
        future.set_result("result")
        with self.assertRaises(StopIteration) as caught:
            steps.send(None)
        self.assertEqual(caught.exception.value, "result")

    def test_a_done_one_yields_nothing(self):
        future = self.loop.create_future()
        future.set_result("result")
        with self.assertRaises(StopIteration) as caught:
            next(future.__await__())
        self.assertEqual(caught.exception.value, "result")
        self.assertFalse(future._asyncio_future_blocking)

    def test_results_that_stop_iteration_might_misunderstand(self):
        for value in ((1, 2), (), StopIteration(3), None, KeyError("a value")):
            with self.subTest(value):
                future = self.loop.create_future()
                future.set_result(value)

                async def main():
                    return await future

                self.assertIs(self.loop.run_until_complete(main()), value)

    def test_its_exception_comes_out(self):
        future = self.loop.create_future()
        steps = future.__await__()
        next(steps)
        error = KeyError("mine")
        future.set_exception(error)
        with self.assertRaises(KeyError) as caught:
            next(steps)
        self.assertIs(caught.exception, error)

    def test_resumed_before_it_is_done_it_complains(self):
        steps = self.loop.create_future().__await__()
        next(steps)
        with self.assertRaises(RuntimeError):
            next(steps)

    def test_after_the_end_the_iterator_stays_at_its_end(self):
        future = self.loop.create_future()
        future.set_result("result")
        steps = future.__await__()
        with self.assertRaises(StopIteration):
            next(steps)
        with self.assertRaises(StopIteration) as caught:
            next(steps)
        self.assertIsNone(caught.exception.value)

    def test_throw_raises_and_ends_it(self):
        steps = self.loop.create_future().__await__()
        next(steps)
        error = KeyError("mine")
        with self.assertRaises(KeyError) as caught:
            steps.throw(error)
        self.assertIs(caught.exception, error)

    def test_throw_takes_a_class(self):
        steps = self.loop.create_future().__await__()
        with self.assertRaises(KeyError):
            steps.throw(KeyError)

    def test_throw_refuses_what_is_no_exception(self):
        steps = self.loop.create_future().__await__()
        with self.assertRaises(TypeError):
            steps.throw(17)

    def test_close(self):
        future = self.loop.create_future()
        steps = future.__await__()
        next(steps)
        self.assertIsNone(steps.close())
        self.assertFalse(future.done())

    def test_the_mark_can_be_written_but_not_deleted(self):
        future = self.loop.create_future()
        future._asyncio_future_blocking = True
        self.assertIs(future._asyncio_future_blocking, True)
        future._asyncio_future_blocking = False
        self.assertIs(future._asyncio_future_blocking, False)
        with self.assertRaises(AttributeError):
            del future._asyncio_future_blocking


class Waiters(unittest.IsolatedAsyncioTestCase):
    async def test_all_of_them_get_the_result_in_the_order_they_came(self):
        future = asyncio.get_running_loop().create_future()
        order = []

        async def wait(n):
            order.append((n, await future))

        tasks = [asyncio.create_task(wait(n)) for n in range(5)]
        await asyncio.sleep(0)
        future.set_result("result")
        await asyncio.gather(*tasks)
        self.assertEqual(order, [(n, "result") for n in range(5)])

    async def test_all_of_them_get_the_exception(self):
        future = asyncio.get_running_loop().create_future()

        async def wait():
            await future

        tasks = [asyncio.create_task(wait()) for _ in range(3)]
        await asyncio.sleep(0)
        error = KeyError("mine")
        future.set_exception(error)
        self.assertEqual(await asyncio.gather(*tasks, return_exceptions=True), [error] * 3)

    async def test_a_cancelled_future_cancels_those_who_wait(self):
        future = asyncio.get_running_loop().create_future()

        async def wait():
            await future

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        future.cancel("enough")
        with self.assertRaises(asyncio.CancelledError) as caught:
            await task
        self.assertTrue(task.cancelled())
        self.assertEqual(caught.exception.args, ("enough",))

    async def test_a_task_may_be_awaited_again_and_again(self):
        task = asyncio.create_task(asyncio.sleep(0, "result"))
        self.assertEqual([await task for _ in range(3)], ["result"] * 3)

    async def test_a_done_one_is_awaited_without_a_turn(self):
        future = asyncio.get_running_loop().create_future()
        future.set_result("result")
        turns = []
        asyncio.get_running_loop().call_soon(turns.append, "a turn")
        self.assertEqual(await future, "result")
        self.assertEqual(turns, [])

    async def test_one_of_another_loop_is_refused(self):
        other = asyncio.new_event_loop()
        self.addCleanup(other.close)
        future = other.create_future()

        async def wait():
            await future

        with self.assertRaises(RuntimeError):
            await asyncio.create_task(wait())

    async def test_a_task_cannot_await_itself(self):
        async def wait():
            await asyncio.current_task()

        with self.assertRaises(RuntimeError):
            await asyncio.create_task(wait())


class EnsureFuture(unittest.IsolatedAsyncioTestCase):
    async def test_a_future_is_left_as_it_is(self):
        future = asyncio.get_running_loop().create_future()
        self.assertIs(asyncio.ensure_future(future), future)

    async def test_a_coroutine_becomes_a_task(self):
        task = asyncio.ensure_future(asyncio.sleep(0, "result"))
        self.assertIsInstance(task, asyncio.Task)
        self.assertEqual(await task, "result")

    async def test_an_object_with_await_becomes_a_task(self):
        class Awaitable:
            def __await__(self):
                yield from asyncio.sleep(0).__await__()
                return "result"

        task = asyncio.ensure_future(Awaitable())
        self.assertIsInstance(task, asyncio.Task)
        self.assertEqual(await task, "result")

    async def test_anything_else_is_a_type_error(self):
        with self.assertRaises(TypeError):
            asyncio.ensure_future(17)

    async def test_a_future_of_another_loop_is_refused(self):
        other = asyncio.new_event_loop()
        self.addCleanup(other.close)
        with self.assertRaises(ValueError):
            asyncio.ensure_future(other.create_future(), loop=asyncio.get_running_loop())

    async def test_isfuture(self):
        class Duck:
            _asyncio_future_blocking = False

        task = asyncio.create_task(asyncio.sleep(0))
        self.assertTrue(asyncio.isfuture(asyncio.get_running_loop().create_future()))
        self.assertTrue(asyncio.isfuture(task))
        self.assertTrue(asyncio.isfuture(Duck()))
        for other in (17, asyncio.Future, concurrent.futures.Future(), Duck):
            self.assertFalse(asyncio.isfuture(other))
        await task


class WrapFuture(unittest.IsolatedAsyncioTestCase):
    async def test_a_result_an_exception_and_a_cancellation_pass(self):
        theirs = [concurrent.futures.Future() for _ in range(3)]
        ours = [asyncio.wrap_future(future) for future in theirs]
        theirs[0].set_result("result")
        theirs[1].set_exception(KeyError("mine"))
        theirs[2].cancel()
        self.assertEqual(await ours[0], "result")
        with self.assertRaises(KeyError):
            await ours[1]
        with self.assertRaises(asyncio.CancelledError):
            await ours[2]

    async def test_cancelling_ours_cancels_theirs(self):
        theirs = concurrent.futures.Future()
        ours = asyncio.wrap_future(theirs)
        ours.cancel()
        await asyncio.sleep(0)
        self.assertTrue(theirs.cancelled())

    async def test_an_asyncio_future_is_left_as_it_is(self):
        future = asyncio.get_running_loop().create_future()
        self.assertIs(asyncio.wrap_future(future), future)


class AnotherFuture:
    """A future of somebody else: no subclass, only the protocol."""

    _asyncio_future_blocking = False

    def __init__(self):
        self.callbacks = []
        self.finished = False
        self.cancels = []

    def get_loop(self):
        return asyncio.get_running_loop()

    def add_done_callback(self, callback, *, context=None):
        self.callbacks.append((callback, context))

    def remove_done_callback(self, callback):
        self.callbacks = [entry for entry in self.callbacks if entry[0] is not callback]

    def cancel(self, msg=None):
        self.cancels.append(msg)
        return False

    def result(self):
        return "theirs"

    def exception(self):
        return None

    def done(self):
        return self.finished

    def cancelled(self):
        return False

    def finish(self):
        self.finished = True
        for callback, context in self.callbacks:
            self.get_loop().call_soon(callback, self, context=context)

    def __await__(self):
        if not self.finished:
            self._asyncio_future_blocking = True
            yield self
        return self.result()


class Ducks(unittest.IsolatedAsyncioTestCase):
    async def wait(self, future):
        return await future

    async def test_a_task_awaits_it(self):
        future = AnotherFuture()
        task = asyncio.create_task(self.wait(future))
        await asyncio.sleep(0)
        self.assertFalse(future._asyncio_future_blocking)
        self.assertEqual(len(future.callbacks), 1)
        future.finish()
        self.assertEqual(await task, "theirs")

    async def test_cancel_reaches_it(self):
        future = AnotherFuture()
        task = asyncio.create_task(self.wait(future))
        await asyncio.sleep(0)
        task.cancel("enough")
        self.assertEqual(future.cancels, ["enough"])
        # It would not be cancelled; the task is, as soon as the future is done.
        future.finish()
        with self.assertRaises(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    unittest.main()
