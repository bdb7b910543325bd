"""A connection as threads use it."""

import threading

from _websockets import SyncConnection as Connection
from _websockets import broadcast_blocking

__all__ = ["Connection"]


class PongReceived(threading.Event):
    """Set once a pong has arrived; `Connection.ping` returns it."""

    def __init__(self, pong):
        super().__init__()
        self._pong = pong

    def is_set(self):
        """Whether the pong has arrived, or set() was called."""
        return super().is_set() or self._pong.is_set()

    def wait(self, timeout=None):
        """Waits for the pong, at most timeout seconds, and tells whether it has arrived."""
        return super().is_set() or self._pong.wait(timeout)


def broadcast(connections, message, *, raise_exceptions=False, text=None, **kwargs):
    """Sends a message to many connections, to all at once, and waits until each has taken it.

    A str is sent as text and bytes as binary, unless text=True or text=False says otherwise.
    Connections that are not open are passed over. One that is sending a fragmented message, or
    fails, is skipped with a warning in its log; with raise_exceptions=True an ExceptionGroup tells
    of all of them at the end. Further arguments, of a pool of threads, mean nothing here.
    """
    broadcast_blocking(connections, message, raise_exceptions=raise_exceptions, text=text)


# It is asked for there; here it is because it works for clients, too.
broadcast.__module__ = "websockets.sync.server"
