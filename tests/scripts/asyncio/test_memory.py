"""Memory stays flat over many awaits, tasks, gathers and timers, and comes back after a crowd.

Each measurement warms up first; what grows after that is kept by mistake. The counts are such
that thirty bytes too many for each operation exceed the bound.
"""

import asyncio
import gc
import os
import sys
import unittest
import weakref

MEGABYTE = 1 << 20
#: How much may come and go by chance: pages of the allocator, caches of the interpreter.
SLACK = 2 * MEGABYTE


def resident():
    """The resident memory of this process in bytes."""
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def nothing():
    pass


def smallest_growth(measure):
    """The least of a few measurements: a leak shows each time, the allocator's chances do not."""
    growths = []
    while len(growths) < 4:
        growths.append(measure())
        if growths[-1] <= SLACK:
            break
    return min(growths)


@unittest.skipUnless(sys.platform == "linux", "it reads /proc")
class Flat(unittest.TestCase):
    """The same work again and again takes no more memory than the first time."""

    def growth(self, work, count):
        """How much more memory is resident after work(count), in a loop that is warm."""

        async def measure():
            await work(count // 5)
            before = resident()
            await work(count)
            return resident() - before

        return asyncio.run(measure())

    def check(self, work, count):
        self.assertLessEqual(smallest_growth(lambda: self.growth(work, count)), SLACK)

    def test_awaits_of_futures(self):
        async def work(count):
            loop = asyncio.get_running_loop()
            for _ in range(count):
                future = loop.create_future()
                loop.call_soon(future.set_result, None)
                await future

        self.check(work, 150_000)

    def test_turns(self):
        async def work(count):
            for _ in range(count):
                await asyncio.sleep(0)

        self.check(work, 150_000)

    def test_tasks(self):
        async def work(count):
            for _ in range(count):
                await asyncio.create_task(nothing())

        self.check(work, 100_000)

    def test_tasks_that_fail(self):
        async def fail():
            raise KeyError

        async def work(count):
            for _ in range(count):
                try:
                    await asyncio.create_task(fail())
                except KeyError:
                    pass

        self.check(work, 80_000)

    def test_tasks_that_are_cancelled(self):
        async def work(count):
            loop = asyncio.get_running_loop()
            for _ in range(count):
                task = loop.create_task(asyncio.sleep(1000))
                await asyncio.sleep(0)
                task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    pass

        self.check(work, 50_000)

    def test_eager_tasks(self):
        async def work(count):
            loop = asyncio.get_running_loop()
            for _ in range(count):
                await asyncio.Task(nothing(), loop=loop, eager_start=True)

        self.check(work, 100_000)

    def test_gathers(self):
        async def work(count):
            for _ in range(count // 10):
                await asyncio.gather(*[nothing() for _ in range(10)])

        self.check(work, 100_000)

    def test_groups_and_timeouts(self):
        async def work(count):
            for _ in range(count):
                async with asyncio.timeout(1000):
                    async with asyncio.TaskGroup() as group:
                        group.create_task(nothing())

        self.check(work, 20_000)

    def test_timers_that_are_cancelled(self):
        async def work(count):
            loop = asyncio.get_running_loop()
            for n in range(count):
                loop.call_later(1000 + n % 7, print).cancel()
                if n % 100 == 0:
                    await asyncio.sleep(0)

        self.check(work, 150_000)

    def test_waits_for_one_long_lived_future(self):
        async def work(count):
            never = asyncio.get_running_loop().create_future()
            for _ in range(count):
                await asyncio.wait([never], timeout=0)

        self.check(work, 20_000)

    def test_callbacks_added_and_removed(self):
        async def work(count):
            future = asyncio.get_running_loop().create_future()
            for _ in range(count):
                future.add_done_callback(print)
                future.remove_done_callback(print)

        self.check(work, 150_000)

    def test_loops_one_after_another(self):
        def run(count):
            for _ in range(count):
                asyncio.run(nothing())

        run(200)

        def measure():
            before = resident()
            run(500)
            return resident() - before

        self.assertLessEqual(smallest_growth(measure), SLACK)


@unittest.skipUnless(sys.platform == "linux", "it reads /proc")
class Crowds(unittest.TestCase):
    COUNT = 20_000

    async def crowd(self):
        """That many tasks at once, all waiting for one event."""
        event = asyncio.Event()

        async def wait():
            await event.wait()

        tasks = [asyncio.create_task(wait()) for _ in range(self.COUNT)]
        await asyncio.sleep(0)
        self.assertEqual(len(asyncio.all_tasks()), self.COUNT + 1)
        event.set()
        await asyncio.wait(tasks)

    def test_each_crowd_uses_the_memory_of_the_one_before(self):
        def measure():
            before = resident()
            asyncio.run(self.crowd())
            return resident() - before

        asyncio.run(self.crowd())
        self.assertLessEqual(smallest_growth(measure), SLACK)

    def test_nothing_of_it_is_left(self):
        async def main():
            references = []
            event = asyncio.Event()
            for _ in range(1000):
                references.append(weakref.ref(asyncio.create_task(event.wait())))
            await asyncio.sleep(0)
            event.set()
            for _ in range(3):
                await asyncio.sleep(0)
            gc.collect()
            return [reference for reference in references if reference() is not None]

        self.assertEqual(asyncio.run(main()), [])


if __name__ == "__main__":
    unittest.main()
