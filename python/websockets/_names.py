"""What log lines call things."""

import socket


def name_of(sock):
    """What a log line calls a socket."""
    name = sock.getsockname()
    if sock.family == socket.AF_INET:
        return "%s:%d" % name
    if sock.family == socket.AF_INET6:
        return "[%s]:%d" % name[:2]
    return str(name)
