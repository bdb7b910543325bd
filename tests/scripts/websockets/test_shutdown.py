"""The end of a server: its connections, its handlers, and whoever waits for it."""

import asyncio
import logging
import os
import signal
import sys
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import websockets
from serving import PLAIN, answer_to, echo, idle, logged, request, texts, url_of
from websockets.asyncio.server import serve


class Close(unittest.IsolatedAsyncioTestCase):
    async def test_a_code_and_a_reason(self):
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server)) as websocket:
                server.close(code=1012, reason="restarting")
                with self.assertRaises(websockets.ConnectionClosedError) as caught:
                    await websocket.recv()
        self.assertEqual(str(caught.exception.rcvd), "1012 (service restart) restarting")

    async def test_connections_may_be_left_to_their_handlers(self):
        async with serve(echo, "127.0.0.1", 0, **PLAIN) as server:
            url = url_of(server)
            async with websockets.connect(url) as websocket:
                server.close(close_connections=False)
                self.assertFalse(server.is_serving())
                await websocket.send("still here")
                self.assertEqual(await websocket.recv(), "still here")
                with self.assertRaises(OSError):
                    await websockets.connect(url)
                waiting = asyncio.create_task(server.wait_closed())
                await asyncio.sleep(0)
                self.assertFalse(waiting.done())
            await waiting

    async def test_handlers_are_waited_for(self):
        may_end = asyncio.Event()
        ended = []

        async def handler(websocket):
            await websocket.wait_closed()
            await may_end.wait()
            ended.append(websocket)

        async with serve(handler, "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server)) as websocket:
                server.close()
                await websocket.wait_closed()
                waiting = asyncio.create_task(server.wait_closed())
                await asyncio.sleep(0.01)
                self.assertFalse(waiting.done())
                may_end.set()
                await waiting
        self.assertEqual(len(ended), 1)

    async def test_a_client_that_is_shaking_hands_is_answered_with_503(self):
        arrived = asyncio.Event()
        closing = asyncio.Event()

        async def process_request(connection, request):
            arrived.set()
            await closing.wait()

        async with serve(
            idle, "127.0.0.1", 0, process_request=process_request, **PLAIN
        ) as server:
            answering = asyncio.create_task(answer_to(server, request()))
            await arrived.wait()
            server.close()
            closing.set()
            answer = await answering
        self.assertTrue(answer.startswith("HTTP/1.1 503 Service Unavailable\r\n"), answer)
        self.assertTrue(answer.endswith("Server is shutting down.\n"))

    async def test_a_client_that_never_answers_is_cut_off_after_close_timeout(self):
        async with serve(idle, "127.0.0.1", 0, close_timeout=0.05, **PLAIN) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request())
            await reader.readuntil(b"\r\n\r\n")
            server.close()
            await server.wait_closed()
            self.assertEqual(await reader.readexactly(4), b"\x88\x02\x03\xe9")
            writer.close()

    async def test_closing_twice_is_no_error(self):
        server = await serve(idle, "127.0.0.1", 0, **PLAIN)
        server.close()
        server.close()
        await server.wait_closed()
        await server.wait_closed()

    async def test_a_code_that_may_not_be_sent_is_refused_at_once(self):
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            with self.assertRaises(websockets.exceptions.ProtocolError):
                server.close(code=1006)
            self.assertTrue(server.is_serving())

    async def test_many_connections_are_closed_at_once(self):
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            clients = [await websockets.connect(url_of(server)) for _ in range(50)]
            server.close()
            await server.wait_closed()
            for client in clients:
                await client.wait_closed()
                self.assertEqual(client.close_code, 1001)


class ServeForever(unittest.IsolatedAsyncioTestCase):
    async def test_cancelling_it_closes_the_server(self):
        server = await serve(idle, "127.0.0.1", 0, **PLAIN)
        serving = asyncio.create_task(server.serve_forever())
        async with websockets.connect(url_of(server)) as websocket:
            serving.cancel()
            with self.assertRaises(websockets.ConnectionClosedOK) as caught:
                await websocket.recv()
            self.assertEqual(caught.exception.rcvd.code, 1001)
        with self.assertRaises(asyncio.CancelledError):
            await serving
        self.assertFalse(server.is_serving())

    async def test_closing_the_server_ends_it(self):
        server = await serve(idle, "127.0.0.1", 0, **PLAIN)
        serving = asyncio.create_task(server.serve_forever())
        await asyncio.sleep(0)
        server.close()
        await serving

    async def test_it_starts_to_serve(self):
        server = await serve(idle, "127.0.0.1", 0, start_serving=False, **PLAIN)
        serving = asyncio.create_task(server.serve_forever())
        await asyncio.sleep(0)
        self.assertTrue(server.is_serving())
        async with websockets.connect(url_of(server)):
            pass
        server.close()
        await serving


class Handlers(unittest.IsolatedAsyncioTestCase):
    async def test_a_failure_is_logged_with_its_traceback(self):
        async def fail(websocket):
            raise KeyError("mine")

        with logged(logging.ERROR) as records:
            async with serve(fail, "127.0.0.1", 0, **PLAIN) as server:
                async with websockets.connect(url_of(server)) as websocket:
                    await websocket.wait_closed()
        self.assertEqual(websocket.close_code, 1011)
        self.assertEqual(texts(records), ["connection handler failed"])
        error = records[0].exc_info[1]
        self.assertEqual(error.__traceback__.tb_frame.f_code.co_name, "fail")

    async def test_a_cancelled_handler_closes_with_1011(self):
        async with serve(idle, "127.0.0.1", 0, **PLAIN) as server:
            async with websockets.connect(url_of(server)) as websocket:
                [task] = server.handler_tasks
                task.cancel()
                await websocket.wait_closed()
                self.assertEqual(websocket.close_code, 1011)
            with self.assertRaises(asyncio.CancelledError):
                await task

    async def test_a_handler_runs_in_a_task_of_its_own(self):
        tasks = []

        async def handler(websocket):
            tasks.append(asyncio.current_task())

        async with serve(handler, "127.0.0.1", 0, **PLAIN) as server:
            for _ in range(2):
                async with websockets.connect(url_of(server)) as websocket:
                    await websocket.wait_closed()
        self.assertIsNot(tasks[0], tasks[1])

    async def test_the_end_of_the_loop_closes_connections(self):
        async def main():
            server = await serve(idle, "127.0.0.1", 0, **PLAIN)
            return await websockets.connect(url_of(server))

        def run():
            asyncio.run(main())

        await asyncio.to_thread(run)


class Signals(unittest.IsolatedAsyncioTestCase):
    async def test_sigterm_ends_a_server_gracefully(self):
        script = (
            "import asyncio, signal\n"
            "from websockets.asyncio.server import serve\n"
            "async def handler(websocket):\n"
            "    await websocket.wait_closed()\n"
            "    print('handler done')\n"
            "async def main():\n"
            "    async with serve(handler, '127.0.0.1', 0) as server:\n"
            "        loop = asyncio.get_running_loop()\n"
            "        loop.add_signal_handler(signal.SIGTERM, server.close)\n"
            "        print(server.sockets[0].getsockname()[1], flush=True)\n"
            "        await server.wait_closed()\n"
            "    print('server done')\n"
            "asyncio.run(main())\n"
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
        )
        port = int(await process.stdout.readline())
        async with websockets.connect(f"ws://127.0.0.1:{port}") as websocket:
            process.send_signal(signal.SIGTERM)
            await websocket.wait_closed()
            self.assertEqual(websocket.close_code, 1001)
        output, _ = await process.communicate()
        self.assertEqual(output.decode().splitlines(), ["handler done", "server done"])
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
