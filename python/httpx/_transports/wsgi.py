"""Requests answered by a WSGI application in the same process."""

import io
import itertools
import sys

from _httpx import BaseTransport, Response
from httpx import SyncByteStream

__all__ = ["WSGITransport"]


def _skip_leading_empty_chunks(body):
    """The chunks from the first on that has something in it: start_response comes before it."""
    body = iter(body)
    for chunk in body:
        if chunk:
            return itertools.chain([chunk], body)
    return []


class WSGIByteStream(SyncByteStream):
    """The body that an application returned."""

    def __init__(self, result):
        self._close = getattr(result, "close", None)
        self._result = _skip_leading_empty_chunks(result)

    def __iter__(self):
        yield from self._result

    def close(self):
        if self._close is not None:
            self._close()


class WSGITransport(BaseTransport):
    """Sends requests to a WSGI application (PEP 3333).

    `raise_app_exceptions=False` answers with what the application gave to start_response when it
    reports an exception there; `script_name`, `remote_addr` and `wsgi_errors` are what it sees in
    its environment.
    """

    def __init__(
        self,
        app,
        raise_app_exceptions=True,
        script_name="",
        remote_addr="127.0.0.1",
        wsgi_errors=None,
    ):
        self.app = app
        self.raise_app_exceptions = raise_app_exceptions
        self.script_name = script_name
        self.remote_addr = remote_addr
        self.wsgi_errors = wsgi_errors

    def _environ(self, request):
        url = request.url
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        environ = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": url.scheme,
            "wsgi.input": io.BytesIO(request.read()),
            "wsgi.errors": self.wsgi_errors or sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": self.script_name,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query.decode("ascii"),
            "SERVER_NAME": url.host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.remote_addr,
        }
        for name, value in request.headers.raw:
            key = name.decode("ascii").upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = "HTTP_" + key
            environ[key] = value.decode("ascii")
        return environ

    def handle_request(self, request):
        """Calls the application, and returns a response that streams what it gives."""
        started = {}

        def start_response(status, headers, exc_info=None):
            started.update(status=status, headers=headers, exc_info=exc_info)
            return lambda data: None

        stream = WSGIByteStream(self.app(self._environ(request), start_response))
        if not started:
            raise RuntimeError("the application returned without calling start_response")
        exc_info = started["exc_info"]
        if exc_info and exc_info[0] and self.raise_app_exceptions:
            raise exc_info[1]
        status = int(started["status"].split()[0])
        headers = [
            (name.encode("ascii"), value.encode("ascii")) for name, value in started["headers"]
        ]
        return Response(status, headers=headers, stream=stream)


WSGITransport.__module__ = "httpx"
