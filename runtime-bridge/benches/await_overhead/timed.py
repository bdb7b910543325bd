"""Prints what one operation costs, in microseconds. Arguments: CASE PORT LOOP.

The same file for every runtime. Where the native module is missing, the nearest thing that a
script can write takes its place.
"""

import asyncio
import functools
import sys
import time

ECHOED = b"x" * 64

try:
    from await_bench import connect, ready, suspended
except ImportError:

    async def ready():
        pass

    suspended = functools.partial(asyncio.sleep, 0)
    connect = None


async def ready_in_python():
    pass


async def await_ready(count):
    for _ in range(count):
        await ready()


async def await_suspended(count):
    for _ in range(count):
        await suspended()


async def sleep_zero(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def create_task(count):
    for _ in range(count):
        await asyncio.create_task(ready_in_python())


async def gather(count):
    await asyncio.gather(*[ready() for _ in range(count)])


async def idle(seconds):
    await asyncio.sleep(seconds)


async def open_echo(port):
    """A function that sends and receives `count` times over one connection."""
    if connect is None:
        return functools.partial(echo_streams, *await asyncio.open_connection("127.0.0.1", port))
    return functools.partial(echo_native, await connect(port))


async def echo_native(connection, count):
    for _ in range(count):
        await connection.echo(ECHOED)


async def echo_streams(reader, writer, count):
    for _ in range(count):
        writer.write(ECHOED)
        await reader.readexactly(len(ECHOED))


# Case: the function, operations in a sample, samples.
COUNTS = {
    "ready": (await_ready, 20_000, 15),
    "suspended": (await_suspended, 5_000, 15),
    "sleep": (sleep_zero, 5_000, 15),
    "task": (create_task, 2_000, 15),
    "gather": (gather, 10_000, 5),
    "echo": (None, 300, 25),
    "idle": (idle, 1, 1),
}


async def measure(case, port):
    function, count, samples = COUNTS[case]
    # The server works too, in another process; for all else only this process counts, whatever
    # else the machine does.
    clock = time.process_time
    if case == "echo":
        function = await open_echo(port)
        clock = time.perf_counter
    # What is made at first use is not to be counted.
    await function(count)
    figures = []
    for _ in range(samples):
        started = clock()
        await function(count)
        figures.append((clock() - started) / count * 1e6)
    return sorted(figures)[samples // 2]


def loop_factory(name):
    if name == "asyncio":
        return None
    import uvloop

    return uvloop.new_event_loop


with asyncio.Runner(loop_factory=loop_factory(sys.argv[3])) as runner:
    print(runner.run(measure(sys.argv[1], int(sys.argv[2]))))
