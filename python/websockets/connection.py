"""The old name of websockets.protocol."""

import warnings

from .protocol import SEND_EOF, Protocol as Connection, Side, State

warnings.warn(
    "websockets.connection was renamed to websockets.protocol "
    "and Connection was renamed to Protocol",
    DeprecationWarning,
    stacklevel=2,
)
