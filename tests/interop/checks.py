"""Named checks of a client script. Runs under tauraro and under CPython."""

import contextlib


@contextlib.contextmanager
def check(name):
    """Prints `ok <name>`, or `FAILED <name>` and why, and goes on."""
    try:
        yield
    except Exception as error:
        print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
    else:
        print(f"ok {name}", flush=True)


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{shortened(found)}, where {shortened(wanted)} was expected")


def shortened(value):
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"
