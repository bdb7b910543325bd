"""The flows of the authentication classes, as generators.

Imported when a script drives a flow, subclasses a class or passes a function. The client itself
needs none of it for what comes with httpx.
"""

from _httpx import Cookies


def plain(auth, request):
    yield request


def function(auth, request):
    yield auth._func(request)


def basic(auth, request):
    request.headers["Authorization"] = auth._auth_header
    yield request


def netrc(auth, request):
    login, _, password = auth._netrc_info.authenticators(request.url.host) or ("", "", "")
    if password:
        request.headers["Authorization"] = auth._build_auth_header(login, password)
    yield request


def digest(auth, request):
    authorization = auth._preempt(request)
    if authorization is not None:
        request.headers["Authorization"] = authorization
    response = yield request
    authorization = auth._answer(request, response)
    if authorization is None:
        return
    request.headers["Authorization"] = authorization
    if response.cookies:
        Cookies(response.cookies).set_cookie_header(request=request)
    yield request


def sync_flow(auth, request):
    if auth.requires_request_body:
        request.read()
    flow = auth.auth_flow(request)
    outgoing = next(flow)
    while True:
        response = yield outgoing
        if auth.requires_response_body:
            response.read()
        try:
            outgoing = flow.send(response)
        except StopIteration:
            return


async def async_flow(auth, request):
    if auth.requires_request_body:
        await request.aread()
    flow = auth.auth_flow(request)
    outgoing = next(flow)
    while True:
        response = yield outgoing
        if auth.requires_response_body:
            await response.aread()
        try:
            outgoing = flow.send(response)
        except StopIteration:
            return
