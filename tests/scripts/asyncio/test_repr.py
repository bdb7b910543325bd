"""repr of futures, tasks, handles and loops: what a reader needs is in it."""

import asyncio
import gc
import unittest


async def work():
    await asyncio.Event().wait()


def a_callback(_):
    pass


class Quiet(unittest.TestCase):
    """Without debug mode, in which origins are added."""

    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.loop.set_debug(False)

    def tearDown(self):
        self.loop.close()


class Futures(Quiet):
    def test_pending(self):
        self.assertEqual(repr(self.loop.create_future()), "<Future pending>")

    def test_finished(self):
        future = self.loop.create_future()
        future.set_result([1, 2])
        self.assertEqual(repr(future), "<Future finished result=[1, 2]>")

    def test_a_long_result_is_shortened(self):
        future = self.loop.create_future()
        future.set_result("x" * 100_000)
        self.assertLess(len(repr(future)), 1000)

    def test_failed(self):
        future = self.loop.create_future()
        future.set_exception(KeyError("mine"))
        self.assertEqual(repr(future), "<Future finished exception=KeyError('mine')>")
        future.exception()

    def test_asking_does_not_count_as_retrieving(self):
        reports = []
        self.loop.set_exception_handler(lambda loop, context: reports.append(context))
        future = self.loop.create_future()
        future.set_exception(KeyError("mine"))
        repr(future)
        del future
        gc.collect()
        self.assertEqual(len(reports), 1)

    def test_cancelled(self):
        future = self.loop.create_future()
        future.cancel()
        self.assertEqual(repr(future), "<Future cancelled>")

    def test_callbacks(self):
        future = self.loop.create_future()
        future.add_done_callback(a_callback)
        self.assertRegex(
            repr(future), r"^<Future pending cb=\[a_callback\(\) at .*test_repr.py:\d+\]>$"
        )
        future.add_done_callback(a_callback)
        self.assertEqual(repr(future).count("a_callback()"), 2)
        for _ in range(5):
            future.add_done_callback(a_callback)
        self.assertIn("<5 more>", repr(future))
        self.assertEqual(repr(future).count("a_callback()"), 2)

    def test_a_subclass_goes_by_its_name(self):
        class Mine(asyncio.Future):
            pass

        self.assertEqual(repr(Mine(loop=self.loop)), "<Mine pending>")

    def test_a_result_that_holds_the_future(self):
        future = self.loop.create_future()
        result = [future]
        future.set_result(result)
        self.assertIn("finished", repr(future))
        result.clear()

    def test_a_result_whose_repr_fails(self):
        class Bad:
            def __repr__(self):
                raise KeyError("mine")

        future = self.loop.create_future()
        future.set_result(Bad())
        self.assertIn("Bad", repr(future))


class Tasks(Quiet):
    def run_in_loop(self, check):
        async def main():
            await check()

        self.loop.run_until_complete(main())

    def test_pending(self):
        async def check():
            task = asyncio.create_task(work(), name="mine")
            self.assertRegex(
                repr(task),
                r"^<Task pending name='mine' coro=<work\(\) running at .*test_repr.py:\d+>>$",
            )
            await asyncio.sleep(0)
            self.assertRegex(repr(task), r"wait_for=<Future pending cb=\[.*\]>")
            task.cancel()
            self.assertTrue(repr(task).startswith("<Task cancelling name='mine'"))
            await asyncio.wait([task])
            self.assertRegex(
                repr(task),
                r"^<Task cancelled name='mine' coro=<work\(\) done, defined at .*:\d+>>$",
            )

        self.run_in_loop(check)

    def test_one_that_is_about_to_be_cancelled(self):
        async def check():
            task = asyncio.create_task(work(), name="mine")
            task.cancel()
            self.assertRegex(repr(task), r"^<Task cancelling name='mine' coro=<work\(\)")
            await asyncio.wait([task])

        self.run_in_loop(check)

    def test_finished_and_failed(self):
        async def fail():
            raise KeyError("mine")

        async def check():
            done = asyncio.create_task(asyncio.sleep(0, 17), name="one")
            failed = asyncio.create_task(fail(), name="two")
            await asyncio.wait([done, failed])
            failed.exception()
            self.assertRegex(
                repr(done), r"^<Task finished name='one' coro=<sleep\(\) done.* result=17>$"
            )
            self.assertRegex(
                repr(failed), r"^<Task finished name='two' .*exception=KeyError\('mine'\)>$"
            )

        self.run_in_loop(check)

    def test_a_task_that_is_awaited_names_who_will_be_woken(self):
        async def check():
            async def wait():
                await task

            task = asyncio.create_task(work())
            waiter = asyncio.create_task(wait())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            self.assertRegex(repr(task), r"(?i)cb=\[.*wakeup.*\]")
            waiter.cancel()
            await asyncio.wait([waiter, task])

        self.run_in_loop(check)

    def test_a_subclass_goes_by_its_name(self):
        class Mine(asyncio.Task):
            pass

        async def check():
            task = Mine(asyncio.sleep(0), loop=asyncio.get_running_loop())
            self.assertTrue(repr(task).startswith("<Mine pending"))
            await task

        self.run_in_loop(check)


class Handles(Quiet):
    def test_a_handle(self):
        handle = self.loop.call_soon(a_callback, 1)
        self.assertRegex(repr(handle), r"^<\w*Handle a_callback\(1?\) at .*test_repr.py:\d+>$")
        handle.cancel()
        self.assertRegex(repr(handle), r"^<\w*Handle cancelled")

    def test_a_timer(self):
        handle = self.loop.call_later(1000, a_callback, 1)
        self.assertRegex(
            repr(handle), r"^<TimerHandle when=[\d.]+ a_callback\(1?\) at .*test_repr.py:\d+>$"
        )
        handle.cancel()
        self.assertRegex(repr(handle), r"^<TimerHandle cancelled when=")

    def test_in_debug_mode_the_arguments_and_the_origin(self):
        self.loop.set_debug(True)
        handle = self.loop.call_soon(a_callback, "argument")
        self.assertIn("a_callback('argument')", repr(handle))
        self.assertRegex(repr(handle), r"created at .*test_repr.py:\d+>$")
        handle.cancel()


class Loops(unittest.TestCase):
    def test_its_state(self):
        loop = asyncio.new_event_loop()

        async def look():
            return repr(loop)

        self.assertIn("running=False closed=False debug=False", repr(loop).replace("True", "False"))
        self.assertIn("running=True", loop.run_until_complete(look()))
        loop.close()
        self.assertIn("closed=True", repr(loop))


if __name__ == "__main__":
    unittest.main()
