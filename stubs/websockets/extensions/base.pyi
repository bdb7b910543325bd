from collections.abc import Sequence

from ..frames import Frame
from ..typing import ExtensionName, ExtensionParameter

__all__ = ["Extension", "ClientExtensionFactory", "ServerExtensionFactory"]

class Extension:
    name: ExtensionName
    def decode(self, frame: Frame, *, max_size: int | None = None) -> Frame: ...
    def encode(self, frame: Frame) -> Frame: ...

class ClientExtensionFactory:
    name: ExtensionName
    def get_request_params(self) -> Sequence[ExtensionParameter]: ...
    def process_response_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> Extension: ...

class ServerExtensionFactory:
    name: ExtensionName
    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], Extension]: ...
