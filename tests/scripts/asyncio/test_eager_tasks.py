"""Eager tasks: they run at once, up to the first await that has to wait."""

import asyncio
import contextvars
import sys
import unittest

variable = contextvars.ContextVar("variable", default="unset")


class EagerCase(unittest.TestCase):
    """Each test runs in a loop whose tasks are eager."""

    def run_eagerly(self, main):
        async def with_factory():
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            return await main()

        return asyncio.run(with_factory())


class Start(EagerCase):
    def test_it_runs_before_create_task_returns(self):
        steps = []

        async def work():
            steps.append("ran")

        async def main():
            task = asyncio.create_task(work())
            steps.append("created")
            await task

        self.run_eagerly(main)
        self.assertEqual(steps, ["ran", "created"])

    def test_one_that_does_not_wait_is_done_at_once(self):
        async def work():
            return "result"

        async def main():
            task = asyncio.create_task(work())
            self.assertTrue(task.done())
            self.assertEqual(task.result(), "result")
            self.assertIsInstance(task, asyncio.Task)
            return await task

        self.assertEqual(self.run_eagerly(main), "result")

    def test_one_that_waits_goes_on_later(self):
        async def work(event):
            await event.wait()
            return "result"

        async def main():
            event = asyncio.Event()
            task = asyncio.create_task(work(event))
            self.assertFalse(task.done())
            event.set()
            return await task

        self.assertEqual(self.run_eagerly(main), "result")

    def test_up_to_the_first_suspension_only(self):
        steps = []

        async def ready():
            steps.append("ready")

        async def work():
            await ready()
            await ready()
            await asyncio.sleep(0)
            steps.append("after sleep")

        async def main():
            task = asyncio.create_task(work())
            self.assertEqual(steps, ["ready", "ready"])
            await task

        self.run_eagerly(main)
        self.assertEqual(steps, ["ready", "ready", "after sleep"])

    def test_a_done_future_does_not_suspend_it(self):
        async def main():
            future = asyncio.get_running_loop().create_future()
            future.set_result("result")

            async def work():
                return await future

            self.assertTrue(asyncio.create_task(work()).done())

        self.run_eagerly(main)

    def test_an_exception_is_kept_in_the_task(self):
        async def fail():
            raise KeyError("mine")

        async def main():
            task = asyncio.create_task(fail())
            self.assertTrue(task.done())
            self.assertIsInstance(task.exception(), KeyError)

        self.run_eagerly(main)

    def test_a_cancelled_error_cancels_it(self):
        async def leave():
            raise asyncio.CancelledError("mine")

        async def main():
            task = asyncio.create_task(leave())
            self.assertTrue(task.cancelled())

        self.run_eagerly(main)

    def test_system_exit_leaves_at_once(self):
        async def leave():
            raise SystemExit(3)

        async def main():
            asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
            asyncio.create_task(leave())
            self.fail("create_task returned")

        with self.assertRaises(SystemExit):
            self.run_eagerly(main)

    def test_a_done_callback_is_still_called_later(self):
        calls = []

        async def work():
            pass

        async def main():
            task = asyncio.create_task(work())
            task.add_done_callback(calls.append)
            self.assertEqual(calls, [])
            await asyncio.sleep(0)
            self.assertEqual(calls, [task])

        self.run_eagerly(main)


class Current(EagerCase):
    def test_it_is_the_current_task_while_it_starts(self):
        async def current():
            return asyncio.current_task()

        async def main():
            before = asyncio.current_task()
            task = asyncio.create_task(current())
            self.assertIs(asyncio.current_task(), before)
            self.assertIs(await task, task)

        self.run_eagerly(main)

    def test_nested(self):
        async def leaf():
            return asyncio.current_task()

        async def branch():
            task = asyncio.create_task(leaf())
            return asyncio.current_task(), task, task.result()

        async def main():
            mine = asyncio.current_task()
            task = asyncio.create_task(branch())
            current, inner, inner_current = task.result()
            self.assertIs(current, task)
            self.assertIs(inner, inner_current)
            self.assertIs(asyncio.current_task(), mine)

        self.run_eagerly(main)

    def test_all_tasks_has_it_while_it_runs_and_while_it_waits(self):
        seen = []

        async def work():
            seen.append(asyncio.current_task() in asyncio.all_tasks())
            await asyncio.sleep(0)

        async def main():
            task = asyncio.create_task(work())
            self.assertIn(task, asyncio.all_tasks())
            await task
            self.assertNotIn(task, asyncio.all_tasks())

        self.run_eagerly(main)
        self.assertEqual(seen, [True])

    def test_after_a_failure_the_current_task_is_the_creator_again(self):
        async def fail():
            raise KeyError

        async def main():
            mine = asyncio.current_task()
            asyncio.create_task(fail()).exception()
            self.assertIs(asyncio.current_task(), mine)

        self.run_eagerly(main)


class Context(EagerCase):
    def test_it_runs_in_a_copy(self):
        async def work():
            before = variable.get()
            variable.set("inner")
            await asyncio.sleep(0)
            return before, variable.get()

        async def main():
            variable.set("outer")
            task = asyncio.create_task(work())
            self.assertEqual(variable.get(), "outer")
            self.assertEqual(await task, ("outer", "inner"))
            self.assertEqual(variable.get(), "outer")

        self.run_eagerly(main)

    def test_in_a_context_that_is_given(self):
        async def work():
            variable.set("set")

        async def main():
            context = contextvars.copy_context()
            task = asyncio.create_task(work(), context=context)
            self.assertEqual(context[variable], "set")
            self.assertEqual(variable.get(), "unset")
            await task

        self.run_eagerly(main)


class Names(EagerCase):
    def test_a_name(self):
        async def work():
            return asyncio.current_task().get_name()

        async def main():
            task = asyncio.create_task(work(), name="mine")
            self.assertEqual(task.get_name(), "mine")
            return await task

        at_the_start = self.run_eagerly(main)
        # Before, a name was given when the task had begun already.
        if sys.version_info >= (3, 14):
            self.assertEqual(at_the_start, "mine")


class Cancel(EagerCase):
    def test_one_that_waits(self):
        async def main():
            task = asyncio.create_task(asyncio.Event().wait())
            self.assertTrue(task.cancel("enough"))
            with self.assertRaises(asyncio.CancelledError) as caught:
                await task
            self.assertEqual(caught.exception.args, ("enough",))

        self.run_eagerly(main)

    def test_one_that_cancels_itself_while_it_starts(self):
        async def work():
            asyncio.current_task().cancel()
            await asyncio.sleep(0)

        async def main():
            task = asyncio.create_task(work())
            with self.assertRaises(asyncio.CancelledError):
                await task

        self.run_eagerly(main)

    def test_one_that_cancels_its_creator(self):
        async def work(creator):
            creator.cancel("by its child")

        async def create():
            asyncio.create_task(work(asyncio.current_task()))
            await asyncio.sleep(0)

        async def main():
            with self.assertRaises(asyncio.CancelledError):
                await asyncio.create_task(create())

        self.run_eagerly(main)


class Together(EagerCase):
    def test_gather(self):
        async def give(n):
            if n % 2:
                await asyncio.sleep(0)
            return n

        async def main():
            return await asyncio.gather(*map(give, range(10)))

        self.assertEqual(self.run_eagerly(main), list(range(10)))

    def test_gather_of_what_is_done_already(self):
        async def give(n):
            return n

        async def main():
            return await asyncio.gather(*map(give, range(10)))

        self.assertEqual(self.run_eagerly(main), list(range(10)))

    def test_a_group(self):
        async def fail():
            raise KeyError("mine")

        async def main():
            with self.assertRaises(ExceptionGroup) as caught:
                async with asyncio.TaskGroup() as group:
                    waiting = group.create_task(asyncio.Event().wait())
                    group.create_task(fail())
            self.assertIsInstance(caught.exception.exceptions[0], KeyError)
            self.assertTrue(waiting.cancelled())

        self.run_eagerly(main)

    def test_wait_and_wait_for_and_timeout(self):
        async def give():
            return "result"

        async def main():
            done, pending = await asyncio.wait([asyncio.create_task(give())])
            self.assertEqual((len(done), pending), (1, set()))
            self.assertEqual(await asyncio.wait_for(give(), 30), "result")
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await asyncio.create_task(asyncio.Event().wait())

        self.run_eagerly(main)

    def test_an_async_generator(self):
        async def numbers():
            for n in range(3):
                yield n
                await asyncio.sleep(0)

        async def collect():
            return [n async for n in numbers()]

        async def main():
            return await asyncio.create_task(collect())

        self.assertEqual(self.run_eagerly(main), [0, 1, 2])

    def test_deep_nesting(self):
        async def nest(depth):
            if depth:
                return 1 + await asyncio.create_task(nest(depth - 1))
            await asyncio.sleep(0)
            return 0

        async def main():
            return await asyncio.create_task(nest(20))

        self.assertEqual(self.run_eagerly(main), 20)


if __name__ == "__main__":
    unittest.main()
