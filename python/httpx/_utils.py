"""httpx._utils: small helpers that packages import."""


def primitive_value_to_str(value):
    """A parameter's value as text: true, false, "" for None, else str()."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return "" if value is None else str(value)


def to_bytes(value, encoding="utf-8"):
    """Bytes of str or bytes."""
    return value.encode(encoding) if isinstance(value, str) else value


def to_str(value, encoding="utf-8"):
    """Text of str or bytes."""
    return value if isinstance(value, str) else value.decode(encoding)


def to_bytes_or_str(value, match_type_of):
    """`value` as str or as bytes, whichever `match_type_of` is."""
    return value if isinstance(match_type_of, str) else value.encode()


def unquote(value):
    """Text without the double quotes around it."""
    return value[1:-1] if value[0] == value[-1] == '"' else value


def is_ipv4_hostname(hostname):
    """Whether a host is an IPv4 address, or a network of them."""
    import ipaddress

    try:
        ipaddress.IPv4Address(hostname.split("/")[0])
    except ValueError:
        return False
    return True


def is_ipv6_hostname(hostname):
    """Whether a host is an IPv6 address, or a network of them."""
    import ipaddress

    try:
        ipaddress.IPv6Address(hostname.split("/")[0])
    except ValueError:
        return False
    return True
