"""WebSocket clients and servers, native.

    async with websockets.connect("ws://localhost:8080") as websocket:
        await websocket.send("Hello!")
        print(await websocket.recv())
"""

__version__ = "17.0"

# Where each name lives; a module is imported when one of its names is asked for.
_NAMES = {
    "asyncio.client": ("connect", "unix_connect", "ClientConnection"),
    "asyncio.router": ("route", "unix_route", "Router"),
    "asyncio.server": (
        "basic_auth",
        "broadcast",
        "serve",
        "unix_serve",
        "ServerConnection",
        "Server",
    ),
    "client": ("ClientProtocol",),
    "datastructures": ("Headers", "HeadersLike", "MultipleValuesError"),
    "exceptions": (
        "ConcurrencyError",
        "ConnectionClosed",
        "ConnectionClosedError",
        "ConnectionClosedOK",
        "DuplicateParameter",
        "HeaderLineTooLong",
        "InvalidHandshake",
        "InvalidHeader",
        "InvalidHeaderFormat",
        "InvalidHeaderValue",
        "InvalidMessage",
        "InvalidMethod",
        "InvalidOrigin",
        "InvalidParameterName",
        "InvalidParameterValue",
        "InvalidProtocol",
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
        "RequestLineTooLong",
        "SecurityError",
        "StatusLineTooLong",
        "TooManyFragments",
        "TooManyHeaders",
        "WebSocketException",
    ),
    "frames": ("Close", "CloseCode", "Frame", "Opcode"),
    "http11": ("Request", "Response"),
    "protocol": ("Protocol", "Side", "State"),
    "server": ("ServerProtocol",),
    "typing": (
        "Data",
        "ExtensionName",
        "ExtensionParameter",
        "LoggerLike",
        "StatusLike",
        "Origin",
        "Subprotocol",
    ),
}
_MODULES = {
    *(name for name in _NAMES if "." not in name),
    *("asyncio", "extensions", "headers", "imports", "legacy", "proxy", "streams", "sync"),
    *("uri", "utils", "version"),
}

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
