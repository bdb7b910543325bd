from .base import (
    ClientExtensionFactory as ClientExtensionFactory,
    Extension as Extension,
    ServerExtensionFactory as ServerExtensionFactory,
)

__all__ = ["Extension", "ClientExtensionFactory", "ServerExtensionFactory"]
