"""What the test scripts share: where the servers are, and waiting for them."""

import asyncio
import json
import os
import time
import urllib.request

#: A wait longer than this has failed. Nothing is asserted to be fast.
HANG_GUARD = 30


def server(name):
    """The base URL of a test server: HTTP, HTTPS, WS, BAD, ..."""
    return os.environ["TAURARO_TEST_" + name]


def stats(name):
    """The counters of the HTTP, HTTPS or WS server. Asking is not counted."""
    with urllib.request.urlopen(server(name + "_STATS") + "/stats") as answer:
        return json.load(answer)


def reset_stats(name):
    """Starts the counters of a server anew."""
    urllib.request.urlopen(server(name + "_STATS") + "/reset-stats").close()


def wait_until(condition):
    """Waits until condition() is true."""
    deadline = time.monotonic() + HANG_GUARD
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("the condition never came true")
        time.sleep(0.005)


async def async_wait_until(condition):
    """Lets the loop run until condition() is true."""
    deadline = time.monotonic() + HANG_GUARD
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("the condition never came true")
        await asyncio.sleep(0.005)
