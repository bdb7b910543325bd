"""HTTP Basic authentication (RFC 7617) for servers."""

import base64
import binascii
from collections.abc import Iterable


def _is_pair(credentials):
    try:
        username, password = credentials
    except (TypeError, ValueError):
        return False
    return isinstance(username, str) and isinstance(password, str)


def _bytes(text):
    return text.encode(errors="surrogateescape")


def _checker(credentials):
    """A check_credentials for credentials that are known beforehand."""
    if _is_pair(credentials):
        pairs = [credentials]
    elif isinstance(credentials, Iterable):
        pairs = list(credentials)
    else:
        pairs = None
    if pairs is None or not all(map(_is_pair, pairs)):
        raise TypeError(f"invalid credentials argument: {credentials}")
    known = dict(pairs)

    def check_credentials(username, password):
        from hmac import compare_digest

        # An unknown name takes as long as a wrong password.
        expected = known.get(username)
        same = compare_digest(_bytes(password if expected is None else expected), _bytes(password))
        return same and expected is not None

    return check_credentials


def _parse(authorization):
    """User name and password of an Authorization field; None if it has none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        credentials = base64.b64decode(token.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    username, colon, password = credentials.partition(":")
    return (username, password) if colon else None


def basic_auth(realm="", credentials=None, check_credentials=None):
    """A process_request that lets in those alone who know a user name and its password.

    `credentials` is a pair of both, or a list of pairs; `check_credentials(username, password)`,
    a function or a coroutine function, may decide instead. Whoever is let in is named by the
    connection's `username`; anybody else is answered with 401.
    """
    if (credentials is None) == (check_credentials is None):
        raise ValueError("provide either credentials or check_credentials")
    if check_credentials is None:
        check_credentials = _checker(credentials)
    quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
    challenge = f'Basic realm="{quoted}", charset="UTF-8"'

    def refuse(connection, text):
        response = connection.respond(401, text)
        response.headers["WWW-Authenticate"] = challenge
        return response

    async def process_request(connection, request):
        """Performs HTTP Basic authentication."""
        fields = request.headers.get_all("Authorization")
        if not fields:
            return refuse(connection, "Missing credentials\n")
        given = _parse(fields[0]) if len(fields) == 1 else None
        if given is None:
            return refuse(connection, "Unsupported credentials\n")
        valid = check_credentials(*given)
        if hasattr(valid, "__await__"):
            valid = await valid
        if not valid:
            return refuse(connection, "Invalid credentials\n")
        connection.username = given[0]

    return process_request
