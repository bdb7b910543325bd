"""Native coroutines, here those of httpx, under everything that asyncio does with coroutines."""

import asyncio
import contextlib
import gc
import io
import sys
import traceback
import unittest

try:
    import _runtime_bridge
    import httpx
except ImportError:
    print("This interpreter has no native coroutines.")
    sys.exit()


class Server:
    """Answers each request at once, or a request for /held when it is released."""

    def __init__(self):
        self.released = asyncio.Event()
        self.arrived = asyncio.Queue()
        self.gone = asyncio.Queue()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = "http://127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error):
        self.released.set()
        self.server.close()

    async def serve(self, reader, writer):
        with contextlib.suppress(ConnectionError):
            while (target := await self.read_target(reader)) is not None:
                self.arrived.put_nowait(target)
                if target.startswith("/held") and not await self.hold(reader):
                    break
                body = target.encode()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        self.gone.put_nowait("gone")
        writer.close()

    async def read_target(self, reader):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        return head.split()[1].decode()

    async def hold(self, reader):
        """True when it was released, False when the client went away before."""
        released = asyncio.create_task(self.released.wait())
        ended = asyncio.create_task(reader.read(1))
        await asyncio.wait([released, ended], return_when=asyncio.FIRST_COMPLETED)
        for task in (released, ended):
            task.cancel()
        await asyncio.wait([released, ended])
        return self.released.is_set()


class Case(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = await Server().__aenter__()
        self.client = httpx.AsyncClient(timeout=60)

    async def asyncTearDown(self):
        await self.client.aclose()
        await self.server.__aexit__(None, None, None)

    def get(self, path):
        return self.client.get(self.server.url + path)

    async def held(self):
        """A task whose request has arrived and is not answered."""
        task = asyncio.create_task(self.get("/held"))
        await self.server.arrived.get()
        return task


class AsCoroutines(Case):
    async def test_it_is_a_coroutine_and_an_awaitable(self):
        coroutine = self.get("/")
        self.assertIsInstance(coroutine, _runtime_bridge.coroutine)
        self.assertTrue(asyncio.iscoroutine(coroutine))
        self.assertEqual((await coroutine).text, "/")

    async def test_twice_is_refused(self):
        coroutine = self.get("/")
        await coroutine
        with self.assertRaises(RuntimeError):
            await coroutine

    async def test_a_task(self):
        coroutine = self.get("/")
        task = asyncio.create_task(coroutine, name="mine")
        self.assertIs(task.get_coro(), coroutine)
        self.assertIn("pending", repr(task))
        self.assertEqual((await task).text, "/")
        self.assertIn("finished", repr(task))

    async def test_a_task_may_be_printed_while_it_waits(self):
        task = await self.held()
        self.assertIn("name=", repr(task))
        self.assertIsInstance(task.get_stack(), list)
        file = io.StringIO()
        task.print_stack(file=file)
        self.assertTrue(file.getvalue())
        if sys.version_info >= (3, 14):
            self.assertIn(task.get_name(), asyncio.format_call_graph(task))
        self.server.released.set()
        await task

    async def test_inside_coroutines_generators_and_comprehensions(self):
        async def texts():
            for n in range(3):
                yield (await self.get(f"/{n}")).text

        self.assertEqual([text async for text in texts()], ["/0", "/1", "/2"])
        self.assertEqual([(await self.get(f"/{n}")).text for n in range(2)], ["/0", "/1"])

    async def test_an_exception_goes_through_the_python_frames(self):
        async def outer():
            await self.client.get("http://127.0.0.1:1/")

        task = asyncio.create_task(outer())
        await asyncio.wait([task])
        self.assertIsInstance(task.exception(), httpx.ConnectError)
        frames = traceback.extract_tb(task.exception().__traceback__)
        self.assertEqual([frame.name for frame in frames][-1], "outer")

    async def test_an_eager_task_sends_before_it_returns(self):
        loop = asyncio.get_running_loop()
        loop.set_task_factory(asyncio.eager_task_factory)
        try:
            task = asyncio.create_task(self.get("/eager"))
            self.assertFalse(task.done())
            self.assertEqual((await task).text, "/eager")
        finally:
            loop.set_task_factory(None)


class Cancel(Case):
    async def test_while_it_waits(self):
        task = await self.held()
        task.cancel("enough")
        with self.assertRaises(asyncio.CancelledError) as caught:
            await task
        self.assertEqual(caught.exception.args, ("enough",))
        self.assertTrue(task.cancelled())

    async def test_the_server_sees_the_connection_go(self):
        task = await self.held()
        task.cancel()
        await asyncio.wait([task])
        self.assertEqual(await self.server.gone.get(), "gone")

    async def test_before_it_starts(self):
        task = asyncio.create_task(self.get("/"))
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertTrue(self.server.arrived.empty())

    async def test_at_every_turn_of_a_request(self):
        """Cancelled after n turns it ends either way, and the client goes on."""
        outcomes = set()
        for turns in range(25):
            task = asyncio.create_task(self.get("/"))
            for _ in range(turns):
                await asyncio.sleep(0)
            accepted = task.cancel()
            await asyncio.wait([task])
            self.assertEqual(task.cancelled(), accepted)
            outcomes.add(accepted)
        self.assertIn(True, outcomes)
        self.assertEqual((await self.get("/after")).text, "/after")

    async def test_a_request_whose_answer_and_cancellation_come_together(self):
        for _ in range(20):
            task = await self.held()
            self.server.released.set()
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            self.assertTrue(task.done())
            self.server.released.clear()
        self.assertEqual((await self.get("/after")).text, "/after")

    async def test_uncancelled_it_goes_on(self):
        async def work():
            try:
                await self.get("/held")
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()
            return (await self.get("/second")).text

        task = asyncio.create_task(work())
        await self.server.arrived.get()
        task.cancel()
        self.assertEqual(await task, "/second")

    async def test_a_timeout(self):
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.02):
                await self.get("/held")
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(self.get("/held"), 0.02)
        self.assertEqual((await asyncio.wait_for(self.get("/"), 60)).text, "/")


class Together(Case):
    async def test_gather(self):
        responses = await asyncio.gather(*[self.get(f"/{n}") for n in range(30)])
        self.assertEqual([response.text for response in responses], [f"/{n}" for n in range(30)])

    async def test_gather_with_exceptions_as_results(self):
        good, bad = await asyncio.gather(
            self.get("/"), self.client.get("http://127.0.0.1:1/"), return_exceptions=True
        )
        self.assertEqual(good.text, "/")
        self.assertIsInstance(bad, httpx.ConnectError)

    async def test_gather_beside_python_coroutines_and_futures(self):
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, "future")
        response, slept, waited = await asyncio.gather(
            self.get("/"), asyncio.sleep(0.001, "slept"), future
        )
        self.assertEqual((response.text, slept, waited), ("/", "slept", "future"))

    async def test_a_cancelled_gathering(self):
        tasks = [await self.held() for _ in range(3)]
        gathering = asyncio.gather(*tasks)
        gathering.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await gathering
        self.assertTrue(all(task.cancelled() for task in tasks))

    async def test_wait_for_the_first(self):
        held = await self.held()
        quick = asyncio.create_task(self.get("/"))
        done, pending = await asyncio.wait([held, quick], return_when=asyncio.FIRST_COMPLETED)
        self.assertEqual((done, pending), ({quick}, {held}))
        self.server.released.set()
        await held

    async def test_as_completed(self):
        held = await self.held()
        order = []
        for coming in asyncio.as_completed([held, self.get("/quick")]):
            order.append((await coming).text)
            self.server.released.set()
        self.assertEqual(order, ["/quick", "/held"])

    async def test_shield(self):
        inner = await self.held()
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(inner), 0.01)
        self.server.released.set()
        self.assertEqual((await inner).text, "/held")

    async def test_a_group(self):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.get(f"/{n}")) for n in range(5)]
        self.assertEqual([task.result().text for task in tasks], [f"/{n}" for n in range(5)])

    async def test_a_group_in_which_one_fails(self):
        with self.assertRaises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as group:
                held = group.create_task(self.get("/held"))
                await self.server.arrived.get()
                group.create_task(self.client.get("http://127.0.0.1:1/"))
        self.assertIsInstance(caught.exception.exceptions[0], httpx.ConnectError)
        self.assertTrue(held.cancelled())

    @unittest.skipIf(sys.version_info < (3, 14), "new in Python 3.14")
    async def test_who_awaits_it(self):
        held = await self.held()

        async def parent():
            await held

        waiting = asyncio.create_task(parent(), name="parent")
        await asyncio.sleep(0)
        graph = asyncio.capture_call_graph(held)
        self.assertEqual([entry.future.get_name() for entry in graph.awaited_by], ["parent"])
        self.server.released.set()
        await waiting


class LoopsAndThreads(Case):
    async def test_from_another_thread(self):
        loop = asyncio.get_running_loop()

        def ask():
            return asyncio.run_coroutine_threadsafe(self.get("/"), loop).result(60).text

        self.assertEqual(await asyncio.to_thread(ask), "/")

    async def test_in_a_loop_of_another_thread(self):
        def ask():
            with contextlib.closing(asyncio.new_event_loop()) as loop:
                with_own = httpx.AsyncClient()
                text = loop.run_until_complete(with_own.get(self.server.url + "/")).text
                loop.run_until_complete(with_own.aclose())
                return text

        self.assertEqual(await asyncio.to_thread(ask), "/")

    async def test_run_takes_one(self):
        text = await asyncio.to_thread(lambda: asyncio.run(self.get("/")).text)
        self.assertEqual(text, "/")

    async def test_the_loop_goes_on_while_a_thread_waits_in_a_blocking_call(self):
        waiting = asyncio.create_task(asyncio.to_thread(httpx.get, self.server.url + "/held"))
        await self.server.arrived.get()
        for _ in range(10):
            await asyncio.sleep(0)
        self.assertFalse(waiting.done())
        self.server.released.set()
        self.assertEqual((await waiting).text, "/held")


class Forgotten(unittest.TestCase):
    def test_a_pending_one_may_be_dropped_with_its_loop(self):
        async def main():
            async with Server() as server:
                client = httpx.AsyncClient()
                for _ in range(3):
                    asyncio.get_running_loop().create_task(client.get(server.url + "/held"))
                    await server.arrived.get()

        asyncio.run(main())
        gc.collect()

    def test_one_that_never_started_may_be_closed(self):
        coroutine = httpx.AsyncClient().get("http://127.0.0.1:1/")
        self.assertIsNone(coroutine.close())
        with self.assertRaises(RuntimeError):
            asyncio.run(coroutine)


if __name__ == "__main__":
    unittest.main()
