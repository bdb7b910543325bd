"""Starlette's TestClient on our httpx: `starlette_client.py URL CHECK...`. Runs under tauraro.

The TestClient derives from httpx.Client and httpx.BaseTransport; the URL is not used.
"""

import asyncio
import contextlib
import pathlib
import sys
import warnings

sys.path.append(str(pathlib.Path(__file__).parent.parent))
# Starlette says that it prefers another package.
warnings.simplefilter("ignore")

import httpx
from checks import check, equal
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect


async def show(request):
    return JSONResponse(
        {
            "method": request.method,
            "host": request.headers["host"],
            "name": request.headers.get("x-name"),
            "query": dict(request.query_params),
            "cookies": request.cookies,
            "body": (await request.body()).decode(),
        }
    )


async def set_cookie(request):
    response = PlainTextResponse("set")
    response.set_cookie("theme", "dark")
    return response


async def form(request):
    async with request.form() as fields:
        file = fields["file"]
        content = await file.read()
        return JSONResponse([fields["name"], file.filename, file.content_type, len(content)])


async def streamed(request):
    async def parts():
        for number in range(5):
            await asyncio.sleep(0)
            yield f"{number}\n"

    return StreamingResponse(parts(), media_type="text/plain")


async def moved(request):
    return RedirectResponse("/show?moved=1", 302)


async def fail(request):
    raise ValueError("on purpose")


def in_thread(request):
    return PlainTextResponse(request.state.greeting)


async def upper(websocket):
    await websocket.accept(subprotocol="chat")
    async for text in websocket.iter_text():
        if text == "bye":
            await websocket.close(4001)
            break
        await websocket.send_text(text.upper())


async def deny(websocket):
    await websocket.send_denial_response(JSONResponse({"why": "no"}, status_code=403))


@contextlib.asynccontextmanager
async def lifespan(app):
    yield {"greeting": "hello"}
    app.state.has_ended = True


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ROUTES = [
    Route("/show", show, methods=METHODS),
    Route("/form", form, methods=["POST"]),
    Route("/set_cookie", set_cookie),
    Route("/streamed", streamed),
    Route("/moved", moved),
    Route("/fail", fail),
    Route("/in_thread", in_thread),
    WebSocketRoute("/upper", upper),
    WebSocketRoute("/deny", deny),
]
app = Starlette(routes=ROUTES, lifespan=lifespan)


def requests():
    client = TestClient(app)
    shown = client.get("/show", params={"a": "b"}, headers={"X-Name": "n"}).json()
    equal((shown["host"], shown["name"], shown["query"]), ("testserver", "n", {"a": "b"}))
    for method in METHODS[1:4]:
        equal(client.request(method, "/show", json={"a": 1}).json()["body"], '{"a":1}')
    equal(client.delete("/show").json()["method"], "DELETE")
    equal(client.head("/set_cookie").content, b"")
    equal(client.get("/missing").is_client_error, True)


def cookies():
    client = TestClient(app, cookies={"first": "1"})
    equal(client.get("/set_cookie").cookies["theme"], "dark")
    equal(client.get("/show").json()["cookies"], {"first": "1", "theme": "dark"})


def redirects():
    client = TestClient(app)
    response = client.get("/moved")
    equal((response.json()["query"], len(response.history)), ({"moved": "1"}, 1))
    equal(client.get("/moved", follow_redirects=False).headers["location"], "/show?moved=1")
    equal(TestClient(app, follow_redirects=False).get("/moved").next_request.url.path, "/show")


def uploads():
    client = TestClient(app)
    files = {"file": ("a.txt", b"x" * 100_000, "text/plain")}
    response = client.post("/form", data={"name": "n"}, files=files)
    equal(response.json(), ["n", "a.txt", "text/plain", 100_000])
    equal(client.put("/show", content=iter([b"a", b"b"])).json()["body"], "ab")


def streaming():
    with TestClient(app).stream("GET", "/streamed") as response:
        equal(list(response.iter_lines()), list("01234"))


def exceptions():
    try:
        TestClient(app).get("/fail")
    except ValueError as error:
        equal(str(error), "on purpose")
    else:
        raise AssertionError("the application's exception was lost")
    equal(TestClient(app, raise_server_exceptions=False).get("/fail").status_code, 500)


def lifespans():
    with TestClient(app) as client:
        equal([client.get("/in_thread").text for _ in range(3)], ["hello"] * 3)
    equal(app.state.has_ended, True)


def websocket():
    with TestClient(app).websocket_connect("/upper", subprotocols=["chat"]) as session:
        equal(session.accepted_subprotocol, "chat")
        session.send_text("hello")
        equal(session.receive_text(), "HELLO")
        session.send_text("bye")
        try:
            session.receive_text()
        except WebSocketDisconnect as closed:
            equal(closed.code, 4001)


def websocket_denied():
    try:
        TestClient(app).websocket_connect("/deny").__enter__()
    except WebSocketDenialResponse as denied:
        equal((denied.status_code, denied.json()), (403, {"why": "no"}))
        equal((isinstance(denied, httpx.Response), repr(denied)), (True, "<Response [403 Forbidden]>"))
    else:
        raise AssertionError("the refusal was lost")


for name in sys.argv[2:]:
    with check(name):
        globals()[name]()
