"""What the routers of both kinds of server have in common."""


def require_werkzeug(function):
    """Raises ImportError, in the name of a function, where werkzeug is not installed."""
    try:
        import werkzeug.routing
    except ImportError as error:
        raise ImportError(f"{function}() requires werkzeug") from error


def prepare(make_router, url_map, server_name, ssl, kwargs):
    """Makes a router. `ssl=True` means that TLS ends at a proxy; a context goes on to `serve`."""
    if ssl is not None and ssl is not True:
        kwargs["ssl"] = ssl
    return make_router(url_map, server_name, "ws" if ssl is None else "wss")


class Router:
    """What `route` serves by; a subclass may change how it decides."""

    def __init__(self, url_map, server_name=None, url_scheme="ws"):
        self.url_map = url_map
        self.server_name = server_name
        self.url_scheme = url_scheme
        for rule in url_map.iter_rules():
            # A rule for HTTP does not match a WebSocket.
            rule.websocket = True

    def get_server_name(self, connection, request):
        """The name that clients know the server by."""
        return request.headers["Host"] if self.server_name is None else self.server_name

    def redirect(self, connection, url):
        """The response that sends a client elsewhere."""
        response = connection.respond(302, f"Found at {url}")
        response.headers["Location"] = url
        return response

    def not_found(self, connection):
        """The response for a path that no rule matches."""
        return connection.respond(404, "Not Found")

    def route_request(self, connection, request):
        """Finds the handler of a request: a process_request."""
        from werkzeug.exceptions import NotFound
        from werkzeug.routing import RequestRedirect

        path, _, query = request.path.partition("?")
        adapter = self.url_map.bind(
            server_name=self.get_server_name(connection, request),
            url_scheme=self.url_scheme,
        )
        try:
            handler, arguments = adapter.match(path_info=path, query_args=query)
        except RequestRedirect as redirect:
            return self.redirect(connection, redirect.new_url)
        except NotFound:
            return self.not_found(connection)
        connection.handler = handler
        connection.handler_kwargs = arguments
