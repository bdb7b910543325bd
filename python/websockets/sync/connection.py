"""A connection as threads use it."""

import threading

from _websockets import SyncConnection as Connection

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
