"""What had other names once."""

import warnings


def warn(old, new):
    """Warns of an old name, at the line that uses it."""
    warnings.warn(f"{old} was renamed to {new}", DeprecationWarning, stacklevel=3)


def ssl_of(ssl, kwargs):
    """`ssl=`, which was `ssl_context=` once."""
    if ssl is None and "ssl_context" in kwargs:
        warn("ssl_context", "ssl")
        ssl = kwargs.pop("ssl_context")
    return ssl
