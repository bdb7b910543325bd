"""Loops: several runs in a row, loops in several threads, and the rules around a running one."""

import asyncio
import concurrent.futures
import threading
import unittest


async def work():
    await asyncio.sleep(0.001)
    return await asyncio.gather(*[asyncio.sleep(0, n) for n in range(10)])


class Run(unittest.TestCase):
    def test_several_in_a_row(self):
        for _ in range(20):
            self.assertEqual(asyncio.run(work()), list(range(10)))

    def test_an_exception_comes_out(self):
        async def fail():
            raise KeyError("mine")

        with self.assertRaises(KeyError):
            asyncio.run(fail())
        self.assertEqual(asyncio.run(work()), list(range(10)))

    def test_each_has_a_loop_of_its_own_and_closes_it(self):
        async def running():
            return asyncio.get_running_loop()

        first, second = asyncio.run(running()), asyncio.run(running())
        self.assertIsNot(first, second)
        self.assertTrue(first.is_closed() and second.is_closed())

    def test_not_inside_another(self):
        async def main():
            coroutine = work()
            try:
                with self.assertRaises(RuntimeError):
                    asyncio.run(coroutine)
            finally:
                coroutine.close()

        asyncio.run(main())

    def test_a_runner_keeps_its_loop(self):
        async def running():
            return asyncio.get_running_loop()

        with asyncio.Runner() as runner:
            self.assertIs(runner.run(running()), runner.run(running()))

    def test_there_is_no_running_loop_outside(self):
        with self.assertRaises(RuntimeError):
            asyncio.get_running_loop()


class Threads(unittest.TestCase):
    def test_loops_in_several_threads_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda _: asyncio.run(work()), range(24)))
        self.assertEqual(results, [list(range(10))] * 24)

    def test_a_thread_of_a_loop_may_have_a_loop(self):
        async def main():
            return await asyncio.to_thread(asyncio.run, work())

        self.assertEqual(asyncio.run(main()), list(range(10)))

    def test_two_loops_talk_to_each_other(self):
        other = asyncio.new_event_loop()
        thread = threading.Thread(target=other.run_forever)
        thread.start()
        try:

            async def ask():
                future = asyncio.run_coroutine_threadsafe(work(), other)
                return await asyncio.wrap_future(future)

            self.assertEqual(asyncio.run(ask()), list(range(10)))
        finally:
            other.call_soon_threadsafe(other.stop)
            thread.join()
            other.close()


class ByHand(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()

    def tearDown(self):
        self.loop.close()

    def test_run_until_complete_again_and_again(self):
        for _ in range(5):
            self.assertEqual(self.loop.run_until_complete(work()), list(range(10)))

    def test_stop_ends_run_forever_after_the_turn(self):
        order = []
        self.loop.call_soon(order.append, 1)
        self.loop.call_soon(self.loop.stop)
        self.loop.call_soon(order.append, 2)
        self.loop.run_forever()
        self.assertEqual(order, [1, 2])
        self.assertFalse(self.loop.is_running())

    def test_stop_before_the_start_runs_one_turn(self):
        order = []
        self.loop.call_soon(order.append, 1)
        self.loop.stop()
        self.loop.run_forever()
        self.assertEqual(order, [1])

    def test_a_closed_loop_refuses_work(self):
        self.loop.close()
        self.loop.close()
        self.assertTrue(self.loop.is_closed())
        with self.assertRaises(RuntimeError):
            self.loop.call_soon(print)
        coroutine = work()
        with self.assertRaises(RuntimeError):
            self.loop.run_until_complete(coroutine)
        coroutine.close()

    def test_a_running_loop_cannot_be_closed_or_run(self):
        async def main():
            with self.assertRaises(RuntimeError):
                self.loop.close()
            with self.assertRaises(RuntimeError):
                self.loop.run_forever()

        self.loop.run_until_complete(main())


if __name__ == "__main__":
    unittest.main()
