"""When to connect anew, and how long to wait before."""

import os


def process_exception(exc):
    """Whether a connection that failed with `exc` is worth another attempt.

    Returns None if it is: after an OSError or TimeoutError, when the server broke off during the
    opening handshake, and when it answered with 500, 502, 503 or 504. Otherwise returns the
    exception to raise.
    """
    if isinstance(exc, (OSError, TimeoutError)):
        return None

    from .exceptions import InvalidMessage, InvalidStatus

    if isinstance(exc, InvalidMessage) and isinstance(exc.__cause__, EOFError):
        return None
    if isinstance(exc, InvalidStatus) and exc.response.status_code in (500, 502, 503, 504):
        return None
    return exc


def _setting(name, default):
    return float(os.environ.get("WEBSOCKETS_BACKOFF_" + name, default))


BACKOFF_INITIAL_DELAY = _setting("INITIAL_DELAY", 5.0)
BACKOFF_MIN_DELAY = _setting("MIN_DELAY", 3.1)
BACKOFF_MAX_DELAY = _setting("MAX_DELAY", 90.0)
BACKOFF_FACTOR = _setting("FACTOR", 1.618)


def backoff(
    initial_delay=BACKOFF_INITIAL_DELAY,
    min_delay=BACKOFF_MIN_DELAY,
    max_delay=BACKOFF_MAX_DELAY,
    factor=BACKOFF_FACTOR,
):
    """Yields how many seconds to wait before each attempt, for ever.

    The first wait is a random part of `initial_delay`, so that the clients of a server that went
    away do not all come back at once. The second is `min_delay`; each further one is `factor` times
    the one before, but never more than `max_delay`.
    """
    import random

    yield random.uniform(0, initial_delay)
    delay = min_delay
    while True:
        yield min(delay, max_delay)
        delay = min(delay * factor, max_delay)
