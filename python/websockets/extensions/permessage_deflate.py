"""Compression of messages: permessage-deflate (RFC 7692)."""

from _websockets import Deflate

from ..exceptions import (
    DuplicateParameter,
    InvalidParameterName,
    InvalidParameterValue,
    NegotiationError,
)
from ..frames import CONT, CTRL_OPCODES, Frame
from .base import ClientExtensionFactory, Extension, ServerExtensionFactory

__all__ = [
    "PerMessageDeflate",
    "ClientPerMessageDeflateFactory",
    "enable_client_permessage_deflate",
    "ServerPerMessageDeflateFactory",
    "enable_server_permessage_deflate",
]

_NAME = "permessage-deflate"
_FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
_WINDOWS = ("server_max_window_bits", "client_max_window_bits")
_WINDOW_VALUES = {str(bits): bits for bits in range(8, 16)}


def _parse(params, *, from_client):
    """The parameters as a dict of all four names; RFC 7692 section 7.1."""
    parsed = {}
    for name, value in params:
        if name not in _FLAGS and name not in _WINDOWS:
            raise InvalidParameterName(name)
        if name in parsed:
            raise DuplicateParameter(name)
        if name in _FLAGS and value is None:
            parsed[name] = True
        elif name in _WINDOWS and value in _WINDOW_VALUES:
            parsed[name] = _WINDOW_VALUES[value]
        elif from_client and name == "client_max_window_bits" and value is None:
            # Only an offer may say that any value will do.
            parsed[name] = True
        else:
            raise InvalidParameterValue(name, value)
    return {name: parsed.get(name, False if name in _FLAGS else None) for name in _FLAGS + _WINDOWS}


def _build(values):
    """The reverse of _parse()."""
    parameters = []
    for name in _FLAGS + _WINDOWS:
        if values[name] is True:
            parameters.append((name, None))
        elif values[name]:
            parameters.append((name, str(values[name])))
    return parameters


def _check_window(name, bits, least, *others):
    if bits not in (None, *others) and not least <= bits <= 15:
        raise ValueError(f"{name} must be between {least} and 15")


def _check_settings(settings, own_window):
    if settings is not None and "wbits" in settings:
        raise ValueError(f"compress_settings must not include wbits, set {own_window} instead")


class PerMessageDeflate(Extension):
    """permessage-deflate with the parameters that two ends agreed on.

    `remote_` is what the peer compresses with, `local_` what this end does. `compress_settings` are
    arguments of zlib.compressobj: level, memLevel, strategy.
    """

    name = _NAME

    def __init__(
        self,
        remote_no_context_takeover,
        local_no_context_takeover,
        remote_max_window_bits,
        local_max_window_bits,
        compress_settings=None,
    ):
        self.remote_no_context_takeover = remote_no_context_takeover
        self.local_no_context_takeover = local_no_context_takeover
        self.remote_max_window_bits = remote_max_window_bits
        self.local_max_window_bits = local_max_window_bits
        self.compress_settings = compress_settings or {}
        # deflate has no window of 8 bits for what it compresses.
        assert 8 <= remote_max_window_bits <= 15 and 9 <= local_max_window_bits <= 15
        assert "wbits" not in self.compress_settings
        self._codec = Deflate(
            remote_no_context_takeover,
            local_no_context_takeover,
            remote_max_window_bits,
            local_max_window_bits,
            **self.compress_settings,
        )

    @property
    def _native_codec(self):
        """What a Protocol uses by itself, unless a subclass does something else."""
        return self._codec if type(self) is PerMessageDeflate else None

    def __repr__(self):
        names = ("no_context_takeover", "max_window_bits")
        names = [f"{end}_{name}" for name in names for end in ("remote", "local")]
        return f"PerMessageDeflate({', '.join([f'{it}={getattr(self, it)}' for it in names])})"

    def decode(self, frame, *, max_size=None):
        """Decompresses a data frame, unless its message is not compressed."""
        if frame.opcode in CTRL_OPCODES:
            return frame
        return self._codec.decode(frame, max_size)

    def encode(self, frame):
        """Compresses a data frame."""
        if frame.opcode in CTRL_OPCODES:
            return frame
        return self._codec.encode(frame)


class _Factory:
    name = _NAME

    def _values(self):
        return {name: getattr(self, name) for name in _FLAGS + _WINDOWS}

    def _refuse_second(self, accepted_extensions, verb):
        if any(other.name == self.name for other in accepted_extensions):
            raise NegotiationError(f"{verb} duplicate {self.name}")


class ClientPerMessageDeflateFactory(_Factory, ClientExtensionFactory):
    """A client's offer of permessage-deflate.

    The windows are in bits; `client_max_window_bits=True` says that any will do. See RFC 7692
    section 7.1. `compress_settings` are arguments of zlib.compressobj.
    """

    def __init__(
        self,
        server_no_context_takeover=False,
        client_no_context_takeover=False,
        server_max_window_bits=None,
        client_max_window_bits=True,
        compress_settings=None,
    ):
        _check_window("server_max_window_bits", server_max_window_bits, 8)
        _check_window("client_max_window_bits", client_max_window_bits, 9, True)
        _check_settings(compress_settings, "client_max_window_bits")
        self.server_no_context_takeover = server_no_context_takeover
        self.client_no_context_takeover = client_no_context_takeover
        self.server_max_window_bits = server_max_window_bits
        self.client_max_window_bits = client_max_window_bits
        self.compress_settings = compress_settings

    def get_request_params(self):
        """The parameters of the offer."""
        return _build(self._values())

    def process_response_params(self, params, accepted_extensions):
        """The PerMessageDeflate that the server's parameters make; raises NegotiationError."""
        self._refuse_second(accepted_extensions, "received")
        answer = _parse(params, from_client=False)
        if self.server_no_context_takeover and not answer["server_no_context_takeover"]:
            raise NegotiationError("expected server_no_context_takeover")
        self._check_server_window(answer["server_max_window_bits"])
        return PerMessageDeflate(
            answer["server_no_context_takeover"],
            answer["client_no_context_takeover"] or bool(self.client_no_context_takeover),
            answer["server_max_window_bits"] or 15,
            self._client_window(answer["client_max_window_bits"]) or 15,
            self.compress_settings,
        )

    def _check_server_window(self, answered):
        if self.server_max_window_bits is None:
            return
        if answered is None:
            raise NegotiationError("expected server_max_window_bits")
        if answered > self.server_max_window_bits:
            raise NegotiationError("unsupported server_max_window_bits")

    def _client_window(self, answered):
        offered = self.client_max_window_bits
        if answered is None:
            return None if offered is True else offered
        if offered is None:
            raise NegotiationError("unexpected client_max_window_bits")
        if offered is not True and answered > offered:
            raise NegotiationError("unsupported client_max_window_bits")
        if answered == 8:
            raise NegotiationError("unsupported client_max_window_bits = 8, use 9")
        return answered


class ServerPerMessageDeflateFactory(_Factory, ServerExtensionFactory):
    """What a server takes of permessage-deflate.

    The windows are in bits. A client that cannot limit its window is declined when
    `require_client_max_window_bits` is set. `compress_settings` are arguments of zlib.compressobj.
    """

    def __init__(
        self,
        server_no_context_takeover=False,
        client_no_context_takeover=False,
        server_max_window_bits=None,
        client_max_window_bits=None,
        compress_settings=None,
        require_client_max_window_bits=False,
    ):
        _check_window("server_max_window_bits", server_max_window_bits, 9)
        _check_window("client_max_window_bits", client_max_window_bits, 8)
        _check_settings(compress_settings, "server_max_window_bits")
        if require_client_max_window_bits and client_max_window_bits is None:
            raise ValueError(
                "require_client_max_window_bits is enabled, "
                "but client_max_window_bits isn't configured"
            )
        self.server_no_context_takeover = server_no_context_takeover
        self.client_no_context_takeover = client_no_context_takeover
        self.server_max_window_bits = server_max_window_bits
        self.client_max_window_bits = client_max_window_bits
        self.compress_settings = compress_settings
        self.require_client_max_window_bits = require_client_max_window_bits

    def process_request_params(self, params, accepted_extensions):
        """The parameters to answer with, and a PerMessageDeflate; raises NegotiationError."""
        self._refuse_second(accepted_extensions, "skipped")
        agreed = _parse(params, from_client=True)
        for name in _FLAGS:
            agreed[name] = agreed[name] or bool(getattr(self, name))
        agreed["server_max_window_bits"] = self._server_window(agreed["server_max_window_bits"])
        agreed["client_max_window_bits"] = self._client_window(agreed["client_max_window_bits"])
        extension = PerMessageDeflate(
            agreed["client_no_context_takeover"],
            agreed["server_no_context_takeover"],
            agreed["client_max_window_bits"] or 15,
            agreed["server_max_window_bits"] or 15,
            self.compress_settings,
        )
        return _build(agreed), extension

    def _server_window(self, offered):
        limits = [bits for bits in (offered, self.server_max_window_bits) if bits is not None]
        if 8 in limits:
            raise NegotiationError("unsupported server_max_window_bits = 8, use 9")
        return min(limits, default=None)

    def _client_window(self, offered):
        wanted = self.client_max_window_bits
        if offered is None:
            if wanted is not None and self.require_client_max_window_bits:
                raise NegotiationError("required client_max_window_bits")
            return None
        if offered is True:
            return wanted
        return offered if wanted is None else min(offered, wanted)


def _enable(extensions, factory):
    extensions = [] if extensions is None else extensions
    if any(other.name == _NAME for other in extensions):
        return extensions
    return [*extensions, factory]


def enable_client_permessage_deflate(extensions):
    """A client's extensions, with permessage-deflate unless it is among them."""
    return _enable(extensions, ClientPerMessageDeflateFactory(compress_settings={"memLevel": 5}))


def enable_server_permessage_deflate(extensions):
    """A server's extensions, with permessage-deflate unless it is among them."""
    factory = ServerPerMessageDeflateFactory(
        server_max_window_bits=12, client_max_window_bits=12, compress_settings={"memLevel": 5}
    )
    return _enable(extensions, factory)
