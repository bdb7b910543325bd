"""Serving different paths by different handlers, as a werkzeug.routing.Map has them."""

from .._routing import Router as _Router
from .._routing import prepare, require_werkzeug
from .server import serve

__all__ = ["route", "unix_route", "Router"]


def route(url_map, *args, server_name=None, ssl=None, create_router=None, **kwargs):
    """Serves each path of a `werkzeug.routing.Map` by the handler that is its endpoint.

    Handlers get what the rule has found in the path as keyword arguments. The other arguments are
    those of `serve`. For redirects behind a proxy, `server_name` is the name that clients know,
    and `ssl=True` says that they come by TLS which ends at the proxy.
    """
    require_werkzeug("route")
    router = prepare(create_router or Router, url_map, server_name, ssl, kwargs)
    first = kwargs.pop("process_request", None)
    process_request = _one_after_the_other(first, router) if first else router.route_request
    return serve(router.handler, *args, process_request=process_request, **kwargs)


def _one_after_the_other(first, router):
    def process_request(connection, request):
        response = first(connection, request)
        if response is None:
            response = router.route_request(connection, request)
        return response

    return process_request


def unix_route(url_map, path=None, **kwargs):
    """As `route`, on a unix socket."""
    require_werkzeug("unix_route")
    return route(url_map, unix=True, path=path, **kwargs)


class Router(_Router):
    """What `route` serves by; a subclass may change how it decides."""

    def handler(self, connection):
        """Runs the handler that was found."""
        return connection.handler(connection, **connection.handler_kwargs)
