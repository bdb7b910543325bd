"""Exceptions that nobody takes are reported once, when their future or task goes."""

import asyncio
import gc
import logging
import unittest


class Case(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.loop.set_debug(False)
        self.reports = []
        self.loop.set_exception_handler(lambda loop, report: self.reports.append(report))

    def tearDown(self):
        self.loop.close()

    def failed(self, error=None):
        future = self.loop.create_future()
        future.set_exception(error or KeyError("mine"))
        return future


class Futures(Case):
    def test_reported_when_it_goes(self):
        error = KeyError("mine")
        future = self.failed(error)
        gc.collect()
        self.assertEqual(self.reports, [])
        del future
        gc.collect()
        (report,) = self.reports
        self.assertIs(report["exception"], error)
        self.assertIn("exception was never retrieved", report["message"])
        self.assertIsInstance(report["future"], asyncio.Future)

    def test_result_exception_and_await_retrieve_it(self):
        async def wait(future):
            await future

        def run(future):
            self.loop.run_until_complete(wait(future))

        for retrieve in (asyncio.Future.result, run):
            future = self.failed()
            with self.assertRaises(KeyError):
                retrieve(future)
            del future
        future = self.failed()
        future.exception()
        del future
        gc.collect()
        self.assertEqual(self.reports, [])

    def test_a_done_callback_that_does_not_ask_does_not_retrieve_it(self):
        future = self.failed()
        future.add_done_callback(lambda _: None)
        self.loop.run_until_complete(asyncio.sleep(0))
        del future
        gc.collect()
        self.assertEqual(len(self.reports), 1)

    def test_results_and_cancellations_are_no_reason(self):
        with_result = self.loop.create_future()
        with_result.set_result(KeyError("a value"))
        cancelled = self.loop.create_future()
        cancelled.cancel()
        pending = self.loop.create_future()
        del with_result, cancelled, pending
        gc.collect()
        self.assertEqual(self.reports, [])

    def test_the_mark_can_be_taken_away(self):
        future = self.failed()
        self.assertTrue(future._log_traceback)
        future._log_traceback = False
        with self.assertRaises(ValueError):
            future._log_traceback = True
        del future
        gc.collect()
        self.assertEqual(self.reports, [])

    def test_a_subclass_is_named(self):
        class Mine(asyncio.Future):
            pass

        future = Mine(loop=self.loop)
        future.set_exception(KeyError())
        del future
        gc.collect()
        self.assertIn("Mine exception was never retrieved", self.reports[0]["message"])

    def test_in_a_cycle(self):
        future = self.failed()
        future.itself = future
        del future
        gc.collect()
        gc.collect()
        self.assertEqual(len(self.reports), 1)

    def test_many(self):
        for n in range(100):
            self.failed(KeyError(n))
        gc.collect()
        self.assertEqual(len(self.reports), 100)

    def test_after_the_loop_was_closed(self):
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda loop, report: self.reports.append(report))
        future = loop.create_future()
        future.set_exception(KeyError())
        loop.close()
        del future
        gc.collect()
        self.assertEqual(len(self.reports), 1)

    def test_a_handler_that_raises_does_no_harm(self):
        logger = logging.getLogger("asyncio")
        with self.assertLogs(logger, logging.ERROR):
            self.loop.set_exception_handler(lambda loop, report: 1 / 0)
            self.failed()
            gc.collect()
        self.loop.run_until_complete(asyncio.sleep(0))


class Tasks(Case):
    def test_reported_with_its_message(self):
        async def fail():
            raise KeyError("mine")

        task = self.loop.create_task(fail(), name="mine")
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.run_until_complete(asyncio.sleep(0))
        self.assertEqual(self.reports, [])
        del task
        gc.collect()
        (report,) = self.reports
        self.assertIn("Task exception was never retrieved", report["message"])
        self.assertIsInstance(report["exception"], KeyError)
        self.assertEqual(report["future"].get_name(), "mine")

    def test_a_wait_that_does_not_ask_does_not_retrieve_it(self):
        async def fail():
            raise KeyError("mine")

        async def main():
            await asyncio.wait([asyncio.create_task(fail())])

        self.loop.run_until_complete(main())
        gc.collect()
        self.assertEqual(len(self.reports), 1)

    def test_a_cancelled_one_is_not_reported(self):
        async def main():
            task = asyncio.create_task(asyncio.Event().wait())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])

        self.loop.run_until_complete(main())
        gc.collect()
        self.assertEqual(self.reports, [])


class Default(Case):
    """Without a handler of one's own the report is logged."""

    def setUp(self):
        super().setUp()
        self.loop.set_exception_handler(None)

    def test_logged_as_an_error_with_its_traceback(self):
        with self.assertLogs("asyncio", logging.ERROR) as logs:
            self.failed(KeyError("mine"))
            gc.collect()
        (record,) = logs.records
        self.assertIn("exception was never retrieved", record.getMessage())
        self.assertIsInstance(record.exc_info[1], KeyError)

    def test_in_debug_mode_where_the_future_was_made(self):
        self.loop.set_debug(True)
        with self.assertLogs("asyncio", logging.ERROR) as logs:
            self.failed(KeyError("mine"))
            gc.collect()
        message = logs.records[0].getMessage()
        self.assertIn("source_traceback", message)
        self.assertIn("test_never_retrieved.py", message)


if __name__ == "__main__":
    unittest.main()
