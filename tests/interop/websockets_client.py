"""A WebSocket client against websockets_server.py: `websockets_client.py URL CHECK...`.

The same script is our client under tauraro, and the websockets package's under CPython. In the
environment: AUTHORITY, a file with the certificate to trust; UNIX_SOCKET, a path to connect to;
COMPRESSION, "none" for a client that offers none; NEGOTIATED, whether there is to be compression.
"""

import asyncio
import os
import sys

import websockets
from checks import check, equal


def options():
    """Those of `connect` that the environment asks for."""
    found = {}
    if "AUTHORITY" in os.environ:
        import ssl

        found["ssl"] = ssl.create_default_context(cafile=os.environ["AUTHORITY"])
    if os.environ.get("COMPRESSION") == "none":
        found["compression"] = None
    return found


def connect(url):
    if "UNIX_SOCKET" in os.environ:
        return websockets.unix_connect(os.environ["UNIX_SOCKET"], url, **options())
    return websockets.connect(url, **options())


async def negotiated(url):
    async with connect(url) as websocket:
        accepted = websocket.response.headers.get("Sec-WebSocket-Extensions", "")
        equal(str("permessage-deflate" in accepted), os.environ["NEGOTIATED"])


MESSAGES = ("Hello!", "", "Zoë 🎈", b"", b"\x00\xff")
#: Around the places where the frame header grows, and above one read of a socket.
SIZES = (125, 126, 127, 65_535, 65_536, 500_000)


async def echo(url):
    async with connect(url) as websocket:
        for message in MESSAGES:
            await websocket.send(message)
            equal(await websocket.recv(), message)


async def sizes(url):
    async with connect(url) as websocket:
        for size in SIZES:
            message = sized(size)
            await websocket.send(message)
            equal(await websocket.recv(), message)


def sized(size):
    return bytes(range(250)) * (size // 250) + b"." * (size % 250)


async def many_messages(url):
    async with connect(url) as websocket:
        for number in range(1000):
            await websocket.send(f"message {number}")
            equal(await websocket.recv(), f"message {number}")


async def many_clients(url):
    async def talk(number):
        async with connect(url) as websocket:
            await websocket.send(f"client {number}")
            equal(await websocket.recv(), f"client {number}")

    await asyncio.gather(*[talk(number) for number in range(50)])


async def iteration(url):
    async with connect(url) as websocket:
        await websocket.send("/count 5")
        equal([message async for message in websocket], ["0", "1", "2", "3", "4"])


async def close_ok(url):
    async with connect(url) as websocket:
        await websocket.send("/close 1000")
        try:
            await websocket.recv()
        except websockets.ConnectionClosedOK as error:
            equal((error.rcvd.code, error.rcvd.reason), (1000, "as you wish"))
        else:
            raise AssertionError("the connection was not closed")


async def close_error(url):
    async with connect(url) as websocket:
        await websocket.send("/close 4001")
        try:
            await websocket.recv()
        except websockets.ConnectionClosedError as error:
            equal((error.rcvd.code, error.rcvd.reason), (4001, "as you wish"))
        else:
            raise AssertionError("the connection was not closed")


async def fragments_sent(url):
    async with connect(url) as websocket:
        await websocket.send(["frag", "men", "ts"])
        equal(await websocket.recv(), "fragments")


async def fragments_received(url):
    async with connect(url) as websocket:
        await websocket.send("/fragments")
        equal(await websocket.recv(), "fragments")


async def ping_sent(url):
    async with connect(url) as websocket:
        pong = await websocket.ping()
        await asyncio.wait_for(pong, 10)


async def wrong_certificate(url):
    """Without the authority that signed it."""
    try:
        async with websockets.connect(url):
            pass
    except OSError:
        return
    raise AssertionError("the certificate was accepted")


async def ping_received(url):
    async with connect(url) as websocket:
        await websocket.send("/ping")
        equal(await websocket.recv(), "pong")


async def main(url, *names):
    for name in names:
        with check(name):
            await globals()[name](url)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
