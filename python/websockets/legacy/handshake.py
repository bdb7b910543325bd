"""Header fields of the opening handshake, built and checked by themselves."""

from .._negotiation import check_upgrade
from ..exceptions import InvalidHeaderValue
from ..server import check_key, single
from ..utils import accept_key, generate_key

__all__ = ["build_request", "check_request", "build_response", "check_response"]


def build_request(headers):
    """Adds the fields of a request, and returns its key."""
    key = generate_key()
    headers["Upgrade"] = "websocket"
    headers["Connection"] = "Upgrade"
    headers["Sec-WebSocket-Key"] = key
    headers["Sec-WebSocket-Version"] = "13"
    return key


def check_request(headers):
    """Checks the fields of a request, and returns its key; raises InvalidHandshake."""
    check_upgrade(headers)
    key = single(headers, "Sec-WebSocket-Key")
    check_key(key)
    version = single(headers, "Sec-WebSocket-Version")
    if version != "13":
        raise InvalidHeaderValue("Sec-WebSocket-Version", version)
    return key


def build_response(headers, key):
    """Adds the fields that accept a request with that key."""
    headers["Upgrade"] = "websocket"
    headers["Connection"] = "Upgrade"
    headers["Sec-WebSocket-Accept"] = accept_key(key)


def check_response(headers, key):
    """Checks the fields of a response to a request with that key; raises InvalidHandshake."""
    check_upgrade(headers)
    accept = single(headers, "Sec-WebSocket-Accept")
    if accept != accept_key(key):
        raise InvalidHeaderValue("Sec-WebSocket-Accept", accept)
