"""The memory that connections take: resident bytes, for each of many."""

import asyncio
import gc
import os
import sys

# The allocator gives memory back a little later.
SETTLED = 0.5


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def settled():
    gc.collect()
    await asyncio.sleep(SETTLED)
    return resident()


async def hold(url, fetch, count):
    """Starts requests that the server holds back, and waits until it has them all."""
    requests = []
    while len(requests) < count:
        # Not more at once than the server's backlog takes.
        more = min(500, count - len(requests))
        requests += [asyncio.ensure_future(fetch(f"{url}/hold")) for _ in range(more)]
        await fetch(f"{url}/held/{len(requests)}")
    return requests


async def release(url, fetch, requests):
    await fetch(f"{url}/release")
    await asyncio.gather(*requests)


def in_flight(count):
    """For each request that waits for its response, its connection included."""

    async def measure(url, fetch):
        await fetch(f"{url}/json")
        before = await settled()
        requests = await hold(url, fetch, count)
        during = await settled()
        await release(url, fetch, requests)
        return (during - before) / count

    return measure


def idle(count):
    """For each connection that is kept for a later request."""

    async def measure(url, fetch):
        await fetch(f"{url}/json")
        before = await settled()
        await release(url, fetch, await hold(url, fetch, count))
        return (await settled() - before) / count

    return measure


async def growth(run, operations, share):
    """By how many bytes this process grows over a share of so many operations; it may grow during
    the first tenth. Says how it went on standard error."""
    tenth = max(1, int(operations * share / 10))
    sizes = []
    for number in range(10):
        await run(tenth)
        sizes.append(await settled())
        print(f"after {(number + 1) * tenth}: {sizes[-1] / 1024:.0f} KiB", file=sys.stderr)
    return sizes[-1] - sizes[0]


CASES = {"in_flight": in_flight, "idle": idle}
