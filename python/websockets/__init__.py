"""WebSocket clients and servers, native.

    async with websockets.connect("ws://localhost:8080") as websocket:
        await websocket.send("Hello!")
        print(await websocket.recv())
"""

__version__ = "17.0"

# Where each name lives; a module is imported when one of its names is asked for.
_NAMES = {
    "asyncio.client": ("connect", "ClientConnection"),
    "asyncio.server": ("serve", "Server", "ServerConnection"),
    "datastructures": ("Headers",),
    "exceptions": (
        "ConcurrencyError",
        "ConnectionClosed",
        "ConnectionClosedError",
        "ConnectionClosedOK",
        "DuplicateParameter",
        "InvalidHandshake",
        "InvalidHeader",
        "InvalidHeaderFormat",
        "InvalidHeaderValue",
        "InvalidMessage",
        "InvalidMethod",
        "InvalidOrigin",
        "InvalidParameterName",
        "InvalidParameterValue",
        "InvalidProxy",
        "InvalidProxyMessage",
        "InvalidProxyStatus",
        "InvalidState",
        "InvalidStatus",
        "InvalidURI",
        "InvalidUpgrade",
        "NegotiationError",
        "PayloadTooBig",
        "ProtocolError",
        "ProxyError",
        "SecurityError",
        "WebSocketException",
    ),
    "frames": ("Close", "CloseCode"),
    "http11": ("Request", "Response"),
    "protocol": ("State",),
}
_MODULES = ("asyncio", "datastructures", "exceptions", "frames", "http11", "protocol")

__all__ = [name for names in _NAMES.values() for name in names]


def __getattr__(name):
    from importlib import import_module

    if name in _MODULES:
        return import_module("." + name, __name__)
    for module, names in _NAMES.items():
        if name in names:
            value = getattr(import_module("." + module, __name__), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__, *_MODULES})
