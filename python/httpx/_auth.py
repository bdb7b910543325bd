"""httpx._auth: credentials."""

from ._names import shows

__getattr__, __dir__ = shows(
    __name__,
    "Auth",
    "BasicAuth",
    "DigestAuth",
    "FunctionAuth",
    "NetRCAuth",
)
