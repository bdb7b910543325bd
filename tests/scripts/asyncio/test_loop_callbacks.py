"""The loop's callbacks: handles, their order, their contexts, timers of any length."""

import asyncio
import contextvars
import gc
import logging
import math
import unittest
import weakref


class Case(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.calls = []

    def tearDown(self):
        self.loop.close()

    def turn(self):
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()

    def run_until(self, count):
        """Runs the loop until that many calls were noted."""

        async def main():
            while len(self.calls) < count:
                await asyncio.sleep(0.001)

        self.loop.run_until_complete(asyncio.wait_for(main(), 30))


class Handles(Case):
    def test_a_handle(self):
        handle = self.loop.call_soon(self.calls.append, 1)
        self.assertIsInstance(handle, asyncio.Handle)
        self.assertFalse(handle.cancelled())
        self.assertIsNone(handle.cancel())
        self.assertTrue(handle.cancelled())
        handle.cancel()
        self.turn()
        self.assertEqual(self.calls, [])

    def test_a_timer_handle_is_a_handle(self):
        handle = self.loop.call_later(1000, print)
        self.assertIsInstance(handle, asyncio.TimerHandle)
        self.assertIsInstance(handle, asyncio.Handle)
        handle.cancel()

    def test_cancelling_after_it_ran_is_nothing(self):
        handle = self.loop.call_soon(self.calls.append, 1)
        self.turn()
        handle.cancel()
        self.assertEqual(self.calls, [1])

    def test_a_handle_knows_its_context(self):
        context = contextvars.copy_context()
        handle = self.loop.call_soon(print, context=context)
        self.assertIs(handle.get_context(), context)
        self.assertIsInstance(self.loop.call_soon(int).get_context(), contextvars.Context)
        handle.cancel()

    def test_timers_compare_by_their_time(self):
        early, late = self.loop.call_at(1e9, print), self.loop.call_at(2e9, print)
        same = self.loop.call_at(1e9, print)
        self.assertTrue(early < late and early <= late and late > early and late >= early)
        self.assertFalse(late < early)
        self.assertTrue(early <= same and early >= same)
        self.assertEqual(early, self.loop.call_at(1e9, print))
        self.assertNotEqual(early, late)
        self.assertIsInstance(hash(early), int)
        with self.assertRaises(TypeError):
            self.assertLess(early, 1)

    def test_when(self):
        self.assertEqual(self.loop.call_at(1e9, print).when(), 1e9)
        before = self.loop.time()
        handle = self.loop.call_later(1000, print)
        self.assertTrue(before + 1000 <= handle.when() <= self.loop.time() + 1000)

    def test_arguments_are_passed_on(self):
        self.loop.call_soon(lambda *arguments: self.calls.append(arguments), 1, "two", None)
        self.turn()
        self.assertEqual(self.calls, [(1, "two", None)])

    def test_a_callback_that_ran_is_let_go(self):
        class Target:
            def __call__(self):
                pass

        target = Target()
        reference = weakref.ref(target)
        handle = self.loop.call_soon(target)
        self.turn()
        del target, handle
        gc.collect()
        self.assertIsNone(reference())


class Order(Case):
    def test_soon_before_timers_that_are_due_later(self):
        self.loop.call_later(0.005, self.calls.append, "timer")
        self.loop.call_soon(self.calls.append, "soon")
        self.run_until(2)
        self.assertEqual(self.calls, ["soon", "timer"])

    def test_timers_that_differ_by_microseconds(self):
        when = self.loop.time() + 0.005
        for n in reversed(range(50)):
            self.loop.call_at(when + n * 20e-6, self.calls.append, n)
        self.run_until(50)
        self.assertEqual(self.calls, list(range(50)))

    def test_timers_below_a_millisecond_that_wait_in_turn(self):
        """Each sets the next; none is early and none overtakes another."""
        loop, times = self.loop, []

        def step(n, due):
            times.append(loop.time() - due)
            if n:
                due = loop.time() + 0.0002
                loop.call_at(due, step, n - 1, due)
            else:
                loop.stop()

        loop.call_soon(step, 20, loop.time())
        loop.run_forever()
        self.assertEqual(len(times), 21)
        self.assertGreaterEqual(min(times), -loop._clock_resolution)

    def test_zero_and_negative_delays_run_in_order_after_what_is_ready(self):
        self.loop.call_later(0, self.calls.append, "zero")
        self.loop.call_later(-5, self.calls.append, "negative")
        self.loop.call_soon(self.calls.append, "soon")
        self.run_until(3)
        self.assertEqual(self.calls[0], "soon")
        self.assertEqual(sorted(self.calls[1:]), ["negative", "zero"])

    def test_callbacks_do_not_starve_timers(self):
        def again():
            if len(self.calls) == 0:
                self.loop.call_soon(again)

        self.loop.call_soon(again)
        self.loop.call_later(0.002, self.calls.append, "timer")
        self.run_until(1)
        self.assertEqual(self.calls, ["timer"])

    def test_timers_do_not_starve_callbacks(self):
        def again():
            if "soon" not in self.calls:
                self.loop.call_later(0, again)

        self.loop.call_later(0, again)
        self.loop.call_soon(self.calls.append, "soon")
        self.run_until(1)

    def test_many_timers_some_cancelled(self):
        handles = [self.loop.call_later(0.002 + n * 1e-6, self.calls.append, n) for n in range(500)]
        for handle in handles[::2]:
            handle.cancel()
        self.run_until(250)
        self.assertEqual(self.calls, list(range(1, 500, 2)))

    def test_a_timer_cancelled_by_an_earlier_one_of_the_same_time(self):
        when = self.loop.time() + 0.001
        self.loop.call_at(when, lambda: later.cancel())
        later = self.loop.call_at(when, self.calls.append, "cancelled")
        self.loop.call_at(when, self.calls.append, "kept")
        self.run_until(1)
        self.assertEqual(self.calls, ["kept"])

    def test_one_cancelled_while_it_waits_among_the_ready(self):
        self.loop.call_soon(lambda: later.cancel())
        self.loop.call_soon(self.calls.append, "kept")
        later = self.loop.call_soon(self.calls.append, "cancelled")
        self.turn()
        self.assertEqual(self.calls, ["kept"])


class Times(Case):
    def test_the_clock_is_monotonic(self):
        times = [self.loop.time() for _ in range(1000)]
        self.assertEqual(times, sorted(times))

    def test_a_far_time(self):
        for delay in (1e6, 1e9, 1e12):
            handle = self.loop.call_later(delay, print)
            self.loop.run_until_complete(asyncio.sleep(0))
            handle.cancel()

    def test_an_infinite_time_never_comes(self):
        handle = self.loop.call_later(math.inf, self.calls.append, "never")
        self.loop.run_until_complete(asyncio.sleep(0.005))
        self.assertEqual(self.calls, [])
        handle.cancel()

    def test_none_is_no_time(self):
        with self.assertRaises(TypeError):
            self.loop.call_later(None, print)
        with self.assertRaises(TypeError):
            self.loop.call_at(None, print)

    def test_sleep_of_nan_is_a_value_error(self):
        with self.assertRaises(ValueError):
            self.loop.run_until_complete(asyncio.sleep(math.nan))


class Contexts(Case):
    def test_a_callback_that_raises_leaves_the_context(self):
        variable = contextvars.ContextVar("variable", default="unset")
        self.loop.set_exception_handler(lambda loop, report: None)

        def fail():
            variable.set("changed")
            raise KeyError

        self.loop.call_soon(fail)
        self.loop.call_soon(lambda: self.calls.append(variable.get()))
        self.turn()
        self.assertEqual(self.calls, ["unset"])

    def test_one_given_context_for_several_callbacks(self):
        variable = contextvars.ContextVar("variable", default=0)
        context = contextvars.copy_context()
        for _ in range(3):
            self.loop.call_soon(lambda: variable.set(variable.get() + 1), context=context)
        self.turn()
        self.assertEqual((context[variable], variable.get()), (3, 0))

    def test_in_a_context_that_is_entered_already_it_cannot_run_but_the_next_can(self):
        reports = []
        self.loop.set_exception_handler(lambda loop, report: reports.append(report))
        context = contextvars.copy_context()
        self.loop.call_soon(self.calls.append, "cannot", context=context)
        self.loop.call_soon(self.calls.append, "can", context=contextvars.copy_context())
        logger = logging.getLogger("asyncio")
        with self.assertLogs(logger, "ERROR") as logs:
            # The handler of exceptions runs in that context too, so it may not run either.
            logger.error("before")
            context.run(self.turn)
        self.assertEqual(self.calls, ["can"])
        self.assertEqual(len(reports) + len(logs.records) - 1, 1)


class Handlers(Case):
    def test_the_exception_handler_is_kept(self):
        def handler(loop, report):
            pass

        self.assertIsNone(self.loop.get_exception_handler())
        self.loop.set_exception_handler(handler)
        self.assertIs(self.loop.get_exception_handler(), handler)
        with self.assertRaises(TypeError):
            self.loop.set_exception_handler(17)
        self.loop.set_exception_handler(None)
        self.assertIsNone(self.loop.get_exception_handler())

    def test_call_exception_handler(self):
        self.loop.set_exception_handler(lambda loop, report: self.calls.append((loop, report)))
        report = {"message": "mine"}
        self.loop.call_exception_handler(report)
        self.assertEqual(self.calls, [(self.loop, report)])

    def test_the_default_one_logs(self):
        with self.assertLogs("asyncio", "ERROR") as logs:
            self.loop.call_exception_handler({"message": "mine", "extra": 17})
        self.assertIn("mine", logs.output[0])
        self.assertIn("extra: 17", logs.output[0])

    def test_the_handler_runs_in_the_context_of_what_failed(self):
        variable = contextvars.ContextVar("variable", default="unset")
        self.loop.set_exception_handler(lambda loop, report: self.calls.append(variable.get()))
        context = contextvars.copy_context()
        context.run(variable.set, "of the callback")
        self.loop.call_soon(divmod, 1, 0, context=context)
        self.turn()
        self.assertEqual(self.calls, ["of the callback"])


if __name__ == "__main__":
    unittest.main()
