"""picows: callbacks, not coroutines."""

import asyncio

from messages import PIPELINED, TEXT
from picows import WSListener, WSMsgType, ws_connect, ws_create_server

MESSAGE = TEXT.encode()


class Counting(WSListener):
    """Sends the next message when an answer has come; the rest at the start."""

    def start(self, count, at_once):
        self.answers = count
        self.to_send = count - at_once
        self.done = asyncio.get_running_loop().create_future()
        for _ in range(at_once):
            self.transport.send(WSMsgType.TEXT, MESSAGE)
        return self.done

    def on_ws_connected(self, transport):
        self.transport = transport

    def on_ws_frame(self, transport, frame):
        frame.get_payload_as_utf8_text()
        self.answers -= 1
        if self.to_send:
            self.to_send -= 1
            transport.send(WSMsgType.TEXT, MESSAGE)
        elif not self.answers:
            self.done.set_result(None)


async def measured(url, run_with):
    transport, listener = await ws_connect(Counting, url)
    figure = await run_with(listener)
    transport.disconnect()
    return figure


async def ping_pong(url, measure):
    return await measured(url, lambda listener: measure(lambda count: listener.start(count, 1)))


async def pipelined(url, measure):
    def run_with(listener):
        async def run(count):
            for _ in range(count):
                await listener.start(PIPELINED, PIPELINED)

        return measure(run)

    return await measured(url, run_with)


async def thousand(url, measure):
    connected = []
    while len(connected) < 1000:
        connected += await asyncio.gather(*[ws_connect(Counting, url) for _ in range(100)])

    async def run(count):
        await asyncio.gather(*[listener.start(count, 1) for _, listener in connected])

    figure = await measure(run)
    for transport, _ in connected:
        transport.disconnect()
    return figure


class Echo(WSListener):
    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        else:
            transport.send(frame.msg_type, frame.get_payload_as_bytes())


class Silent(WSListener):
    pass


async def serve(kind, largest_gap):
    everybody = set()

    class Listening(WSListener):
        def on_ws_connected(self, transport):
            everybody.add(transport)

        def on_ws_disconnected(self, transport):
            everybody.discard(transport)

    class Sending(WSListener):
        """All listeners are connected before the first message comes."""

        counted = False

        def on_ws_frame(self, transport, frame):
            if frame.msg_type == WSMsgType.TEXT:
                if self.counted:
                    self.send(int(frame.get_payload_as_utf8_text()))
                self.counted = True

        def send(self, count):
            for _ in range(count):
                for listener in everybody:
                    listener.send(WSMsgType.TEXT, MESSAGE)

    listeners = {"/listen": Listening, "/broadcasts": Sending, "/silent": Silent}

    def choose(request):
        return listeners.get(request.path.decode(), Echo)()

    server = await ws_create_server(choose, "127.0.0.1", 0, backlog=1024)
    return server.sockets[0].getsockname()[1]
