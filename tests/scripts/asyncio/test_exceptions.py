"""Exceptions that nobody awaits reach the exception handler, and the loop goes on."""

import asyncio
import gc
import logging
import traceback
import unittest


class ExceptionHandler(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.reports = []
        self.loop.set_exception_handler(lambda loop, context: self.reports.append(context))

    def tearDown(self):
        self.loop.close()

    def turn(self):
        self.loop.run_until_complete(asyncio.sleep(0))

    def test_a_callback_that_raises(self):
        ran = []
        self.loop.call_soon(divmod, 1, 0)
        self.loop.call_soon(ran.append, "the next one")
        self.turn()
        self.assertEqual(ran, ["the next one"])
        self.assertIsInstance(self.reports[0]["exception"], ZeroDivisionError)
        self.assertIn("message", self.reports[0])
        self.assertIn("handle", self.reports[0])

    def test_a_timer_that_raises(self):
        self.loop.call_later(0.001, divmod, 1, 0)
        self.loop.run_until_complete(asyncio.sleep(0.02))
        self.assertEqual(len(self.reports), 1)

    def test_a_done_callback_that_raises(self):
        future = self.loop.create_future()
        future.add_done_callback(lambda future: 1 / 0)
        future.set_result(None)
        self.turn()
        self.assertIsInstance(self.reports[0]["exception"], ZeroDivisionError)

    def test_a_task_whose_exception_nobody_takes(self):
        async def fail():
            raise KeyError("mine")

        task = self.loop.create_task(fail())
        self.turn()
        self.turn()
        self.assertEqual(self.reports, [])
        del task
        gc.collect()
        self.assertIsInstance(self.reports[0]["exception"], KeyError)

    def test_keyboard_interrupt_and_system_exit_come_out(self):
        for exception in (KeyboardInterrupt, SystemExit):
            with self.subTest(exception.__name__):

                def leave():
                    raise exception

                self.loop.call_soon(leave)
                with self.assertRaises(exception):
                    self.loop.run_forever()
        self.assertEqual(self.reports, [])
        self.turn()

    def test_a_handler_that_raises_does_not_stop_the_loop(self):
        self.loop.set_exception_handler(lambda loop, context: 1 / 0)
        logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
        try:
            self.loop.call_soon(divmod, 1, 0)
            self.turn()
        finally:
            logging.getLogger("asyncio").setLevel(logging.NOTSET)


class Traceback(unittest.TestCase):
    def test_it_names_the_functions_down_to_the_raise(self):
        async def inner():
            await asyncio.sleep(0)
            raise KeyError("mine")

        async def outer():
            await asyncio.create_task(inner())

        try:
            asyncio.run(outer())
        except KeyError as error:
            names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        self.assertIn("outer", names)
        self.assertEqual(names[-1], "inner")


if __name__ == "__main__":
    unittest.main()
