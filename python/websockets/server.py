"""The server's end of a connection without I/O."""

from binascii import Error as Base64Error, a2b_base64

from ._negotiation import check_upgrade, listed
from .datastructures import Headers, MultipleValuesError
from .exceptions import (
    HeaderLineTooLong,
    InvalidHandshake,
    InvalidHeader,
    InvalidHeaderValue,
    InvalidMessage,
    InvalidMethod,
    InvalidOrigin,
    InvalidProtocol,
    InvalidUpgrade,
    NegotiationError,
    RequestLineTooLong,
    TooManyHeaders,
)
from .headers import build_extension, parse_extension, parse_subprotocol
from .http11 import Request, Response
from .protocol import CONNECTING, OPEN, SERVER, Protocol
from .utils import accept_key

__all__ = ["ServerProtocol"]

_NO_BROWSER = (
    "\nYou cannot access a WebSocket server directly with a browser. "
    "You need a WebSocket client.\n"
)


class ServerProtocol(Protocol):
    """The server's end of a connection.

    The request is the first of events_received(); answer it by send_response() with what accept()
    or reject() makes. `origins` are str, compiled patterns, and None for clients that name none;
    `extensions` and `subprotocols` are in order of preference. `select_subprotocol` is a function
    that is called in place of the method, with the protocol as its first argument.
    """

    def __init__(
        self,
        *,
        origins=None,
        extensions=None,
        subprotocols=None,
        select_subprotocol=None,
        state=CONNECTING,
        max_size=2**20,
        logger=None,
    ):
        super().__init__(SERVER, state=state, max_size=max_size, logger=logger)
        self.origins = origins
        self.available_extensions = extensions
        self.available_subprotocols = subprotocols
        self.selector = select_subprotocol
        # Whether a response that rejects answers a handshake or a plain request.
        self.accept_called = False
        if state is CONNECTING:
            self._handshake = Request.parse(self.reader.read_line)

    def accept(self, request):
        """The Response that accepts a request, or that says what is wrong with it.

        Change it before send_response() if need be.
        """
        self.accept_called = True
        try:
            accept, extensions, subprotocol = self.process_request(request)
        except Exception as exc:
            request._exception = exc
            self.handshake_exc = exc
            return self._refuse(exc)
        headers = Headers([("Date", _now()), ("Upgrade", "websocket"), ("Connection", "Upgrade")])
        headers["Sec-WebSocket-Accept"] = accept
        if extensions is not None:
            headers["Sec-WebSocket-Extensions"] = extensions
        if subprotocol is not None:
            headers["Sec-WebSocket-Protocol"] = subprotocol
        return Response(101, "Switching Protocols", headers)

    def _refuse(self, exc):
        """The response that belongs to an exception of process_request()."""
        if not isinstance(exc, InvalidHandshake):
            # A script's hook failed; what happened is not for the client.
            self.logger.error("opening handshake failed", exc_info=exc)
            text = "Failed to open a WebSocket connection.\nSee server log for more information.\n"
            return self.reject(500, text)
        if self.debug:
            self.logger.debug("! invalid handshake", exc_info=exc)
        reasons = [str(exc)]
        cause = exc.__cause__
        while cause is not None:
            reasons.append(str(cause))
            cause = cause.__cause__
        text = f"Failed to open a WebSocket connection: {'; '.join(reasons)}.\n"
        if isinstance(exc, InvalidUpgrade):
            return self._reject_with(426, text + _NO_BROWSER, Upgrade="websocket")
        if isinstance(exc, InvalidMethod):
            return self._reject_with(405, text, Allow="GET")
        if isinstance(exc, InvalidOrigin):
            return self.reject(403, text)
        return self.reject(505 if isinstance(exc, InvalidProtocol) else 400, text)

    def _reject_with(self, status, text, **fields):
        response = self.reject(status, text)
        response.headers.update(fields)
        return response

    def process_request(self, request):
        """Checks a handshake request (RFC 6455 section 4.2.1) and negotiates.

        Returns the values of Sec-WebSocket-Accept, -Extensions and -Protocol, the last two perhaps
        None; raises InvalidHandshake.
        """
        if request.method != "GET":
            raise InvalidMethod(request.method)
        if request.protocol != "HTTP/1.1":
            raise InvalidProtocol(request.protocol)
        headers = request.headers
        check_upgrade(headers)
        key = single(headers, "Sec-WebSocket-Key")
        check_key(key)
        version = single(headers, "Sec-WebSocket-Version")
        if version != "13":
            raise InvalidHeaderValue("Sec-WebSocket-Version", version)
        self.origin = self.process_origin(headers)
        extensions, self.extensions = self.process_extensions(headers)
        self.subprotocol = self.process_subprotocol(headers)
        return accept_key(key), extensions, self.subprotocol

    def process_origin(self, headers):
        """The Origin of a request, or None; raises InvalidHandshake when it is not allowed."""
        try:
            origin = headers.get("Origin")
        except MultipleValuesError:
            raise InvalidHeader("Origin", "multiple values") from None
        if self.origins is not None and not any(_matches(it, origin) for it in self.origins):
            raise InvalidOrigin(origin)
        return origin

    def process_extensions(self, headers):
        """The value of Sec-WebSocket-Extensions, or None, and the extensions taken."""
        answers, accepted = [], []
        factories = self.available_extensions
        offers = listed(headers, "Sec-WebSocket-Extensions", parse_extension) if factories else ()
        for name, params in offers:
            for factory in factories:
                if factory.name != name:
                    continue
                try:
                    params, extension = factory.process_request_params(params, accepted)
                except NegotiationError:
                    continue
                answers.append((name, params))
                accepted.append(extension)
                break
        return build_extension(answers) if answers else None, accepted

    def process_subprotocol(self, headers):
        """The subprotocol, or None; raises InvalidHandshake."""
        offered = listed(headers, "Sec-WebSocket-Protocol", parse_subprotocol)
        if self.selector is not None:
            return self.selector(self, offered)
        return self.select_subprotocol(offered)

    def select_subprotocol(self, subprotocols):
        """Chooses among what the client offers: this end's first, or None if it speaks none.

        Raises NegotiationError, which refuses the client, when there is none in common.
        """
        spoken = self.available_subprotocols
        if not spoken:
            return None
        if not subprotocols:
            raise NegotiationError("missing subprotocol")
        for subprotocol in spoken:
            if subprotocol in subprotocols:
                return subprotocol
        raise NegotiationError(f"invalid subprotocol; expected one of {', '.join(spoken)}")

    def reject(self, status, text):
        """A Response of plain text that refuses the connection."""
        from http import HTTPStatus

        status = HTTPStatus(status)
        body = text.encode()
        fields = [
            ("Date", _now()),
            ("Connection", "close"),
            ("Content-Length", str(len(body))),
            ("Content-Type", "text/plain; charset=utf-8"),
        ]
        return Response(status.value, status.phrase, Headers(fields), body)

    def send_response(self, response):
        """Queues the handshake response; unless it is 101 the connection ends after it."""
        code, phrase = response.status_code, response.reason_phrase
        if self.debug:
            self._log_message(">", f"HTTP/1.1 {code} {phrase}", response)
        self._queue(response.serialize())
        if code == 101:
            assert self.state is CONNECTING
            self.state = OPEN
            self.logger.info("connection open")
            return
        what = "connection rejected" if self.accept_called else "HTTP response sent"
        self.logger.info(f"{what} (%d %s)", code, phrase)
        self._end()

    def _refuse_head(self, exc):
        if self.debug:
            self.logger.debug("! no valid HTTP request", exc_info=exc)
        if not isinstance(exc, (RequestLineTooLong, HeaderLineTooLong, TooManyHeaders)):
            text = "did not receive a valid HTTP request"
            return self._fail_handshake(InvalidMessage(text), cause=exc)
        self.handshake_exc = exc
        status = 414 if isinstance(exc, RequestLineTooLong) else 431
        text = f"Failed to open a WebSocket connection: {exc}.\n"
        self.send_response(self.reject(status, text))

    def _handle_head(self, request):
        if self.debug:
            line = f"{request.method} {request.path} {request.protocol}"
            self._log_message("<", line, request)
        self._report(request)


class ServerConnection(ServerProtocol):
    """The old name of ServerProtocol."""

    def __init__(self, *args, **named):
        import warnings

        text = "ServerConnection was renamed to ServerProtocol"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        super().__init__(*args, **named)


def _now():
    import email.utils

    return email.utils.formatdate(usegmt=True)


def single(headers, name):
    """The value of a field that has to be there once; raises InvalidHeader."""
    try:
        return headers[name]
    except KeyError:
        raise InvalidHeader(name) from None
    except MultipleValuesError:
        raise InvalidHeader(name, "multiple values") from None


def check_key(key):
    """Checks a Sec-WebSocket-Key: 16 bytes in base64; raises InvalidHeaderValue."""
    try:
        length = len(a2b_base64(key.encode(), strict_mode=True))
    except Base64Error as exc:
        raise InvalidHeaderValue("Sec-WebSocket-Key", key) from exc
    if length != 16:
        raise InvalidHeaderValue("Sec-WebSocket-Key", key)


def _matches(allowed, origin):
    if allowed == origin:
        return True
    fullmatch = getattr(allowed, "fullmatch", None)
    return fullmatch is not None and origin is not None and fullmatch(origin) is not None
