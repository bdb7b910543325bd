"""Runs every interop check and counts: `check.py --tauraro BINARY [--nginx BINARY]`.

Runs under CPython, with aiohttp and websockets installed. See `run` beside it.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

import nginx

HERE = pathlib.Path(__file__).parent
HANG_GUARD = 120

HTTP = "get head large missing keep_alive close chunked chunked_stream gather".split()
WEBSOCKET = "echo sizes many_messages many_clients iteration close_ok close_error".split()

#: Without the variables that would send a client past the peers.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
}


class Interop:
    """The two interpreters, and what came out."""

    def __init__(self, tauraro):
        self.ours = [tauraro]
        self.theirs = [sys.executable]
        self.passed = 0
        self.failed = 0

    @contextlib.contextmanager
    def server(self, interpreter, script, *arguments):
        """Runs a server script, which prints its port; gives the port."""
        command = [*interpreter, HERE / script, *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, text=True, **pipes) as process:
            try:
                yield process.stdout.readline().strip()
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
    if not binary:
        print("skipped httpx and nginx: nginx is not there and could not be fetched")
        return
    with nginx.run(binary, work) as url:
        interop.client("httpx and nginx", interop.ours, "httpx_client.py", url, *HTTP)
    try:
        authority = nginx.make_certificates(work)
    except FileNotFoundError:
        print("skipped httpx and nginx over TLS: there is no openssl to make a certificate")
        return
    peers = "httpx and nginx over TLS"
    with nginx.run(binary, work, tls=True) as url:
        trust = {"SSL_CERT_FILE": str(authority)}
        interop.client(peers, interop.ours, "httpx_client.py", url, *HTTP, **trust)
        interop.client(peers, interop.ours, "httpx_client.py", url, "untrusted")


def websockets_client(interop):
    checks = [*WEBSOCKET, "fragments_received", "ping_received"]
    for compression in ("default", "uncompressed"):
        with interop.server(interop.theirs, "websockets_server.py", compression) as port:
            url = f"ws://127.0.0.1:{port}"
            peers = f"our websockets client and the package's {compression} server"
            interop.client(peers, interop.ours, "websockets_client.py", url, *checks)


def websockets_server(interop):
    checks = [*WEBSOCKET, "fragments_sent", "ping_sent"]
    with interop.server(interop.ours, "websockets_server.py") as port:
        url = f"ws://127.0.0.1:{port}"
        peers = "the package's websockets client and our server"
        interop.client(peers, interop.theirs, "websockets_client.py", url, *checks)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tauraro", required=True)
    parser.add_argument("--nginx")
    options = parser.parse_args()
    interop = Interop(os.path.abspath(options.tauraro))
    httpx_against_python(interop)
    with tempfile.TemporaryDirectory() as work:
        httpx_against_nginx(interop, options.nginx, work)
    websockets_client(interop)
    websockets_server(interop)
    print(f"{interop.passed} passed, {interop.failed} failed")
    return 1 if interop.failed else 0


sys.exit(main())
