"""TaskGroup beyond the ordinary: how it ends, what it refuses, groups within groups."""

import asyncio
import unittest


async def forever():
    await asyncio.Event().wait()


async def give(value, turns=1):
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def fail(error, turns=1):
    await give(None, turns)
    raise error


def kinds(group):
    return [type(error) for error in group.exceptions]


class Ends(unittest.IsolatedAsyncioTestCase):
    async def test_an_empty_one(self):
        async with asyncio.TaskGroup() as group:
            self.assertIsInstance(group, asyncio.TaskGroup)

    async def test_tasks_made_by_its_tasks(self):
        seen = []

        async def branch(depth):
            seen.append(depth)
            if depth:
                for _ in range(2):
                    group.create_task(branch(depth - 1))

        async with asyncio.TaskGroup() as group:
            group.create_task(branch(3))
        self.assertEqual(sorted(seen), [0] * 8 + [1] * 4 + [2] * 2 + [3])

    async def test_several_failures_are_all_in_the_group(self):
        async def fail_late(error):
            try:
                await forever()
            finally:
                raise error

        with self.assertRaises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail_late(ValueError()))
                await asyncio.sleep(0)
                group.create_task(fail(KeyError()))
        self.assertEqual(kinds(caught.exception), [KeyError, ValueError])

    async def test_the_failure_of_the_body_is_among_them(self):
        with self.assertRaises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(KeyError()))
                await asyncio.sleep(0)
                raise ValueError
        self.assertIn(ValueError, kinds(caught.exception))

    async def test_the_body_is_cancelled_by_a_failure(self):
        steps = []
        with self.assertRaises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(KeyError()))
                try:
                    await forever()
                except asyncio.CancelledError:
                    steps.append("body cancelled")
                    raise
        self.assertEqual(steps, ["body cancelled"])
        self.assertEqual(asyncio.current_task().cancelling(), 0)
        await asyncio.sleep(0)

    async def test_a_cancelled_child_is_no_failure(self):
        async with asyncio.TaskGroup() as group:
            child = group.create_task(forever())
            other = group.create_task(give("result", 5))
            await asyncio.sleep(0)
            child.cancel()
        self.assertTrue(child.cancelled())
        self.assertEqual(other.result(), "result")

    async def test_system_exit_of_a_child_comes_out_by_itself(self):
        async def work():
            async with asyncio.TaskGroup() as group:
                group.create_task(give(1))
                raise SystemExit(3)

        with self.assertRaises(SystemExit):
            await work()

    async def test_a_base_exception_makes_a_base_exception_group(self):
        class Mine(BaseException):
            pass

        with self.assertRaises(BaseExceptionGroup) as caught:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(Mine()))
        self.assertEqual(kinds(caught.exception), [Mine])

    async def test_except_star(self):
        seen = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(KeyError()))
                group.create_task(fail(ValueError()))
        except* KeyError:
            seen.append("key")
        except* ValueError:
            seen.append("value")
        self.assertEqual(sorted(seen), ["key", "value"])

    async def test_nothing_is_reported_twice(self):
        reports = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, report: reports.append(report)
        )
        with self.assertRaises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(KeyError()))
        del group
        await asyncio.sleep(0)
        self.assertEqual(reports, [])


class Cancel(unittest.IsolatedAsyncioTestCase):
    async def test_from_outside_while_it_waits_for_its_tasks(self):
        ends = []

        async def clean_up():
            try:
                await forever()
            finally:
                await give(None, 3)
                ends.append(True)

        async def work():
            async with asyncio.TaskGroup() as group:
                for _ in range(3):
                    group.create_task(clean_up())

        task = asyncio.create_task(work())
        await give(None, 3)
        task.cancel("enough")
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual(ends, [True] * 3)

    async def test_from_outside_and_a_failure_at_once(self):
        async def fail_when_cancelled():
            try:
                await forever()
            finally:
                raise KeyError

        async def work():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail_when_cancelled())

        task = asyncio.create_task(work())
        await give(None, 3)
        task.cancel()
        with self.assertRaises(ExceptionGroup) as caught:
            await task
        self.assertEqual(kinds(caught.exception), [KeyError])
        # The request is still on record for whoever is around the group.
        self.assertEqual(task.cancelling(), 1)

    async def test_an_inner_group_s_failure_cancels_the_outer_one_s_tasks(self):
        async def inner():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(KeyError()))

        with self.assertRaises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as outer:
                other = outer.create_task(forever())
                outer.create_task(inner())
        self.assertTrue(other.cancelled())
        self.assertEqual(kinds(caught.exception), [ExceptionGroup])
        self.assertIsNotNone(caught.exception.subgroup(KeyError))

    async def test_groups_within_a_task(self):
        async with asyncio.TaskGroup() as outer:
            with self.assertRaises(ExceptionGroup):
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(fail(KeyError()))
                    await forever()
            other = outer.create_task(give("result"))
        self.assertEqual(other.result(), "result")

    async def test_both_fail_at_once(self):
        async def fail_now(error):
            raise error

        with self.assertRaises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as outer:
                outer.create_task(fail(KeyError(), 2))
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(fail(ValueError(), 2))
                    await forever()
        self.assertIsNotNone(caught.exception.subgroup(KeyError))
        self.assertIsNotNone(caught.exception.subgroup(ValueError))
        self.assertEqual(asyncio.current_task().cancelling(), 0)

    async def test_a_child_that_cancels_the_parent(self):
        async def cancel(parent):
            parent.cancel()

        async def work():
            async with asyncio.TaskGroup() as group:
                group.create_task(cancel(asyncio.current_task()))
                group.create_task(forever())

        with self.assertRaises(asyncio.CancelledError):
            await asyncio.create_task(work())


class Refusals(unittest.IsolatedAsyncioTestCase):
    async def refused(self, group):
        coroutine = give(1)
        try:
            with self.assertRaises(RuntimeError):
                group.create_task(coroutine)
        finally:
            coroutine.close()

    async def test_before_it_is_entered_and_after_it_is_left(self):
        group = asyncio.TaskGroup()
        await self.refused(group)
        async with group:
            pass
        await self.refused(group)

    async def test_once_it_is_ending_by_a_failure(self):
        with self.assertRaises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(KeyError()))
                try:
                    await forever()
                finally:
                    await self.refused(group)

    async def test_it_cannot_be_entered_twice(self):
        group = asyncio.TaskGroup()
        async with group:
            with self.assertRaises(RuntimeError):
                await group.__aenter__()

    async def test_repr(self):
        group = asyncio.TaskGroup()
        async with group:
            self.assertIn("entered", repr(group))
            group.create_task(give(1))
            self.assertIn("tasks=1", repr(group))


if __name__ == "__main__":
    unittest.main()
