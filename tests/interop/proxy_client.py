"""Our httpx through somebody's proxy: `proxy_client.py URL CHECK...`. Runs under tauraro.

The URL is that of an http server (see httpx_client.py), which HTTPS_URL has over TLS, trusted by
SSL_CERT_FILE. PROXY is the proxy, and CREDENTIALS what it asks for, if anything.
"""

import asyncio
import os
import socket
import sys

import httpx
from checks import check, equal

LARGE = bytes(range(256)) * 4096
HTTPS_URL = os.environ["HTTPS_URL"]
PROXY = os.environ["PROXY"]
CREDENTIALS = os.environ.get("CREDENTIALS", "").partition(":")


def proxy():
    return httpx.Proxy(PROXY, auth=CREDENTIALS[::2] if CREDENTIALS[0] else None)


def forward(url):
    response = httpx.get(f"{url}/hello", proxy=proxy())
    equal((response.status_code, response.text), (200, "hello"))
    if PROXY.startswith("http"):
        equal("tinyproxy" in response.headers["via"], True)


def tunnel(url):
    for http2, version in ((False, "HTTP/1.1"), (True, "HTTP/2")):
        with httpx.Client(proxy=proxy(), http2=http2) as client:
            response = client.get(f"{HTTPS_URL}/hello")
            equal((response.text, response.http_version), ("hello", version))
            equal("via" in response.headers, False)
            equal(client.get(f"{HTTPS_URL}/large").content, LARGE)
            equal(len({client.get(f"{HTTPS_URL}/peer").text for _ in range(5)}), 1)


def large(url):
    with httpx.Client(proxy=proxy()) as client:
        equal(client.get(f"{url}/large").content, LARGE)
        equal(client.post(f"{url}/hello", content=LARGE).status_code, 200)


def concurrent(url):
    async def fetch_all():
        limits = httpx.Limits(max_connections=10)
        async with httpx.AsyncClient(proxy=proxy(), limits=limits) as client:
            urls = [f"{origin}/hello" for origin in (url, HTTPS_URL)] * 20
            return await asyncio.gather(*map(client.get, urls))

    equal({response.text for response in asyncio.run(fetch_all())}, {"hello"})


def userinfo(url):
    authority = httpx.URL(PROXY).copy_with(username=CREDENTIALS[0], password=CREDENTIALS[2])
    equal(httpx.get(f"{url}/hello", proxy=str(authority)).text, "hello")


def environment(url):
    os.environ["all_proxy"] = PROXY
    try:
        equal(httpx.get(f"{HTTPS_URL}/hello").text, "hello")
        with httpx.Client(mounts={"all://127.0.0.1": None}) as client:
            equal("via" in client.get(f"{url}/hello").headers, False)
    finally:
        del os.environ["all_proxy"]


def wrong_credentials(url):
    wrong = httpx.Proxy(PROXY, auth=(CREDENTIALS[0], "guessed"))
    refused(HTTPS_URL, wrong)
    if PROXY.startswith("http"):
        # 407 it should be, but tinyproxy says 401 to a request that it was to forward.
        equal(httpx.get(f"{url}/hello", proxy=wrong).status_code in (401, 407), True)
    else:
        refused(url, wrong)


def no_credentials(url):
    refused(HTTPS_URL, httpx.Proxy(PROXY))


def dead_origin(url):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        refused(f"https://127.0.0.1:{port}", proxy())


def dead_proxy(url):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        scheme = httpx.URL(PROXY).scheme
        try:
            httpx.get(f"{url}/hello", proxy=f"{scheme}://127.0.0.1:{reserved.getsockname()[1]}")
        except httpx.ConnectError:
            return
    raise AssertionError("a proxy was used that is not there")


def refused(url, given):
    try:
        httpx.get(f"{url}/hello", proxy=given)
    except httpx.ProxyError as error:
        equal(CREDENTIALS[2] != "" and CREDENTIALS[2] in str(error), False)
    else:
        raise AssertionError("the proxy did what it should have refused")


url = sys.argv[1]
for name in sys.argv[2:]:
    with check(name):
        globals()[name](url)
