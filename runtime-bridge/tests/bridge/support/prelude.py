"""What every script of these tests finds in its namespace."""

import asyncio
import sys
import threading

import bridge_python
import bridge_streams
import bridge_test
import bridge_threads


class raises:
    """The block must raise `kind`, with `text` in its message. The exception is `.exception`."""

    def __init__(self, kind, text=""):
        self.kind = kind
        self.text = text

    def __enter__(self):
        return self

    def __exit__(self, kind, exception, traceback):
        if exception is None:
            raise AssertionError(f"{self.kind.__name__} was not raised")
        if not isinstance(exception, self.kind):
            return False
        if self.text not in str(exception):
            raise AssertionError(f"{self.text!r} is not in {str(exception)!r}")
        self.exception = exception
        return True


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


async def until(condition):
    """Lets the loop turn until `condition()` holds."""
    while not condition():
        await asyncio.sleep(0)


def in_threads(*functions):
    """Calls each function in a thread of its own, at once; returns the results in order."""
    results = [None] * len(functions)

    def call(index, function):
        try:
            results[index] = function()
        except BaseException as exception:
            results[index] = exception

    threads = [threading.Thread(target=call, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
