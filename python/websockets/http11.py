"""Request and response of the opening handshake."""


class Request:
    """The request: path and headers."""

    def __init__(self, path, headers):
        self.path = path
        self.headers = headers

    def __repr__(self):
        return f"Request(path={self.path!r}, headers={self.headers!r})"


class Response:
    """The response: status_code, reason_phrase, headers and body."""

    def __init__(self, status_code, reason_phrase, headers, body=b""):
        self.status_code = status_code
        self.reason_phrase = reason_phrase
        self.headers = headers
        self.body = body

    def __repr__(self):
        return f"Response(status_code={self.status_code!r}, reason_phrase={self.reason_phrase!r})"
