"""Keys of the opening handshake, masking, names of sockets."""

import os
from binascii import b2a_base64

from _websockets import accept_key, apply_mask

__all__ = ["accept_key", "apply_mask", "get_socket_name"]

# RFC 6455 section 1.3.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def generate_key():
    """A random Sec-WebSocket-Key."""
    return b2a_base64(os.urandom(16), newline=False).decode()


def get_socket_name(sock):
    """Where a socket is bound: host:port, [host]:port or a path."""
    from ._names import name_of

    return name_of(sock)
