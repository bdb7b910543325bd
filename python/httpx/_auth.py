"""The authentication classes, where httpx keeps them."""

from _httpx import Auth, BasicAuth, DigestAuth, FunctionAuth, NetRCAuth

from ._names import shows

__all__ = ["Auth", "BasicAuth", "DigestAuth", "NetRCAuth"]

__getattr__, __dir__ = shows(
    __name__,
    "Cookies",
    "ProtocolError",
    "Request",
    "Response",
    _utils="to_bytes to_str unquote",
)
