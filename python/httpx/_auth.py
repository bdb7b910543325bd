"""The authentication classes, where httpx keeps them."""

from _httpx import Auth, BasicAuth, DigestAuth, FunctionAuth, NetRCAuth

__all__ = ["Auth", "BasicAuth", "DigestAuth", "NetRCAuth"]
