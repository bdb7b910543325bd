"""Messages: text and bytes, small and large, in order, each once."""

import asyncio
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from support import server


class Messages(unittest.IsolatedAsyncioTestCase):
    async def echo(self, *messages):
        async with websockets.connect(server("WS") + "/echo") as websocket:
            answers = []
            for message in messages:
                await websocket.send(message)
                answers.append(await websocket.recv())
            return answers

    async def test_text_comes_back_as_text(self):
        texts = ["Hello!", "", "Grüße, 日本語, 🦀", '{"type": "chat"}']
        self.assertEqual(await self.echo(*texts), texts)

    async def test_bytes_come_back_as_bytes(self):
        messages = [b"\x00\xff", b"", bytes(range(256))]
        answers = await self.echo(*messages)
        self.assertEqual(answers, messages)
        self.assertEqual({type(answer) for answer in answers}, {bytes})

    async def test_other_kinds_of_bytes_are_sent_as_bytes(self):
        answers = await self.echo(bytearray(b"abc"), memoryview(b"def"))
        self.assertEqual(answers, [b"abc", b"def"])

    async def test_every_length_of_the_length_field(self):
        # RFC 6455, section 5.2: 7 bits, 16 bits, 64 bits.
        texts = ["x" * length for length in (125, 126, 127, 65535, 65536, 500_000)]
        self.assertEqual(await self.echo(*texts), texts)

    async def test_what_is_no_message_is_refused(self):
        async with websockets.connect(server("WS") + "/echo") as websocket:
            for value in (None, 1, {"a": 1}):
                with self.subTest(value=value), self.assertRaises(TypeError):
                    await websocket.send(value)
            await websocket.send("still open")
            self.assertEqual(await websocket.recv(), "still open")

    async def test_messages_keep_their_order(self):
        numbers = [str(n) for n in range(500)]
        async with websockets.connect(server("WS") + "/echo") as websocket:

            async def send_all():
                for number in numbers:
                    await websocket.send(number)

            sending = asyncio.create_task(send_all())
            answers = [await websocket.recv() for _ in numbers]
            await sending
        self.assertEqual(answers, numbers)

    async def test_several_tasks_send_on_one_connection(self):
        texts = [letter * 10_000 for letter in "abcdefgh"]
        async with websockets.connect(server("WS") + "/echo") as websocket:
            await asyncio.gather(*map(websocket.send, texts))
            answers = [await websocket.recv() for _ in texts]
        self.assertEqual(sorted(answers), texts)

    async def test_async_for_takes_messages_until_the_close(self):
        async with websockets.connect(server("WS") + "/push/100") as websocket:
            messages = [message async for message in websocket]
        self.assertEqual(messages, [str(n) for n in range(100)])


if __name__ == "__main__":
    unittest.main()
