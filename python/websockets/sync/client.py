"""Connecting to a WebSocket server from a thread."""

from _websockets import ConnectOptions, SyncClientConnection as ClientConnection, connect_blocking

__all__ = ["connect", "ClientConnection"]


def connect(uri, *, legacy=None, **options):
    """Connects to a WebSocket server and returns a ClientConnection, for a `with` statement."""
    if "timeout" in options:
        options.setdefault("open_timeout", options.pop("timeout"))
    connection = connect_blocking(ConnectOptions(uri, **options))
    if legacy:
        connection._unmanaged_on_purpose()
    return connection
