"""An echo server with a few commands: `websockets_server.py [uncompressed] [tls=DIRECTORY]
[unix=PATH]`.

The same script is our server under tauraro, and the websockets package's under CPython. Prints its
port, or path, and runs until it is killed.
"""

import asyncio
import sys

import websockets


async def handler(websocket):
    async for message in websocket:
        command, _, argument = message.partition(" ") if isinstance(message, str) else ("", "", "")
        if command == "/count":
            for number in range(int(argument)):
                await websocket.send(str(number))
            return
        elif command == "/close":
            await websocket.close(int(argument), "as you wish")
            return
        elif command == "/fragments":
            await websocket.send(["frag", "men", "ts"])
        elif command == "/ping":
            pong = await websocket.ping(b"are you there?")
            # The pong is read by the connection itself, not by this loop.
            await asyncio.wait_for(pong, 10)
            await websocket.send("pong")
        else:
            await websocket.send(message)


def options_of(arguments):
    """Options of `serve`, and the path of the socket if it is no TCP socket."""
    options, path = {}, None
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name == "uncompressed":
            options["compression"] = None
        elif name == "tls":
            import ssl

            options["ssl"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            options["ssl"].load_cert_chain(f"{value}/server.pem", f"{value}/server.key")
        elif name == "unix":
            path = value
        else:
            raise ValueError(argument)
    return options, path


async def main():
    options, path = options_of(sys.argv[1:])
    if path:
        server = await websockets.unix_serve(handler, path, **options)
        print(path, flush=True)
    else:
        server = await websockets.serve(handler, "127.0.0.1", 0, **options)
        print(server.sockets[0].getsockname()[1], flush=True)
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
