"""Serving different paths by different handlers, as a werkzeug.routing.Map has them."""

from .server import serve

__all__ = ["route", "unix_route", "Router"]


def _require_werkzeug(function):
    try:
        import werkzeug.routing
    except ImportError as error:
        raise ImportError(f"{function}() requires werkzeug") from error
    return werkzeug.routing


def route(url_map, *args, server_name=None, ssl=None, create_router=None, **kwargs):
    """Serves each path of a `werkzeug.routing.Map` by the handler that is its endpoint.

    Handlers get what the rule has found in the path as keyword arguments. The other arguments are
    those of `serve`. For redirects behind a proxy, `server_name` is the name that clients know,
    and `ssl=True` says that they come by TLS which ends at the proxy.
    """
    _require_werkzeug("route")
    if ssl is not None and ssl is not True:
        kwargs["ssl"] = ssl
    make_router = Router if create_router is None else create_router
    router = make_router(url_map, server_name, "ws" if ssl is None else "wss")
    process_request = kwargs.pop("process_request", None)
    if process_request is None:
        process_request = router.route_request
    else:
        process_request = _one_after_the_other(process_request, router)
    return serve(router.handler, *args, process_request=process_request, **kwargs)


def _one_after_the_other(first, router):
    async def process_request(connection, request):
        response = first(connection, request)
        if hasattr(response, "__await__"):
            response = await response
        if response is not None:
            return response
        return router.route_request(connection, request)

    return process_request


def unix_route(url_map, path=None, **kwargs):
    """As `route`, on a unix socket."""
    _require_werkzeug("unix_route")
    return route(url_map, unix=True, path=path, **kwargs)


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

    async def handler(self, connection):
        """Runs the handler that was found."""
        return await connection.handler(connection, **connection.handler_kwargs)
