"""`async for websocket in connect(...)`: when there is another attempt, and after how long."""

import asyncio
import logging
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from websockets.asyncio.client import backoff, connect, process_exception


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


def at_once():
    """Delays that cost no time."""
    while True:
        yield 0


class Loop(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.failures = []
        self.requests = 0
        self.ended = []

        def fail(connection, request):
            self.requests += 1
            if self.failures:
                return connection.respond(self.failures.pop(0), "not now")

        async def handler(websocket):
            try:
                await echo(websocket)
            finally:
                self.ended.append(websocket)

        running = await websockets.serve(handler, "127.0.0.1", 0, process_request=fail)
        self.server = running
        self.uri = f"ws://127.0.0.1:{running.sockets[0].getsockname()[1]}"

    async def asyncTearDown(self):
        self.server.close()
        await self.server.wait_closed()

    async def test_each_turn_has_a_new_connection_and_the_last_one_is_closed(self):
        seen = []
        async for websocket in connect(self.uri):
            if seen:
                self.assertEqual(seen[-1].close_code, 1000)
            seen.append(websocket)
            await websocket.send("hello")
            self.assertEqual(await websocket.recv(), "hello")
            if len(seen) == 3:
                break
        self.assertEqual(len(set(seen)), 3)

    async def test_leaving_the_loop_closes_the_connection(self):
        loop = connect(self.uri).__aiter__()
        websocket = await anext(loop)
        await loop.aclose()
        self.assertIsNotNone(websocket.close_code)

    async def test_a_server_that_is_overburdened_is_tried_again(self):
        self.failures = [500, 502, 503, 504]
        async for websocket in connect(self.uri, reconnect_delays=at_once):
            break
        self.assertEqual(self.requests, 5)

    async def test_another_status_is_raised(self):
        self.failures = [404]
        with self.assertRaises(websockets.InvalidStatus):
            async for websocket in connect(self.uri, reconnect_delays=at_once):
                self.fail("there is no connection")
        self.assertEqual(self.requests, 1)

    async def test_a_refused_connection_is_tried_again(self):
        sockets, attempts = self.server.sockets, []
        address = sockets[0].getsockname()
        self.server.close()
        await self.server.wait_closed()

        def delays():
            while True:
                attempts.append(1)
                yield 0

        async def come_back():
            while len(attempts) < 3:
                await asyncio.sleep(0)
            return await websockets.serve(echo, *address)

        returning = asyncio.create_task(come_back())
        async for websocket in connect(self.uri, reconnect_delays=delays):
            await websocket.send("back?")
            self.assertEqual(await websocket.recv(), "back?")
            break
        self.server = await returning
        self.assertGreaterEqual(len(attempts), 3)

    async def test_a_server_that_breaks_off_is_tried_again(self):
        accepted = []

        async def hang_up(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            accepted.append(writer)
            writer.close()

        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as rude:
            uri = f"ws://127.0.0.1:{rude.sockets[0].getsockname()[1]}"
            reasons = []

            def judge(exc):
                reasons.append(exc)
                return None if len(reasons) < 3 else process_exception(KeyError("enough"))

            with self.assertRaises(KeyError):
                async for _ in connect(uri, process_exception=judge, reconnect_delays=at_once):
                    self.fail("there is no connection")
        self.assertEqual(len(accepted), 3)
        for reason in reasons:
            self.assertIsInstance(reason, websockets.InvalidMessage)
            self.assertIsInstance(reason.__cause__, EOFError)
            self.assertIsNone(process_exception(reason))

    async def test_process_exception_returns_another_exception(self):
        self.failures = [404]

        def judge(exc):
            return ValueError("my own")

        with self.assertRaises(ValueError) as caught:
            async for _ in connect(self.uri, process_exception=judge):
                self.fail("there is no connection")
        self.assertIsInstance(caught.exception.__cause__, websockets.InvalidStatus)

    async def test_process_exception_raises(self):
        self.failures = [404]

        def judge(exc):
            raise LookupError("raised")

        with self.assertRaises(LookupError) as caught:
            async for _ in connect(self.uri, process_exception=judge):
                self.fail("there is no connection")
        self.assertIsInstance(caught.exception.__cause__, websockets.InvalidStatus)

    async def test_process_exception_forgives(self):
        self.failures = [404, 401]
        forgiving = connect(
            self.uri, process_exception=lambda exc: None, reconnect_delays=at_once
        )
        async for websocket in forgiving:
            break
        self.assertEqual(self.requests, 3)

    async def test_delays_begin_anew_after_a_success(self):
        made = []

        def delays():
            made.append(self.requests)
            yield from (0, 0, 0)

        self.failures = [503, 503]
        turns = 0
        async for websocket in connect(self.uri, reconnect_delays=delays):
            turns += 1
            if turns == 2:
                break
            self.failures = [503]
        self.assertEqual(made, [1, 4])

    async def test_an_exception_in_the_body_ends_the_loop(self):
        with self.assertRaises(ZeroDivisionError):
            async for websocket in connect(self.uri):
                1 / 0

    async def test_each_wait_is_logged(self):
        self.failures = [503]

        def delays():
            yield 0.04

        with self.assertLogs("websockets.client", logging.INFO) as logs:
            async for websocket in connect(self.uri, reconnect_delays=delays):
                break
        lines = [line for line in logs.output if "reconnecting" in line]
        self.assertEqual(len(lines), 1)
        self.assertTrue(
            lines[0].startswith(
                "INFO:websockets.client:connect failed; reconnecting in 0.0 seconds: "
                "websockets.exceptions.InvalidStatus: "
                "server rejected WebSocket connection: HTTP 503"
            ),
            lines[0],
        )

    async def test_a_logger_of_the_scripts_own(self):
        self.failures = [503]
        own = logging.getLogger("mine")
        with self.assertLogs("mine", logging.INFO) as logs:
            async for websocket in connect(self.uri, reconnect_delays=at_once, logger=own):
                break
        self.assertIn("connect failed", "".join(logs.output))

    async def test_a_cancelled_wait_ends_the_loop(self):
        self.failures = [503]
        waiting = asyncio.Event()

        def delays():
            waiting.set()
            yield 3600

        async def connecting():
            async for _ in connect(self.uri, reconnect_delays=delays):
                self.fail("there is no connection")

        task = asyncio.create_task(connecting())
        await waiting.wait()
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task


class Delays(unittest.TestCase):
    def test_the_first_is_random_and_the_others_grow_to_a_limit(self):
        delays = backoff()
        first = next(delays)
        self.assertTrue(0 <= first <= 5)
        self.assertEqual([round(next(delays), 2) for _ in range(4)], [3.1, 5.02, 8.12, 13.13])
        later = [next(delays) for _ in range(20)]
        self.assertEqual(later, sorted(later))
        self.assertEqual(later[-1], 90)

    def test_they_can_be_chosen(self):
        delays = backoff(initial_delay=0, min_delay=1, max_delay=3, factor=2)
        self.assertEqual([next(delays) for _ in range(5)], [0, 1, 2, 3, 3])


class Judgement(unittest.TestCase):
    def test_what_may_pass_is_tried_again(self):
        for exc in (OSError(), TimeoutError(), ConnectionResetError()):
            self.assertIsNone(process_exception(exc))

    def test_what_will_not_pass_is_raised(self):
        for exc in (
            websockets.InvalidURI("x", "y"),
            websockets.SecurityError("x"),
            websockets.InvalidMessage("x"),
            ValueError(),
        ):
            self.assertIs(process_exception(exc), exc)


if __name__ == "__main__":
    unittest.main()
