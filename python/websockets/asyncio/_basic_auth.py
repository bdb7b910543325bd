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


class _Gate:
    """What both kinds of server ask for."""

    def __init__(self, realm, credentials, check_credentials):
        if (credentials is None) == (check_credentials is None):
            raise ValueError("provide either credentials or check_credentials")
        if check_credentials is None:
            check_credentials = _checker(credentials)
        self.check = check_credentials
        quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
        self._challenge = f'Basic realm="{quoted}", charset="UTF-8"'

    def refuse(self, connection, text):
        response = connection.respond(401, text)
        response.headers["WWW-Authenticate"] = self._challenge
        return response

    def ask(self, connection, request):
        """User name and password that a request has, and the response to one that has none."""
        fields = request.headers.get_all("Authorization")
        if not fields:
            return None, self.refuse(connection, "Missing credentials\n")
        given = _parse(fields[0]) if len(fields) == 1 else None
        if given is None:
            return None, self.refuse(connection, "Unsupported credentials\n")
        return given, None

    def judge(self, connection, username, valid):
        if not valid:
            return self.refuse(connection, "Invalid credentials\n")
        connection.username = username
        return None


def basic_auth(realm="", credentials=None, check_credentials=None):
    """A process_request that lets in those alone who know a user name and its password.

    `credentials` is a pair of both, or a list of pairs; `check_credentials(username, password)`,
    a function or a coroutine function, may decide instead. Whoever is let in is named by the
    connection's `username`; anybody else is answered with 401.
    """
    gate = _Gate(realm, credentials, check_credentials)

    async def process_request(connection, request):
        """Performs HTTP Basic authentication."""
        given, response = gate.ask(connection, request)
        if given is None:
            return response
        valid = gate.check(*given)
        if hasattr(valid, "__await__"):
            valid = await valid
        return gate.judge(connection, given[0], valid)

    return process_request


def basic_auth_in_threads(realm="", credentials=None, check_credentials=None):
    """A process_request that lets in those alone who know a user name and its password.

    `credentials` is a pair of both, or a list of pairs; the function `check_credentials(username,
    password)` may decide instead. Whoever is let in is named by the connection's `username`;
    anybody else is answered with 401.
    """
    gate = _Gate(realm, credentials, check_credentials)

    def process_request(connection, request):
        """Performs HTTP Basic authentication."""
        given, response = gate.ask(connection, request)
        if given is None:
            return response
        return gate.judge(connection, given[0], gate.check(*given))

    return process_request


basic_auth_in_threads.__name__ = basic_auth_in_threads.__qualname__ = "basic_auth"
