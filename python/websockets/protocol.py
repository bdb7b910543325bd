"""The states of a connection."""

import enum


class State(enum.IntEnum):
    """The states of RFC 6455."""

    CONNECTING, OPEN, CLOSING, CLOSED = range(4)
