"""A WebSocket server of a package: `serve.py PACKAGE KIND LOOP`. Prints its port; runs until killed.

KIND is "echo" or "deflate": the same with compression. What a server does with a connection is told
by the path:
/           sends back what comes
/broadcast  waits for as many others as the first message says; for each further one: sends it to
            all others, and answers with the loop's largest gap in seconds while it did
/broadcasts as /broadcast: for each further one sends as many messages as it says, without an answer
/flood      sends messages without end
"""

import asyncio
import importlib
import resource
import sys
import time

_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def largest_gap(work):
    """Runs `work`, and looks how long the loop keeps others waiting in the meantime and after it."""
    largest = 0.0
    done = False

    async def watch():
        nonlocal largest
        last = time.perf_counter()
        while not done:
            await asyncio.sleep(0)
            now = time.perf_counter()
            largest = max(largest, now - last)
            last = now

    watching = asyncio.ensure_future(watch())
    await asyncio.sleep(0)
    await work()
    # What is left to write is written from here on.
    await asyncio.sleep(0.5)
    done = True
    await watching
    return largest


async def serve(package, kind):
    print(await importlib.import_module(f"with_{package}").serve(kind, largest_gap), flush=True)
    await asyncio.Event().wait()


def main(package, kind, loop):
    factory = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(package, kind))


main(*sys.argv[1:])
