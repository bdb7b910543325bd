"""Runs every interop check and counts: `check.py --tauraro BINARY [--nginx BINARY]...`.

Runs under CPython, with aiohttp, uvicorn and websockets installed. See `run` beside it.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

import nginx
import proxies
import uvicorn_httptools
import uvicorn_websockets
import websockets_peers

HERE = pathlib.Path(__file__).parent
HANG_GUARD = 120

HTTP = "get head large missing keep_alive close chunked chunked_stream gather".split()
FILES = "compressed ranges not_modified uploads".split()
PROXY = "forward tunnel large concurrent environment dead_origin dead_proxy".split()
CREDENTIALS = "forward tunnel userinfo wrong_credentials no_credentials".split()
EVENTS = "sync asynchronous other_content".split()
STARLETTE = (
    "requests cookies redirects uploads streaming exceptions lifespans websocket websocket_denied"
).split()

#: Without the variables that would send a client past the peers.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
}


class Interop:
    """The two interpreters, and what came out."""

    def __init__(self, tauraro, packages):
        self.ours = [tauraro]
        self.packages = packages
        self.theirs = [sys.executable]
        self.passed = 0
        self.failed = 0

    @contextlib.contextmanager
    def server(self, interpreter, script, *arguments, whole=False, **environment):
        """Runs a server script, which prints its port; gives the port, or the `whole` process."""
        command = [*interpreter, HERE / script, *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        environment = ENVIRONMENT | environment
        with subprocess.Popen(command, text=True, env=environment, **pipes) as process:
            try:
                yield process if whole else process.stdout.readline().strip()
            finally:
                process.kill()

    def client(self, peers, interpreter, script, *arguments, **environment):
        """Runs a client script, and repeats and counts what it says of its checks."""
        command = [*interpreter, HERE / script, *arguments]
        try:
            done = subprocess.run(
                command,
                env=ENVIRONMENT | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                timeout=HANG_GUARD,
            )
            lines = done.stdout.splitlines()
        except subprocess.TimeoutExpired as hung:
            lines = (hung.stdout or b"").decode().splitlines()
        # The arguments are the URL and the checks.
        missing = arguments[1 + len(lines) :]
        for line in lines + [f"FAILED {name}: the script ended or hung" for name in missing]:
            self.count(peers, line)

    def pytest(self, peers, script):
        """Runs the tests of a file by pytest, under tauraro, and counts the file as a check."""
        options = ["-m", "pytest", "--quiet", "-p", "no:cacheprovider", HERE / script]
        environment = ENVIRONMENT | {"PYTHONPATH": self.packages, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [*self.ours, *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=HANG_GUARD,
        )
        if done.returncode:
            print(done.stdout)
        self.count(peers, f"{'FAILED' if done.returncode else 'ok'} {done.stdout.splitlines()[-1]}")

    def count(self, peers, line):
        verdict, _, check = line.partition(" ")
        if verdict == "ok":
            self.passed += 1
        else:
            self.failed += 1
        print(f"{verdict} {peers}: {check}", flush=True)


def httpx_against_python(interop):
    for peer in ("http.server", "aiohttp"):
        with interop.server(interop.theirs, "http_server.py", peer) as port:
            url = f"http://127.0.0.1:{port}"
            interop.client(f"httpx and {peer}", interop.ours, "httpx_client.py", url, *HTTP, "echo")


def httpx_against_nginx(interop, binary, work):
    """Gives what clients need for it, in the environment, and its URL, while it runs with TLS."""
    if not binary:
        print("skipped httpx, nginx and proxies: nginx is not there and could not be fetched")
        return
    with nginx.run(binary, work) as url:
        checks = [*HTTP, *FILES]
        interop.client("httpx and nginx", interop.ours, "httpx_client.py", url, *checks)
    try:
        authority = nginx.make_certificates(work)
    except FileNotFoundError:
        print("skipped httpx, nginx and proxies over TLS: there is no openssl for a certificate")
        return
    peers = "httpx and nginx over TLS"
    with nginx.run(binary, work, tls=True) as (plain_url, url):
        trust = {"SSL_CERT_FILE": str(authority)}
        checks = [*HTTP, *FILES, "http2"]
        interop.client(peers, interop.ours, "httpx_client.py", url, *checks, **trust)
        named = {"AUTHORITY": str(authority)}
        checks = ["untrusted", "private_authority"]
        interop.client(peers, interop.ours, "httpx_client.py", url, *checks, **named)
        yield {"HTTPS_URL": url, **trust}, plain_url


def httpx_through_proxies(interop, binaries, work, origin, url):
    secret = f"{proxies.USER}:{proxies.PASSWORD}"
    runs = {
        "tinyproxy": lambda **options: proxies.tinyproxy(binaries.tinyproxy, work, **options),
        "microsocks": lambda **options: proxies.microsocks(binaries.microsocks, **options),
    }
    for name, run in runs.items():
        if not getattr(binaries, name):
            print(f"skipped httpx and {name}: {name} is not there and could not be fetched")
            continue
        for peers, checks, given in (
            (f"httpx through {name}", PROXY, {}),
            (f"httpx through {name} with credentials", CREDENTIALS, {"CREDENTIALS": secret}),
        ):
            with run(credentials=bool(given)) as proxy:
                environment = {**origin, **given, "PROXY": proxy}
                interop.client(peers, interop.ours, "proxy_client.py", url, *checks, **environment)


def httpx_against_uvicorn(interop):
    checks = [*HTTP, "echo", "streamed_both_ways"]
    ours = {"PYTHONPATH": interop.packages}
    servers = [("uvicorn", interop.theirs, {})]
    if interop.packages:
        servers.append(("uvicorn under tauraro", interop.ours, ours))
    for peer, interpreter, environment in servers:
        with interop.server(interpreter, "asgi_server.py", **environment) as port:
            url = f"http://127.0.0.1:{port}"
            interop.client(f"httpx and {peer}", interop.ours, "httpx_client.py", url, *checks)
            if interop.packages:
                script = "packages/sse_client.py"
                peers = f"httpx-sse and {peer}"
                interop.client(peers, interop.ours, script, url, *EVENTS, **ours)


def packages_on_httpx(interop):
    """Packages that build on httpx, installed by pip and unchanged."""
    if not interop.packages:
        print("skipped httpx-sse, Starlette and pytest-httpx: pip could not install them")
        return
    script = "packages/starlette_client.py"
    place = {"PYTHONPATH": interop.packages}
    interop.client("Starlette's TestClient", interop.ours, script, "-", *STARLETTE, **place)
    interop.pytest("pytest-httpx", "packages/test_httpx_mock.py")


def check_httpx(interop, options, work):
    httpx_against_python(interop)
    httpx_against_uvicorn(interop)
    packages_on_httpx(interop)
    for origin, url in httpx_against_nginx(interop, options.nginx, work):
        # nginx is the origin that is asked for.
        httpx_through_proxies(interop, options, work, origin, url)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tauraro", required=True)
    parser.add_argument("--nginx")
    parser.add_argument("--tinyproxy")
    parser.add_argument("--microsocks")
    parser.add_argument("--chromium")
    parser.add_argument("--only", choices=["httpx", "websockets", "httptools"])
    parser.add_argument("--packages", help="a directory in which pip has installed packages")
    options = parser.parse_args()
    interop = Interop(os.path.abspath(options.tauraro), options.packages)
    with tempfile.TemporaryDirectory() as work:
        if options.only in (None, "httpx"):
            check_httpx(interop, options, work)
        if options.only in (None, "websockets"):
            websockets_peers.run(interop, options, work)
            uvicorn_websockets.run(interop)
        if options.only in (None, "httptools"):
            uvicorn_httptools.run(interop)
    print(f"{interop.passed} passed, {interop.failed} failed")
    return 1 if interop.failed else 0


sys.exit(main())
