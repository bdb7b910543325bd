"""Giving up: no message is lost, no connection stays behind."""

import asyncio
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server, stats, reset_stats, async_wait_until


class Recv(unittest.IsolatedAsyncioTestCase):
    async def test_wait_for_gives_up_and_the_connection_goes_on(self):
        async with websockets.connect(server("WS") + "/echo") as websocket:
            for _ in range(3):
                with self.assertRaises(asyncio.TimeoutError):
                    await asyncio.wait_for(websocket.recv(), 0.02)
            await websocket.send("Hello!")
            self.assertEqual(await websocket.recv(), "Hello!")

    async def test_a_cancelled_recv_loses_no_message(self):
        async with websockets.connect(server("WS") + "/push/200") as websocket:
            received = []
            turns = 0
            while len(received) < 200:
                turns += 1
                receiving = asyncio.create_task(websocket.recv())
                for _ in range(turns % 4):
                    await asyncio.sleep(0)
                receiving.cancel()
                try:
                    received.append(await receiving)
                except asyncio.CancelledError:
                    await asyncio.sleep(0)
        self.assertEqual(received, [str(n) for n in range(200)])


class Connect(unittest.IsolatedAsyncioTestCase):
    async def test_a_cancelled_connect_leaves_no_socket(self):
        reset_stats("HTTP")
        url = server("HTTP").replace("http", "ws") + "/never"

        async def connect():
            await websockets.connect(url)

        connecting = asyncio.create_task(connect())
        await async_wait_until(lambda: stats("HTTP")["requests"] == 1)
        connecting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await connecting
        await async_wait_until(lambda: stats("HTTP")["open_sockets"] == 0)


class Body(unittest.IsolatedAsyncioTestCase):
    async def test_a_cancelled_task_closes_its_connection(self):
        reset_stats("WS")

        async def talk():
            async with websockets.connect(server("WS") + "/silent") as websocket:
                await websocket.recv()

        talking = asyncio.create_task(talk())
        await async_wait_until(lambda: stats("WS")["requests"] == 1)
        talking.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await talking
        await async_wait_until(lambda: stats("WS")["open_sockets"] == 0)


class Handler(unittest.IsolatedAsyncioTestCase):
    async def test_a_handler_that_waits_for_the_close_ends_with_its_server(self):
        started = asyncio.Event()

        async def wait(websocket):
            started.set()
            await websocket.wait_closed()

        serving = await websockets.serve(wait, "127.0.0.1", 0)
        port = serving.sockets[0].getsockname()[1]
        async with websockets.connect(f"ws://127.0.0.1:{port}") as websocket:
            await started.wait()
            serving.close()
            await serving.wait_closed()
            with self.assertRaises(websockets.ConnectionClosed):
                await websocket.recv()


if __name__ == "__main__":
    unittest.main()
