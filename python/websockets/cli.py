"""An interactive client: what is typed is sent, what is received is printed."""

import asyncio
import sys
import threading

__all__ = ["main"]

# What would steer a terminal is shown in the way that a str literal has it.
_CONTROLS = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160))}


def escape(text):
    """The text without characters that a terminal would obey."""
    return text.translate(_CONTROLS)


class _Screen:
    """Prints lines, on a terminal around the one that is being typed."""

    def __init__(self):
        self.is_terminal = sys.stdin.isatty() and sys.stdout.isatty()

    def _write(self, text):
        sys.stdout.write(text)
        sys.stdout.flush()

    def prompt(self):
        if self.is_terminal:
            self._write("> ")

    def print_above(self, line):
        """Prints above the line that is being typed."""
        if self.is_terminal:
            # Index and up again make room below; then the typed line is moved down by one.
            line = f"\x1bD\x1b[A\x1b7\r\x1b[L{line}\x1b8\x1b[B"
            self._write(line)
        else:
            self._write(line + "\n")

    def print_over(self, line):
        """Prints in the place of the line that is being typed."""
        start = "\r\x1b[K" if self.is_terminal else ""
        self._write(f"{start}{line}\n")


async def _print_messages(websocket, screen):
    async for message in websocket:
        if isinstance(message, str):
            screen.print_above("< " + escape(message))
        else:
            screen.print_above("< (binary) " + message.hex())


def _send_lines(websocket, screen, loop, done):
    """Sends what is typed, in a thread; the next line is read when the last one is sent."""
    from .exceptions import ConnectionClosed

    try:
        while True:
            screen.prompt()
            line = sys.stdin.readline()
            if not line:
                break
            sending = websocket.send(line.rstrip("\r\n"))
            asyncio.run_coroutine_threadsafe(sending, loop).result()
    except ConnectionClosed:
        pass
    finally:
        try:
            loop.call_soon_threadsafe(done.set)
        except RuntimeError:
            # The loop is closed: nobody waits for this any more.
            pass


async def _talk(websocket, screen):
    """Returns when either end has had enough."""
    from .exceptions import ConnectionClosedError

    done = asyncio.Event()
    sending = (websocket, screen, asyncio.get_running_loop(), done)
    # Reading a terminal cannot be cancelled, and the thread must not keep the process.
    threading.Thread(target=_send_lines, args=sending, daemon=True).start()
    printing = asyncio.ensure_future(_print_messages(websocket, screen))
    typing = asyncio.ensure_future(done.wait())
    try:
        await asyncio.wait([printing, typing], return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        # Ctrl-C says goodbye too.
        pass
    typing.cancel()
    await websocket.close()
    # What came before the end is printed.
    try:
        await printing
    except ConnectionClosedError:
        pass


async def interactive_client(uri, **kwargs):
    """Connects to `uri`, and sends and prints messages until either end closes."""
    from .asyncio.client import connect
    from .frames import Close

    try:
        websocket = await connect(uri, **kwargs)
    except Exception as exc:
        # Many messages are sentences already.
        reason = str(exc).removesuffix(".")
        print(f"Failed to connect to {uri}: {escape(reason)}.")
        sys.exit(1)
    print(f"Connected to {uri}.", flush=True)
    screen = _Screen()
    await _talk(websocket, screen)
    status = Close(websocket.close_code, websocket.close_reason)
    screen.print_over(f"Connection closed: {escape(str(status))}.")


def _parser():
    import argparse

    parser = argparse.ArgumentParser(
        prog="websockets", description="Interactive WebSocket client.", add_help=False
    )
    parser.add_argument("--help", action="store_true", help="show usage and exit")
    parser.add_argument(
        "--insecure", action="store_true", help="disable TLS certificate verification"
    )
    parser.add_argument("--version", action="store_true", help="show version and exit")
    parser.add_argument("uri", metavar="<uri>", nargs="?")
    return parser


def main(argv=None):
    """The command line: `[--help] [--insecure] [--version] <uri>`."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.help:
        parser.print_usage()
        sys.exit(0)
    if args.version:
        from . import __version__

        print(f"websockets {__version__}")
        sys.exit(0)
    if args.uri is None:
        parser.print_usage()
        sys.exit(2)
    try:
        # Lines are edited with it where the terminal alone would not.
        import readline  # noqa: F401
    except ImportError:
        pass
    kwargs = {}
    if args.insecure and args.uri.startswith("wss://"):
        import ssl

        kwargs["ssl"] = ssl.create_default_context()
        kwargs["ssl"].check_hostname = False
        kwargs["ssl"].verify_mode = ssl.CERT_NONE
    asyncio.run(interactive_client(args.uri, **kwargs))
