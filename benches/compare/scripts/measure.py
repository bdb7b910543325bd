"""Prints what one operation costs: seconds, or bytes of memory; and the seconds of CPU time.

Arguments: PACKAGE CASE URL SECONDS LOOP. The case is a function of with_PACKAGE.py, which gets the
server's URL and a `measure`, and the number at the end of the case's name if there is one; LOOP is
"none" for a blocking case, "asyncio" or "uvloop". COMPARE_AUTHORITY is the path of the certificate
that a client has to trust.
"""

import importlib
import resource
import sys
import time

import memory

# Cases in which one operation is many requests, or messages.
REQUESTS = {
    "gather": 100,
    "gather_anew": 100,
    "http2": 100,
    "pipelined": 100,
    "thousand": 1000,
    "fan_out": 10_000,
    "fan_out_of_fewer": 1000,
}
# Those whose number says so.
MANY = {"at", "delayed", "threads"}
# Those of a fixed number of operations, of which the seconds of a turn are a share.
SOAKS = {"soak_messages", "soak_cycles"}
# Long enough for the clock, short enough to stop in time.
LEAST = 0.01
# Of which there is no second turn, in seconds: a warm-up would double it.
PATIENCE = 5.0


def measured(seconds):
    """Measures `run`, which does an operation so many times, for about so many seconds."""

    def timed(run, count):
        started, cpu = time.perf_counter(), time.process_time()
        run(count)
        return time.perf_counter() - started, time.process_time() - cpu

    def measure(run):
        turns = Turns()
        while not turns.fit(*timed(run, turns.count), seconds):
            pass
        return turns.cost()

    return measure


def measured_async(seconds):
    """As `measured`, for a `run` that is a coroutine function."""

    async def timed(run, count):
        started, cpu = time.perf_counter(), time.process_time()
        await run(count)
        return time.perf_counter() - started, time.process_time() - cpu

    async def measure(run):
        turns = Turns()
        while not turns.fit(*await timed(run, turns.count), seconds):
            pass
        return turns.cost()

    return measure


class Turns:
    """How many operations at a time, and what all that count cost. The first turns find out how many
    are long enough for the clock; they, and the first of all, do not count."""

    def __init__(self):
        self.count = 1
        self.warm = False
        self.done = 0
        self.seconds = self.cpu = 0.0

    def fit(self, taken, cpu, seconds):
        """Takes the cost of a turn; whether it was the last."""
        if not self.warm:
            self.warm = taken >= LEAST
            if not self.warm:
                self.count *= 2
            if taken < PATIENCE:
                return False
        self.done += self.count
        self.seconds += taken
        self.cpu += cpu
        return self.seconds >= seconds

    def cost(self):
        return self.seconds / self.done, self.cpu / self.done


def run_in_loop(coroutine, loop):
    import asyncio

    factory = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(coroutine)


def raise_descriptors():
    """Thousands of connections are more than the usual limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def parsed(case):
    """The case without the number at its end, and that number in a list."""
    name, _, number = case.rpartition("-")
    if number.isdecimal():
        return name.replace("-", "_"), [int(number)]
    return case.replace("-", "_"), []


def main(package, case, url, seconds, loop):
    raise_descriptors()
    case, number = parsed(case)
    client = importlib.import_module(f"with_{package}")
    if case in memory.CASES:
        return [run_in_loop(client.memory(url, memory.CASES[case](*number)), loop)]
    function = getattr(client, case)
    if case in SOAKS:
        return [run_in_loop(function(url, min(1.0, 2 * seconds)), loop)]
    if loop == "none":
        cost = function(url, measured(seconds), *number)
    else:
        cost = run_in_loop(function(url, measured_async(seconds), *number), loop)
    requests = number[0] if case in MANY else REQUESTS.get(case, 1)
    return [figure / requests for figure in cost]


print(*main(*sys.argv[1:4], float(sys.argv[4]), sys.argv[5]))
