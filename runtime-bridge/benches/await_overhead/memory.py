"""Prints the MB in use: after the 1st and the last million of CASE, and the seconds it took; or
before, while and after 100,000 tasks are alive, once and again. Arguments: CASE MILLIONS.
"""

import asyncio
import gc
import resource
import sys
import time

from await_bench import ready, suspended

MILLION = 1_000_000
TASKS = 100_000


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
    for _ in range(count):
        await asyncio.gather(ready())


async def cancel_timer(count):
    loop = asyncio.get_running_loop()
    for _ in range(count):
        loop.call_later(3600, print).cancel()


def in_use():
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[1])
    return pages * resource.getpagesize() / 2**20


async def flat(function, millions):
    started = time.monotonic()
    await function(MILLION)
    first = in_use()
    for _ in range(millions - 1):
        await function(MILLION)
    print(first, in_use(), time.monotonic() - started)


async def be_alive(count):
    """Returns the MB in use while `count` tasks wait for one event."""
    event = asyncio.Event()
    tasks = [asyncio.create_task(event.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    alive = in_use()
    event.set()
    await asyncio.gather(*tasks)
    return alive


async def alive_at_once():
    await be_alive(1000)
    for _ in range(2):
        before = in_use()
        alive = await be_alive(TASKS)
        gc.collect()
        # The allocator gives memory back a little later.
        await asyncio.sleep(1)
        await be_alive(1000)
        print(before, alive, in_use())


CASES = {
    "ready": await_ready,
    "suspended": await_suspended,
    "sleep": sleep_zero,
    "task": create_task,
    "gather": gather,
    "timer": cancel_timer,
}

if sys.argv[1] == "alive":
    asyncio.run(alive_at_once())
else:
    asyncio.run(flat(CASES[sys.argv[1]], int(sys.argv[2])))
