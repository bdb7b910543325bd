"""pytest-httpx on our httpx: it replaces HTTPTransport.handle_request on the class.

Runs under tauraro, by pytest.
"""

import asyncio
import http.server
import re
import threading

import httpx
import pytest
from pytest_httpx import IteratorStream


def test_any_request(httpx_mock):
    httpx_mock.add_response()
    response = httpx.get("https://a.test/")
    assert (response.status_code, response.content) == (200, b"")
    assert (response.http_version, response.elapsed.days) == ("HTTP/1.1", 0)


def test_urls(httpx_mock):
    httpx_mock.add_response(url="https://a.test/one", json={"n": 1})
    httpx_mock.add_response(url=re.compile(r"https://a\.test/x.*"), text="x", status_code=404)
    httpx_mock.add_response(url="https://a.test/q", match_params={"a": "1"}, html="<b>")
    with httpx.Client(base_url="https://a.test") as client:
        assert client.get("/one").json() == {"n": 1}
        assert client.get("/xyz").is_client_error
        assert client.get("/q", params={"a": 1}).text == "<b>"
    assert [request.url.path for request in httpx_mock.get_requests()] == ["/one", "/xyz", "/q"]
    assert httpx_mock.get_request(url="https://a.test/one").method == "GET"


def test_methods_headers_and_content(httpx_mock):
    httpx_mock.add_response(method="POST", match_headers={"X-Name": "n"}, match_content=b"abc", text="1")
    httpx_mock.add_response(method="POST", match_json={"a": [1]}, text="2")
    httpx_mock.add_response(method="PUT", match_extensions={"mine": 1}, text="3")
    with httpx.Client() as client:
        found = [
            client.put("https://a.test", extensions={"mine": 1}),
            client.post("https://a.test", json={"a": [1]}),
            client.post("https://a.test", headers={"X-Name": "n"}, content=b"abc"),
        ]
    assert [response.text for response in found] == ["3", "2", "1"]


def test_files(httpx_mock):
    httpx_mock.add_response(match_files={"file": ("a.txt", b"data")}, match_data={"name": "n"})
    httpx.post("https://a.test", data={"name": "n"}, files={"file": ("a.txt", b"data")})


def test_proxy(httpx_mock):
    httpx_mock.add_response(proxy_url="http://user:pwd@my.proxy/", text="by proxy")
    httpx_mock.add_response(text="directly")
    assert httpx.get("https://a.test/").text == "directly"
    assert httpx.get("https://a.test/", proxy="http://user:pwd@my.proxy/").text == "by proxy"


def test_exception(httpx_mock):
    httpx_mock.add_exception(httpx.ReadTimeout("slow"))
    with pytest.raises(httpx.ReadTimeout, match="slow") as caught:
        httpx.get("https://a.test")
    assert caught.value.request.url == "https://a.test"


@pytest.mark.httpx_mock(assert_all_requests_were_expected=False)
def test_an_unexpected_request(httpx_mock):
    with pytest.raises(httpx.TimeoutException, match="No response can be found for GET request"):
        httpx.get("https://a.test/2")


def test_callback(httpx_mock):
    def answer(request):
        return httpx.Response(201, json=[request.method, request.read().decode()])

    httpx_mock.add_callback(answer, is_reusable=True)
    assert httpx.delete("https://a.test").json() == ["DELETE", ""]
    assert httpx.post("https://a.test", data={"a": "b"}).json() == ["POST", "a=b"]


def test_stream(httpx_mock):
    httpx_mock.add_response(stream=IteratorStream([b"part 1", b"part 2"]))
    with httpx.stream("GET", "https://a.test") as response:
        assert list(response.iter_raw()) == [b"part 1", b"part 2"]


def test_redirects_and_cookies(httpx_mock):
    headers = {"location": "/2", "set-cookie": "k=v"}
    httpx_mock.add_response(url="https://a.test/1", status_code=302, headers=headers)
    httpx_mock.add_response(url="https://a.test/2", match_headers={"Cookie": "k=v"}, text="end")
    with httpx.Client(follow_redirects=True) as client:
        response = client.get("https://a.test/1")
    assert (response.text, [it.status_code for it in response.history]) == ("end", [302])


@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host != "127.0.0.1")
def test_a_request_that_is_let_through(httpx_mock):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            self.send_error(418)

        def log_message(self, *_):
            pass

    httpx_mock.add_response(text="mocked")
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server, httpx.Client() as client:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert client.get(f"http://127.0.0.1:{server.server_port}").status_code == 418
        assert client.get("https://a.test").text == "mocked"


def test_async(httpx_mock):
    async def answer(request):
        await asyncio.sleep(0)
        return httpx.Response(200, text=request.headers["x-number"])

    httpx_mock.add_response(url="https://a.test/1", json=[1])
    httpx_mock.add_exception(httpx.ConnectError("no"), url="https://a.test/2")
    httpx_mock.add_callback(answer, url="https://a.test/3", is_reusable=True)
    httpx_mock.add_response(stream=IteratorStream([b"part 1", b"part 2"]), url="https://a.test/4")

    async def main():
        async with httpx.AsyncClient() as client:
            assert (await client.get("https://a.test/1")).json() == [1]
            with pytest.raises(httpx.ConnectError):
                await client.get("https://a.test/2")
            numbered = [client.get("https://a.test/3", headers={"x-number": str(n)}) for n in range(5)]
            assert [it.text for it in await asyncio.gather(*numbered)] == list("01234")
            async with client.stream("GET", "https://a.test/4") as response:
                assert [part async for part in response.aiter_raw()] == [b"part 1", b"part 2"]

    asyncio.run(main())
    assert len(httpx_mock.get_requests(url="https://a.test/3")) == 5
