"""Types that the signatures of websockets name."""

import http
import logging
import os
from collections.abc import Sequence
from typing import Any, NewType

__all__ = [
    "Data",
    "LoggerLike",
    "StatusLike",
    "Origin",
    "Subprotocol",
    "ExtensionName",
    "ExtensionParameter",
]

# A message: str is text, bytes is binary.
Data = str | bytes

# What is taken where bytes are meant.
BytesLike = bytes | bytearray | memoryview

# What is taken where a message is meant.
DataLike = str | bytes | bytearray | memoryview

LoggerLike = logging.Logger | logging.LoggerAdapter[Any]

PathLike = str | bytes | os.PathLike[str] | os.PathLike[bytes]

StatusLike = http.HTTPStatus | int

# The value of an Origin field.
Origin = NewType("Origin", str)

# An item of Sec-WebSocket-Protocol.
Subprotocol = NewType("Subprotocol", str)

# The name of an item of Sec-WebSocket-Extensions.
ExtensionName = NewType("ExtensionName", str)

# A name, and a value or None.
ExtensionParameter = tuple[str, str | None]

ExtensionHeader = tuple[ExtensionName, Sequence[ExtensionParameter]]

# An item of Connection, and one of Upgrade.
ConnectionOption = NewType("ConnectionOption", str)
UpgradeProtocol = NewType("UpgradeProtocol", str)
