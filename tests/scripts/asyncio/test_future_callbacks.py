"""add_done_callback and remove_done_callback: when, how often, in which order and context."""

import asyncio
import contextvars
import unittest


class CallbackCase(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.calls = []

    def tearDown(self):
        self.loop.close()

    def turn(self):
        """Runs what is ready now."""
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()


class When(CallbackCase):
    def test_not_at_once_but_in_the_next_turn(self):
        future = self.loop.create_future()
        future.add_done_callback(self.calls.append)
        future.set_result(None)
        self.assertEqual(self.calls, [])
        self.turn()
        self.assertEqual(self.calls, [future])

    def test_one_that_is_added_late_is_called_too_and_not_at_once(self):
        future = self.loop.create_future()
        future.set_result(None)
        future.add_done_callback(self.calls.append)
        self.assertEqual(self.calls, [])
        self.turn()
        self.assertEqual(self.calls, [future])

    def test_for_a_result_an_exception_and_a_cancellation(self):
        futures = [self.loop.create_future() for _ in range(3)]
        for future in futures:
            future.add_done_callback(self.calls.append)
        futures[0].set_result(None)
        futures[1].set_exception(KeyError())
        futures[1].exception()
        futures[2].cancel()
        self.turn()
        self.assertEqual(self.calls, futures)

    def test_once_only(self):
        future = self.loop.create_future()
        future.add_done_callback(self.calls.append)
        future.set_result(None)
        future.cancel()
        self.turn()
        self.turn()
        self.assertEqual(self.calls, [future])

    def test_in_the_order_in_which_they_were_added(self):
        future = self.loop.create_future()
        for n in range(10):
            future.add_done_callback(lambda _, n=n: self.calls.append(n))
        future.set_result(None)
        self.turn()
        self.assertEqual(self.calls, list(range(10)))

    def test_they_take_their_place_among_the_loop_s_callbacks(self):
        future = self.loop.create_future()
        future.add_done_callback(lambda _: self.calls.append("first of the future"))
        future.add_done_callback(lambda _: self.calls.append("second of the future"))
        self.loop.call_soon(self.calls.append, "before")
        future.set_result(None)
        self.loop.call_soon(self.calls.append, "after")
        self.turn()
        self.assertEqual(
            self.calls, ["before", "first of the future", "second of the future", "after"]
        )

    def test_the_same_one_twice_is_called_twice(self):
        future = self.loop.create_future()
        future.add_done_callback(self.calls.append)
        future.add_done_callback(self.calls.append)
        future.set_result(None)
        self.turn()
        self.assertEqual(self.calls, [future, future])

    def test_of_a_task_that_ends(self):
        async def main():
            task = asyncio.create_task(asyncio.sleep(0))
            task.add_done_callback(self.calls.append)
            await task
            await asyncio.sleep(0)
            return task

        self.assertEqual(self.calls, [self.loop.run_until_complete(main())])

    def test_one_added_by_another_is_called_too(self):
        future = self.loop.create_future()
        future.add_done_callback(lambda future: future.add_done_callback(self.calls.append))
        future.set_result(None)
        self.turn()
        self.turn()
        self.assertEqual(self.calls, [future])

    def test_one_that_raises_does_not_keep_the_others_from_running(self):
        reports = []
        self.loop.set_exception_handler(lambda loop, context: reports.append(context))
        future = self.loop.create_future()
        future.add_done_callback(lambda _: 1 / 0)
        future.add_done_callback(self.calls.append)
        future.set_result(None)
        self.turn()
        self.assertEqual(self.calls, [future])
        self.assertIsInstance(reports[0]["exception"], ZeroDivisionError)
        self.assertEqual(len(reports), 1)


class Remove(CallbackCase):
    def test_it_says_how_many_it_removed(self):
        future = self.loop.create_future()
        other = []
        for callback in (self.calls.append, other.append, self.calls.append):
            future.add_done_callback(callback)
        self.assertEqual(future.remove_done_callback(self.calls.append), 2)
        self.assertEqual(future.remove_done_callback(self.calls.append), 0)
        future.set_result(None)
        self.turn()
        self.assertEqual((self.calls, other), ([], [future]))

    def test_each_place_in_a_list_of_several(self):
        names = ("one", "two", "three")
        callbacks = [lambda _, name=name: self.calls.append(name) for name in names]
        for name, removed in zip(names, callbacks, strict=True):
            with self.subTest(name):
                self.calls.clear()
                future = self.loop.create_future()
                for callback in callbacks:
                    future.add_done_callback(callback)
                self.assertEqual(future.remove_done_callback(removed), 1)
                future.set_result(None)
                self.turn()
                self.assertEqual(self.calls, [other for other in names if other != name])

    def test_one_that_was_never_added(self):
        future = self.loop.create_future()
        self.assertEqual(future.remove_done_callback(print), 0)
        future.add_done_callback(self.calls.append)
        self.assertEqual(future.remove_done_callback(print), 0)

    def test_they_are_compared_by_equality(self):
        class Same:
            def __eq__(self, other):
                return isinstance(other, Same)

            __hash__ = None

            def __call__(self, future):
                raise AssertionError("it was removed")

        future = self.loop.create_future()
        for _ in range(4):
            future.add_done_callback(Same())
        self.assertEqual(future.remove_done_callback(Same()), 4)

    def test_a_comparison_that_raises_comes_out(self):
        class Bad:
            def __eq__(self, other):
                raise KeyError("mine")

            def __call__(self, future):
                pass

        future = self.loop.create_future()
        future.add_done_callback(Bad())
        with self.assertRaises(KeyError):
            future.remove_done_callback(Bad())

    def test_a_comparison_that_empties_the_list(self):
        future = self.loop.create_future()

        class Clears:
            compared = False

            def __eq__(self, other):
                if not Clears.compared:
                    Clears.compared = True
                    future.remove_done_callback(plain)
                return False

            def __call__(self, future):
                pass

        def plain(_):
            pass

        for callback in (plain, Clears(), plain, Clears(), plain):
            future.add_done_callback(callback)
        self.assertGreaterEqual(future.remove_done_callback(Clears()), 0)

    def test_after_the_end_it_is_too_late(self):
        future = self.loop.create_future()
        future.add_done_callback(self.calls.append)
        future.set_result(None)
        self.assertEqual(future.remove_done_callback(self.calls.append), 0)
        self.turn()
        self.assertEqual(self.calls, [future])


class Context(CallbackCase):
    def setUp(self):
        super().setUp()
        self.variable = contextvars.ContextVar("variable", default="unset")

    def note(self, _):
        self.calls.append(self.variable.get())

    def test_the_one_that_was_current_when_it_was_added(self):
        future = self.loop.create_future()
        contextvars.copy_context().run(self.add_with, future, "one")
        contextvars.copy_context().run(self.add_with, future, "two")
        future.add_done_callback(self.note)
        future.set_result(None)
        self.turn()
        self.assertEqual(self.calls, ["one", "two", "unset"])

    def add_with(self, future, value):
        self.variable.set(value)
        future.add_done_callback(self.note)

    def test_one_that_is_given(self):
        context = contextvars.copy_context()
        context.run(self.variable.set, "given")
        future = self.loop.create_future()
        future.add_done_callback(self.note, context=context)
        future.set_result(None)
        future.add_done_callback(self.note, context=context)
        self.turn()
        self.assertEqual(self.calls, ["given", "given"])

    def test_what_a_callback_sets_stays_in_the_given_context(self):
        context = contextvars.copy_context()
        future = self.loop.create_future()
        future.add_done_callback(lambda _: self.variable.set("set"), context=context)
        future.set_result(None)
        self.turn()
        self.assertEqual(context[self.variable], "set")
        self.assertEqual(self.variable.get(), "unset")

    def test_the_context_is_given_by_keyword_only(self):
        future = self.loop.create_future()
        with self.assertRaises(TypeError):
            future.add_done_callback(self.note, contextvars.copy_context())

    def test_remove_finds_it_whatever_its_context(self):
        future = self.loop.create_future()
        future.add_done_callback(self.note, context=contextvars.copy_context())
        future.add_done_callback(self.note)
        self.assertEqual(future.remove_done_callback(self.note), 2)


if __name__ == "__main__":
    unittest.main()
