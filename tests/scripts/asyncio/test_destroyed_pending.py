"""Pending tasks and futures that nobody holds any more."""

import asyncio
import gc
import unittest
import weakref


class Case(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.loop.set_debug(False)
        self.reports = []
        self.loop.set_exception_handler(lambda loop, report: self.reports.append(report))

    def tearDown(self):
        self.loop.close()

    def turns(self, count=2):
        for _ in range(count):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    def collect(self):
        for _ in range(3):
            gc.collect()


async def wait_for(holder):
    holder.future = asyncio.get_running_loop().create_future()
    await holder.future


class Holder:
    future = None


class Tasks(Case):
    def test_a_task_whose_future_nobody_holds_goes_and_is_reported(self):
        holder = Holder()
        task = self.loop.create_task(wait_for(holder), name="mine")
        reference = weakref.ref(task)
        self.turns()
        del task
        self.collect()
        # The future that it waits for holds it.
        self.assertIsNotNone(reference())
        self.assertEqual(self.reports, [])
        holder.future = None
        self.collect()
        self.assertIsNone(reference())
        (report,) = self.reports
        self.assertIn("Task was destroyed but it is pending!", report["message"])
        self.assertEqual(report["task"].get_name(), "mine")

    def test_its_coroutine_is_closed(self):
        ends = []

        async def work():
            try:
                await wait_for(holder)
            finally:
                ends.append("closed")

        holder = Holder()
        self.loop.create_task(work())
        self.turns()
        holder.future = None
        self.collect()
        self.assertEqual(ends, ["closed"])

    def test_it_is_no_longer_listed(self):
        holder = Holder()
        self.loop.create_task(wait_for(holder))
        self.turns()
        self.assertEqual(len(asyncio.all_tasks(self.loop)), 1)
        holder.future = None
        self.collect()
        self.assertEqual(asyncio.all_tasks(self.loop), set())

    def test_the_mark_can_be_taken_away(self):
        holder = Holder()
        task = self.loop.create_task(wait_for(holder))
        self.assertTrue(task._log_destroy_pending)
        task._log_destroy_pending = False
        self.turns()
        del task
        holder.future = None
        self.collect()
        self.assertEqual(self.reports, [])

    def test_one_that_is_done_is_not_reported(self):
        self.loop.create_task(asyncio.sleep(0))
        self.turns(3)
        self.collect()
        self.assertEqual(self.reports, [])

    def test_one_that_has_not_started_is_kept_by_the_loop(self):
        ran = []

        async def work():
            ran.append(True)

        self.loop.create_task(work())
        self.collect()
        self.turns()
        self.assertEqual((ran, self.reports), ([True], []))

    def test_one_that_waits_for_a_timer_is_kept_by_the_loop(self):
        done = []

        async def work():
            await asyncio.sleep(0.005)
            done.append(True)
            self.loop.stop()

        self.loop.create_task(work())
        self.turns()
        self.collect()
        self.loop.run_forever()
        self.assertEqual((done, self.reports), ([True], []))

    def test_in_debug_mode_where_it_was_made(self):
        self.loop.set_debug(True)
        holder = Holder()
        self.loop.create_task(wait_for(holder))
        self.turns()
        holder.future = None
        self.collect()
        self.assertIn("source_traceback", self.reports[0])

    def test_a_task_that_holds_itself(self):
        async def work():
            mine = asyncio.current_task()
            await wait_for(holder)
            return mine

        holder = Holder()
        reference = weakref.ref(self.loop.create_task(work()))
        self.turns()
        holder.future = None
        self.collect()
        self.assertIsNone(reference())
        self.assertEqual(len(self.reports), 1)

    def test_two_that_wait_for_each_other(self):
        tasks = []

        async def work(other):
            await asyncio.sleep(0)
            await tasks[other]

        tasks[:] = [self.loop.create_task(work(n)) for n in (1, 0)]
        references = [weakref.ref(task) for task in tasks]
        self.turns(3)
        # A coroutine that is suspended here refers to the list through its closure only.
        tasks.clear()
        self.collect()
        self.assertEqual([reference() for reference in references], [None, None])
        self.assertEqual(len(self.reports), 2)


class Futures(Case):
    def test_a_pending_one_goes_without_a_word(self):
        future = self.loop.create_future()
        reference = weakref.ref(future)
        del future
        self.collect()
        self.assertIsNone(reference())
        self.assertEqual(self.reports, [])

    def test_one_whose_callback_refers_to_it(self):
        future = self.loop.create_future()
        future.add_done_callback(lambda _, itself=future: None)
        reference = weakref.ref(future)
        del future
        self.collect()
        self.assertIsNone(reference())

    def test_a_loop_goes_with_its_futures(self):
        loop = asyncio.new_event_loop()
        futures = [loop.create_future() for _ in range(10)]
        loop.futures = futures
        loop.close()
        reference = weakref.ref(loop)
        del loop, futures
        self.collect()
        self.assertIsNone(reference())


if __name__ == "__main__":
    unittest.main()
