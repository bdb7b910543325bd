"""Future: its three states, its result, its exception, its loop, what it refuses."""

import asyncio
import contextlib
import sys
import unittest
from asyncio import InvalidStateError


class FutureCase(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()

    def tearDown(self):
        self.loop.close()

    def state(self, future):
        return future.done(), future.cancelled()


class States(FutureCase):
    def test_a_new_one_is_pending(self):
        self.assertEqual(self.state(self.loop.create_future()), (False, False))

    def test_a_result_makes_it_done(self):
        future = self.loop.create_future()
        self.assertIsNone(future.set_result("result"))
        self.assertEqual(self.state(future), (True, False))
        self.assertEqual(future.result(), "result")
        self.assertIsNone(future.exception())

    def test_the_result_may_be_asked_for_again(self):
        future = self.loop.create_future()
        result = object()
        future.set_result(result)
        self.assertIs(future.result(), result)
        self.assertIs(future.result(), result)

    def test_none_is_a_result(self):
        future = self.loop.create_future()
        future.set_result(None)
        self.assertTrue(future.done())
        self.assertIsNone(future.result())

    def test_an_exception_is_a_result(self):
        future = self.loop.create_future()
        error = KeyError("a value, not a failure")
        future.set_result(error)
        self.assertIs(future.result(), error)
        self.assertIsNone(future.exception())

    def test_an_exception_makes_it_done(self):
        future = self.loop.create_future()
        error = KeyError("mine")
        self.assertIsNone(future.set_exception(error))
        self.assertEqual(self.state(future), (True, False))
        self.assertIs(future.exception(), error)
        with self.assertRaises(KeyError) as caught:
            future.result()
        self.assertIs(caught.exception, error)

    def test_the_exception_may_be_asked_for_again(self):
        future = self.loop.create_future()
        error = KeyError("mine")
        future.set_exception(error)
        for _ in range(3):
            with self.assertRaises(KeyError) as caught:
                future.result()
            self.assertIs(caught.exception, error)
            self.assertIs(future.exception(), error)

    def test_raising_it_again_does_not_lengthen_its_traceback(self):
        def length(error):
            count, entry = 0, error.__traceback__
            while entry is not None:
                count, entry = count + 1, entry.tb_next
            return count

        future = self.loop.create_future()
        future.set_exception(KeyError("mine"))
        lengths = set()
        for _ in range(5):
            try:
                future.result()
            except KeyError as error:
                lengths.add(length(error))
        self.assertEqual(len(lengths), 1)

    def test_a_class_of_exceptions_is_instantiated(self):
        future = self.loop.create_future()
        future.set_exception(KeyError)
        self.assertIsInstance(future.exception(), KeyError)

    def test_cancel_makes_it_cancelled(self):
        future = self.loop.create_future()
        self.assertIs(future.cancel(), True)
        self.assertEqual(self.state(future), (True, True))
        for ask in (future.result, future.exception):
            with self.assertRaises(asyncio.CancelledError):
                ask()

    def test_the_message_of_a_cancellation(self):
        for message, args in (("enough", ("enough",)), (None, ()), (17, (17,))):
            with self.subTest(message):
                future = self.loop.create_future()
                future.cancel(msg=message)
                with self.assertRaises(asyncio.CancelledError) as caught:
                    future.result()
                self.assertEqual(caught.exception.args, args)

    def test_the_message_of_a_cancellation_in_exception(self):
        future = self.loop.create_future()
        future.cancel("enough")
        with self.assertRaises(asyncio.CancelledError) as caught:
            future.exception()
        self.assertEqual(caught.exception.args, ("enough",))


class TooEarlyAndTooLate(FutureCase):
    def test_a_pending_one_has_neither_result_nor_exception(self):
        future = self.loop.create_future()
        for ask in (future.result, future.exception):
            with self.assertRaises(InvalidStateError):
                ask()

    def test_a_done_one_cannot_be_set_again(self):
        def with_result(future):
            future.set_result(1)

        def with_exception(future):
            future.set_exception(KeyError())
            future.exception()

        def with_cancel(future):
            future.cancel()

        for finish in (with_result, with_exception, with_cancel):
            with self.subTest(finish.__name__):
                future = self.loop.create_future()
                finish(future)
                before = self.state(future)
                with self.assertRaises(InvalidStateError):
                    future.set_result(2)
                with self.assertRaises(InvalidStateError):
                    future.set_exception(ValueError())
                self.assertIs(future.cancel(), False)
                self.assertEqual(self.state(future), before)

    def test_a_refused_result_leaves_the_first(self):
        future = self.loop.create_future()
        future.set_result(1)
        with self.assertRaises(InvalidStateError):
            future.set_result(2)
        self.assertEqual(future.result(), 1)

    def test_invalid_state_error_is_an_exception_of_its_own(self):
        self.assertTrue(issubclass(InvalidStateError, Exception))
        self.assertTrue(issubclass(asyncio.CancelledError, BaseException))
        self.assertFalse(issubclass(asyncio.CancelledError, Exception))


class WhatSetExceptionTakes(FutureCase):
    def test_something_that_is_no_exception_is_a_type_error(self):
        for wrong in (17, "text", object, None):
            with self.subTest(wrong):
                future = self.loop.create_future()
                with self.assertRaises(TypeError):
                    future.set_exception(wrong)
                self.assertFalse(future.done())

    def test_stop_iteration_does_not_come_out_as_itself(self):
        future = self.loop.create_future()
        with_result = StopIteration(4)
        future.set_exception(with_result)
        self.assertIsInstance(future.exception(), RuntimeError)
        self.assertIs(future.exception().__cause__, with_result)

    def test_the_class_stop_iteration_neither(self):
        future = self.loop.create_future()
        future.set_exception(StopIteration)
        with self.assertRaises(RuntimeError):
            future.result()

    def test_an_exception_that_is_no_subclass_of_exception(self):
        future = self.loop.create_future()
        error = GeneratorExit()
        future.set_exception(error)
        self.assertIs(future.exception(), error)


class Loop(FutureCase):
    def test_create_future_makes_one_of_that_loop(self):
        self.assertIs(self.loop.create_future().get_loop(), self.loop)

    def test_the_argument_loop(self):
        future = asyncio.Future(loop=self.loop)
        self.assertIs(future.get_loop(), self.loop)

    def test_inside_a_coroutine_it_is_the_running_one(self):
        async def main():
            return asyncio.Future().get_loop()

        self.assertIs(self.loop.run_until_complete(main()), self.loop)

    def test_the_loop_is_given_by_keyword_only(self):
        with self.assertRaises(TypeError):
            asyncio.Future(self.loop)

    def test_wrong_keywords(self):
        with self.assertRaises(TypeError):
            asyncio.Future(lop=self.loop)

    def test_run_until_complete_takes_one(self):
        future = self.loop.create_future()
        self.loop.call_soon(future.set_result, "result")
        self.assertEqual(self.loop.run_until_complete(future), "result")

    def test_run_until_complete_refuses_one_of_another_loop(self):
        other = asyncio.new_event_loop()
        try:
            with self.assertRaises(ValueError):
                self.loop.run_until_complete(other.create_future())
        finally:
            other.close()


class Arguments(FutureCase):
    def test_set_result_wants_one(self):
        future = self.loop.create_future()
        with self.assertRaises(TypeError):
            future.set_result()
        with self.assertRaises(TypeError):
            future.set_result(1, 2)
        self.assertFalse(future.done())

    def test_set_exception_wants_one(self):
        with self.assertRaises(TypeError):
            self.loop.create_future().set_exception()

    def test_the_questions_take_none(self):
        future = self.loop.create_future()
        for name in ("done", "cancelled", "result", "exception", "get_loop"):
            with self.subTest(name), self.assertRaises(TypeError):
                getattr(future, name)(1)


class Uninitialised(unittest.TestCase):
    """An object that __init__ never saw may raise what it likes, but does not crash."""

    def ask(self, new, names):
        for name in names:
            with self.subTest(name), contextlib.suppress(Exception):
                getattr(new, name)()
        with contextlib.suppress(Exception):
            repr(new)

    def test_future(self):
        names = ("done", "cancelled", "result", "exception", "get_loop", "cancel", "__await__")
        self.ask(asyncio.Future.__new__(asyncio.Future), names)

    @unittest.skipIf(sys.implementation.name == "cpython", "CPython crashes")
    def test_task(self):
        names = ("done", "result", "exception", "get_loop", "get_name", "get_coro", "get_context")
        self.ask(asyncio.Task.__new__(asyncio.Task), names + ("cancel", "cancelling", "uncancel"))


if __name__ == "__main__":
    unittest.main()
