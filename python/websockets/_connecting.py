"""What the connecting of both sides, asyncio's and threads', has in common."""

import os
import sys

from _websockets import ConnectOptions, redirect_target

MAX_REDIRECTS = int(os.environ.get("WEBSOCKETS_MAX_REDIRECTS", "10"))


class Connecting:
    """Keeps what a script may change between attempts to connect."""

    # The connection of the `with` block.
    connection = None

    def _prepare(
        self,
        uri,
        kwargs,
        *,
        additional_headers,
        user_agent_header,
        proxy,
        process_exception,
        open_timeout,
        reconnect_delays,
        logger,
        create_connection,
        behaviour,
        **options,
    ):
        if "timeout" in kwargs:
            open_timeout = kwargs.pop("timeout")
        self.uri = uri
        self.additional_headers = additional_headers
        self.user_agent_header = user_agent_header
        self.proxy = proxy
        self.process_exception = process_exception
        self.open_timeout = open_timeout
        self.reconnect_delays = reconnect_delays
        self.create_connection_kwargs = kwargs
        self._logger = logger
        self._create_connection = create_connection
        self._behaviour = create_connection and behaviour
        self._options = ConnectOptions(uri, kwargs, **options, **behaviour)

    @property
    def ws_uri(self):
        """The URI, taken apart."""
        from .uri import parse_uri

        return parse_uri(self.uri)

    @property
    def logger(self):
        """The logger; websockets.client unless another was given."""
        if self._logger is None:
            import logging

            self._logger = logging.getLogger("websockets.client")
        return self._logger

    def process_redirect(self, exc):
        """The URI to connect to after `exc`, or the exception to raise: `exc` if it is no redirect.

        A subclass may decide otherwise.
        """
        from .exceptions import InvalidStatus

        if not isinstance(exc, InvalidStatus) or "Location" not in exc.response.headers:
            return exc
        given = self.create_connection_kwargs.get
        try:
            target = redirect_target(
                self.uri,
                exc.response.status_code,
                exc.response.headers["Location"],
                given("sock") is not None,
                bool(given("unix")),
                given("host") is not None or given("port") is not None,
            )
        except Exception as refusal:
            return refusal
        if target is None:
            return exc
        uri, headers = target.uri, self.additional_headers
        if target.is_cross_origin and headers is not None:
            self.additional_headers = target.without_credentials(headers)
        return uri

    def _redirect(self, exc):
        """Where to connect to after `exc`, and with which header fields, when a subclass decides."""
        found = self.process_redirect(exc)
        if found is exc:
            raise exc
        if isinstance(found, BaseException):
            raise found from exc
        self.uri = found
        return found, self.additional_headers

    def _attempt(self, *parts):
        """The arguments of an attempt; `parts` go to the script's `create_connection` first."""
        decides = (
            type(self).process_redirect is not Connecting.process_redirect
            or "process_redirect" in self.__dict__
        )
        create = self._create_connection
        positional = self.uri, self.create_connection_kwargs
        return positional, {
            "additional_headers": self.additional_headers,
            "user_agent_header": self.user_agent_header,
            "proxy": self.proxy,
            "open_timeout": self.open_timeout,
            "max_redirects": MAX_REDIRECTS,
            "redirect": self._redirect if decides else None,
            "logger": self._logger,
            "connection": None if create is None else create(*parts, **self._behaviour),
        }

    def _wait_after(self, exc, delays):
        """How many seconds to wait before the next attempt; raises when there is to be none."""
        try:
            fatal = self.process_exception(exc)
        except Exception as raised:
            fatal = raised
        if fatal is exc:
            raise exc
        if fatal is not None:
            raise fatal from exc
        delay = next(delays)
        # Nobody can be listening before logging is imported.
        if self._logger is not None or "logging" in sys.modules:
            import traceback

            shown = traceback.format_exception_only(exc)[0].strip()
            self.logger.info("connect failed; reconnecting in %.1f seconds: %s", delay, shown)
        return delay
