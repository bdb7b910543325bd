"""Extensions that a script brings, alone and beside permessage-deflate."""

import dataclasses
import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import websockets
from websockets.exceptions import NegotiationError, ProtocolError
from websockets.extensions import ClientExtensionFactory, Extension, ServerExtensionFactory


class Rot(Extension):
    """Adds a number to each byte, and marks the frame with RSV2."""

    name = "x-rot"

    def __init__(self, by):
        self.by = by

    def _turned(self, frame, by, rsv2):
        data = bytes((byte + by) % 256 for byte in bytes(frame.data))
        return dataclasses.replace(frame, data=data, rsv2=rsv2)

    def encode(self, frame):
        return self._turned(frame, self.by, True)

    def decode(self, frame, *, max_size=None):
        if not frame.rsv2:
            raise ProtocolError("not turned")
        return self._turned(frame, -self.by, False)


class Factory(ClientExtensionFactory, ServerExtensionFactory):
    name = "x-rot"

    def __init__(self, by):
        self.by = by

    def get_request_params(self):
        return [("by", str(self.by))]

    def process_response_params(self, params, accepted_extensions):
        if dict(params) != {"by": str(self.by)}:
            raise NegotiationError("another number")
        return Rot(self.by)

    def process_request_params(self, params, accepted_extensions):
        return params, Rot(int(dict(params)["by"]))


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


class Own(unittest.IsolatedAsyncioTestCase):
    async def test_messages_and_fragments_go_through_it(self):
        for compression in (None, "deflate"):
            options = {"extensions": [Factory(7)], "compression": compression}
            async with websockets.serve(echo, "localhost", 0, **options) as server:
                port = server.sockets[0].getsockname()[1]
                async with websockets.connect(f"ws://localhost:{port}", **options) as client:
                    answer = client.response.headers["Sec-WebSocket-Extensions"]
                    self.assertTrue(answer.startswith("x-rot; by=7"), answer)
                    for message in ("", "žluť", b"\x00\xff" * 5000):
                        await client.send(message)
                        self.assertEqual(await client.recv(), message)
                    await client.send(["frag", "ments"])
                    self.assertEqual(await client.recv(), "fragments")
                    await client.send(["frag", "ments"])
                    stream = client.recv_streaming()
                    self.assertEqual("".join([part async for part in stream]), "fragments")

    async def test_what_it_raises_fails_the_connection(self):
        class Picky(Factory):
            def process_request_params(self, params, accepted_extensions):
                extension = Rot(7)
                extension.decode = self.refuse
                return params, extension

            def refuse(self, frame, *, max_size=None):
                raise ProtocolError("refused")

        server = websockets.serve(echo, "localhost", 0, extensions=[Picky(7)], compression=None)
        async with server as listening:
            port = listening.sockets[0].getsockname()[1]
            uri = f"ws://localhost:{port}"
            async with websockets.connect(
                uri, extensions=[Factory(7)], compression=None
            ) as client:
                await client.send("message")
                with self.assertRaises(websockets.ConnectionClosedError) as closed:
                    await client.recv()
        self.assertEqual(closed.exception.rcvd.code, 1002)
        self.assertEqual(closed.exception.rcvd.reason, "refused")


if __name__ == "__main__":
    unittest.main()
