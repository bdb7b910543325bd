"""What both ends check in the other's handshake."""

from .exceptions import InvalidUpgrade
from .headers import parse_connection, parse_upgrade


def listed(headers, name, parse):
    """The items of all fields of a name."""
    return [item for value in headers.get_all(name) for item in parse(value)]


def check_upgrade(headers):
    """RFC 6455 sections 4.1 and 4.2.1; raises InvalidUpgrade."""
    connection = listed(headers, "Connection", parse_connection)
    if not any(option.lower() == "upgrade" for option in connection):
        raise InvalidUpgrade("Connection", ", ".join(connection) or None)
    upgrade = listed(headers, "Upgrade", parse_upgrade)
    # The registry spells it WebSocket.
    if len(upgrade) != 1 or upgrade[0].lower() != "websocket":
        raise InvalidUpgrade("Upgrade", ", ".join(upgrade) or None)
