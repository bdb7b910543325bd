"""websockets_server.py in threads: `websockets_sync_server.py [uncompressed] [tls=DIRECTORY]
[unix=PATH]`."""

import sys

from websockets.sync.server import serve, unix_serve
from websockets_server import options_of


def handler(websocket):
    for message in websocket:
        command, _, argument = message.partition(" ") if isinstance(message, str) else ("", "", "")
        if command == "/count":
            for number in range(int(argument)):
                websocket.send(str(number))
            return
        elif command == "/close":
            websocket.close(int(argument), "as you wish")
            return
        elif command == "/fragments":
            websocket.send(["frag", "men", "ts"])
        elif command == "/ping":
            if not websocket.ping(b"are you there?").wait(10):
                raise TimeoutError("no pong")
            websocket.send("pong")
        else:
            websocket.send(message)


options, path = options_of(sys.argv[1:])
server = unix_serve(handler, path, **options) if path else serve(handler, "127.0.0.1", 0, **options)
print(path or server.socket.getsockname()[1], flush=True)
server.serve_forever()
