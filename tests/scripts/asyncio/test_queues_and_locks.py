"""Queue, Lock, Semaphore, Event, Condition under many tasks."""

import asyncio
import unittest


class Queues(unittest.IsolatedAsyncioTestCase):
    async def test_a_small_queue_between_producers_and_consumers(self):
        queue = asyncio.Queue(maxsize=2)
        taken = []

        async def produce(start):
            for n in range(start, start + 50):
                await queue.put(n)

        async def consume():
            while True:
                taken.append(await queue.get())
                queue.task_done()

        consumers = [asyncio.create_task(consume()) for _ in range(3)]
        await asyncio.gather(produce(0), produce(50))
        await queue.join()
        for consumer in consumers:
            consumer.cancel()
        self.assertEqual(sorted(taken), list(range(100)))

    async def test_a_cancelled_get_takes_nothing(self):
        queue = asyncio.Queue()
        getting = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        getting.cancel()
        await asyncio.wait([getting])
        queue.put_nowait("kept")
        self.assertEqual(await queue.get(), "kept")


class Locks(unittest.IsolatedAsyncioTestCase):
    async def test_a_lock_is_held_by_one(self):
        lock = asyncio.Lock()
        inside = []

        async def enter(n):
            async with lock:
                inside.append(n)
                self.assertEqual(len(inside), 1)
                await asyncio.sleep(0)
                inside.pop()

        await asyncio.gather(*map(enter, range(20)))
        self.assertFalse(lock.locked())

    async def test_a_semaphore_is_held_by_so_many(self):
        semaphore = asyncio.Semaphore(3)
        inside, most = set(), 0

        async def enter(n):
            nonlocal most
            async with semaphore:
                inside.add(n)
                most = max(most, len(inside))
                await asyncio.sleep(0)
                inside.remove(n)

        await asyncio.gather(*map(enter, range(20)))
        self.assertEqual(most, 3)

    async def test_an_event_wakes_all(self):
        event = asyncio.Event()
        waiting = [asyncio.create_task(event.wait()) for _ in range(10)]
        await asyncio.sleep(0)
        event.set()
        self.assertEqual(await asyncio.gather(*waiting), [True] * 10)

    async def test_a_condition_wakes_as_many_as_told(self):
        condition = asyncio.Condition()
        woken = []

        async def wait(n):
            async with condition:
                await condition.wait()
                woken.append(n)

        waiting = [asyncio.create_task(wait(n)) for n in range(3)]
        await asyncio.sleep(0)
        async with condition:
            condition.notify(2)
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0)
        self.assertEqual(woken, [0, 1])
        async with condition:
            condition.notify_all()
        await asyncio.gather(*waiting)


if __name__ == "__main__":
    unittest.main()
