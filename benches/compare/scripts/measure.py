"""Prints what one operation costs: seconds, or bytes of memory.

Arguments: PACKAGE CASE URL SECONDS LOOP. The case is a function of with_PACKAGE.py, which gets the
server's URL and a `measure`; LOOP is "none" for a blocking case, "asyncio" or "uvloop".
"""

import importlib
import sys
import time

import memory

# Cases in which one operation is many requests, or messages.
REQUESTS = {"gather": 100, "gather_anew": 100, "pipelined": 100}
# Those of a fixed number of operations, of which the seconds of a turn are a share.
SOAKS = {"soak_messages", "soak_cycles"}
# Long enough for the clock, short enough to stop in time.
LEAST = 0.01


def measured(seconds):
    """Measures `run`, which does an operation so many times, for about so many seconds."""

    def timed(run, count):
        started = time.perf_counter()
        run(count)
        return time.perf_counter() - started

    def measure(run):
        count, total, done = 1, 0.0, 0
        while timed(run, count) < LEAST:
            count *= 2
        while total < seconds:
            total += timed(run, count)
            done += count
        return total / done

    return measure


def measured_async(seconds):
    """As `measured`, for a `run` that is a coroutine function."""

    async def timed(run, count):
        started = time.perf_counter()
        await run(count)
        return time.perf_counter() - started

    async def measure(run):
        count, total, done = 1, 0.0, 0
        while await timed(run, count) < LEAST:
            count *= 2
        while total < seconds:
            total += await timed(run, count)
            done += count
        return total / done

    return measure


def run_in_loop(coroutine, loop):
    import asyncio

    factory = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(coroutine)


def main(package, case, url, seconds, loop):
    case = case.replace("-", "_")
    client = importlib.import_module(f"with_{package}")
    if case in memory.CASES:
        return run_in_loop(client.memory(url, memory.CASES[case]), loop)
    function = getattr(client, case)
    if case in SOAKS:
        return run_in_loop(function(url, min(1.0, 2 * seconds)), loop)
    if loop == "none":
        figure = function(url, measured(seconds))
    else:
        figure = run_in_loop(function(url, measured_async(seconds)), loop)
    return figure / REQUESTS.get(case, 1)


print(main(*sys.argv[1:4], float(sys.argv[4]), sys.argv[5]))
