"""get_stack and print_stack of tasks that wait, that failed and that are done."""

import asyncio
import io
import unittest


async def inner(event):
    await event.wait()


async def outer(event):
    await inner(event)


def names(frames):
    return [frame.f_code.co_name for frame in frames]


class Waiting(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.event = asyncio.Event()
        self.task = asyncio.create_task(outer(self.event))
        await asyncio.sleep(0)

    async def asyncTearDown(self):
        self.event.set()
        await self.task

    async def test_the_frame_at_which_it_waits(self):
        self.assertEqual(names(self.task.get_stack()), ["outer"])

    async def test_limited(self):
        self.assertEqual(names(self.task.get_stack(limit=1)), ["outer"])
        self.assertEqual(self.task.get_stack(limit=0), [])

    async def test_the_limit_is_a_keyword(self):
        with self.assertRaises(TypeError):
            self.task.get_stack(1)

    async def test_printed(self):
        file = io.StringIO()
        self.assertIsNone(self.task.print_stack(file=file))
        text = file.getvalue()
        self.assertIn("Stack for", text)
        self.assertIn("in outer", text)
        self.assertIn("await inner(event)", text)

    async def test_printed_with_a_limit(self):
        file = io.StringIO()
        self.task.print_stack(limit=1, file=file)
        self.assertIn("in outer", file.getvalue())


class BeforeAndAfter(unittest.IsolatedAsyncioTestCase):
    async def test_one_that_has_not_started(self):
        task = asyncio.create_task(asyncio.sleep(0))
        self.assertEqual(len(task.get_stack()), 1)
        await task

    async def test_the_one_that_runs(self):
        async def work():
            return names(asyncio.current_task().get_stack())

        self.assertEqual((await asyncio.create_task(work()))[-1], "work")

    async def test_a_done_one_has_none(self):
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        self.assertEqual(task.get_stack(), [])

    async def test_a_done_one_prints_that(self):
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        file = io.StringIO()
        task.print_stack(file=file)
        self.assertIn("No stack for", file.getvalue())


async def fail_deep(depth):
    if depth == 0:
        await asyncio.sleep(0)
        raise KeyError("mine")
    await fail_deep(depth - 1)


class Failed(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.task = asyncio.create_task(fail_deep(3))
        await asyncio.wait([self.task])
        self.task.exception()

    async def test_the_frames_of_its_traceback_oldest_first(self):
        frames = self.task.get_stack()
        self.assertEqual(names(frames), ["fail_deep"] * 4)
        self.assertEqual([frame.f_locals["depth"] for frame in frames], [3, 2, 1, 0])

    async def test_a_limit_keeps_the_oldest(self):
        """Of a traceback the oldest frames are kept, as in the module traceback."""
        frames = self.task.get_stack(limit=2)
        self.assertEqual([frame.f_locals["depth"] for frame in frames], [3, 2])

    async def test_printed(self):
        file = io.StringIO()
        self.task.print_stack(file=file)
        text = file.getvalue()
        self.assertIn("Traceback for", text)
        self.assertIn("fail_deep", text)
        self.assertIn("KeyError: 'mine'", text)


if __name__ == "__main__":
    unittest.main()
