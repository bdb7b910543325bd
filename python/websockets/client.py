"""The client's end of a connection without I/O, and when to connect again."""

from ._negotiation import check_upgrade, listed
from ._reconnect import (
    BACKOFF_FACTOR,
    BACKOFF_INITIAL_DELAY,
    BACKOFF_MAX_DELAY,
    BACKOFF_MIN_DELAY,
    backoff,
    process_exception,
)
from .datastructures import Headers, MultipleValuesError
from .exceptions import (
    InvalidHandshake,
    InvalidHeader,
    InvalidHeaderValue,
    InvalidMessage,
    InvalidStatus,
    NegotiationError,
    StatusLineTooLong,
)
from .headers import (
    build_authorization_basic,
    build_extension,
    build_host,
    build_subprotocol,
    parse_extension,
    parse_subprotocol,
)
from .http11 import Request, Response
from .protocol import CLIENT, CONNECTING, OPEN, Protocol
from .utils import accept_key, generate_key

__all__ = ["ClientProtocol"]


class ClientProtocol(Protocol):
    """The client's end of a connection.

    `uri` is a WebSocketURI. Send the request that connect() makes by send_request(); the response
    is the first of events_received(), and handshake_exc says why it was refused. `extensions` and
    `subprotocols` are in order of preference.
    """

    def __init__(
        self,
        uri,
        *,
        origin=None,
        extensions=None,
        subprotocols=None,
        state=CONNECTING,
        max_size=2**20,
        logger=None,
    ):
        super().__init__(CLIENT, state=state, max_size=max_size, logger=logger)
        self.uri = uri
        self.origin = origin
        self.available_extensions = extensions
        self.available_subprotocols = subprotocols
        self.key = generate_key()
        if state is CONNECTING:
            reader = self.reader
            self._handshake = Response.parse(
                reader.read_line, reader.read_exact, reader.read_to_eof
            )

    def connect(self):
        """The handshake Request; change it before send_request() if need be."""
        uri = self.uri
        headers = Headers({"Host": build_host(uri.host, uri.port, uri.secure)})
        if uri.user_info:
            headers["Authorization"] = build_authorization_basic(*uri.user_info)
        if self.origin is not None:
            headers["Origin"] = self.origin
        headers["Upgrade"] = "websocket"
        headers["Connection"] = "Upgrade"
        headers["Sec-WebSocket-Key"] = self.key
        headers["Sec-WebSocket-Version"] = "13"
        if self.available_extensions is not None:
            offers = [(it.name, it.get_request_params()) for it in self.available_extensions]
            headers["Sec-WebSocket-Extensions"] = build_extension(offers)
        if self.available_subprotocols is not None:
            headers["Sec-WebSocket-Protocol"] = build_subprotocol(self.available_subprotocols)
        return Request(uri.resource_name, headers)

    def send_request(self, request):
        """Queues the handshake request."""
        if self.debug:
            self._log_message(">", f"GET {request.path} HTTP/1.1", request)
        self._queue(request.serialize())

    def process_response(self, response):
        """Checks the handshake response (RFC 6455 section 4.1); raises InvalidHandshake."""
        if response.status_code != 101:
            raise InvalidStatus(response)
        headers = response.headers
        check_upgrade(headers)
        name = "Sec-WebSocket-Accept"
        try:
            accept = headers[name]
        except KeyError:
            raise InvalidHeader(name) from None
        except MultipleValuesError:
            raise InvalidHeader(name, "multiple values") from None
        if accept != accept_key(self.key):
            raise InvalidHeaderValue(name, accept)
        self.extensions = self.process_extensions(headers)
        self.subprotocol = self.process_subprotocol(headers)

    def process_extensions(self, headers):
        """The extensions that the server took; raises InvalidHandshake."""
        accepted = []
        answers = listed(headers, "Sec-WebSocket-Extensions", parse_extension)
        if answers and self.available_extensions is None:
            raise NegotiationError("no extensions supported")
        for name, params in answers:
            accepted.append(self._accept_extension(name, params, accepted))
        return accepted

    def _accept_extension(self, name, params, accepted):
        for factory in self.available_extensions:
            if factory.name == name:
                try:
                    return factory.process_response_params(params, accepted)
                except NegotiationError:
                    # Another offer of the same extension may be what the server answers.
                    continue
        raise NegotiationError(f"Unsupported extension: name = {name}, params = {params}")

    def process_subprotocol(self, headers):
        """The subprotocol that the server chose, or None; raises InvalidHandshake."""
        name = "Sec-WebSocket-Protocol"
        chosen = listed(headers, name, parse_subprotocol)
        if not chosen:
            return None
        if self.available_subprotocols is None:
            raise NegotiationError("no subprotocols supported")
        if len(chosen) > 1:
            raise InvalidHeader(name, f"multiple values: {', '.join(chosen)}")
        if chosen[0] not in self.available_subprotocols:
            raise NegotiationError(f"unsupported subprotocol: {chosen[0]}")
        return chosen[0]

    def _refuse_head(self, exc):
        if isinstance(exc, StatusLineTooLong):
            self._fail_handshake(exc)
        else:
            text = "did not receive a valid HTTP response"
            self._fail_handshake(InvalidMessage(text), cause=exc)

    def _handle_head(self, response):
        if self.debug:
            line = f"HTTP/1.1 {response.status_code} {response.reason_phrase}"
            self._log_message("<", line, response)
        try:
            self.process_response(response)
        except InvalidHandshake as exc:
            response._exception = exc
            self._fail_handshake(exc)
        else:
            self.state = OPEN
        self._report(response)


class ClientConnection(ClientProtocol):
    """The old name of ClientProtocol."""

    def __init__(self, *args, **named):
        import warnings

        text = "ClientConnection was renamed to ClientProtocol"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        super().__init__(*args, **named)
