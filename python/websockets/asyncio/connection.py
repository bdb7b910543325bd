"""A connection as asyncio's tasks use it."""

from _websockets import Connection, broadcast

__all__ = ["Connection"]
