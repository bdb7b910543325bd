import http
import logging
import os
from collections.abc import Sequence
from typing import Any, NewType, TypeAlias

__all__ = ["Data", "LoggerLike", "StatusLike", "Origin", "Subprotocol", "ExtensionName", "ExtensionParameter"]

Data: TypeAlias = str | bytes
BytesLike: TypeAlias = bytes | bytearray | memoryview
DataLike: TypeAlias = str | bytes | bytearray | memoryview
LoggerLike: TypeAlias = logging.Logger | logging.LoggerAdapter[Any]
PathLike: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]
StatusLike: TypeAlias = http.HTTPStatus | int
Origin = NewType("Origin", str)
Subprotocol = NewType("Subprotocol", str)
ExtensionName = NewType("ExtensionName", str)
ExtensionParameter: TypeAlias = tuple[str, str | None]
ExtensionHeader: TypeAlias = tuple[ExtensionName, Sequence[ExtensionParameter]]
ConnectionOption = NewType("ConnectionOption", str)
UpgradeProtocol = NewType("UpgradeProtocol", str)
