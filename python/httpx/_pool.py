"""A transport's pool as packages look at it: pytest-httpx asks its class for the proxy."""

import sys


def describe(prefix, url, headers):
    """`transport._pool`: an object of httpcore's class, if the script has httpcore.

    Nothing is sent over it. `prefix` is that of the class's name, `url` the http or https proxy's.
    """
    httpcore = sys.modules.get("httpcore")
    if httpcore is None:
        return object()
    if url is None:
        return getattr(httpcore, f"{prefix}ConnectionPool")()
    # The case in which httpcore has the field.
    titled = [(name.title().encode(), value) for name, value in headers]
    return getattr(httpcore, f"{prefix}HTTPProxy")(url, proxy_headers=titled)
