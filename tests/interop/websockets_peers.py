"""The checks of websockets, for check.py."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

import nginx

CHECKS = "echo sizes many_messages many_clients iteration close_ok close_error".split()
CHECKS += "fragments_sent fragments_received ping_sent ping_received".split()
#: aiohttp sends no fragments.
AIOHTTP = "echo sizes many_messages many_clients iteration close_ok close_error ping_sent ping_received".split()
OF_AIOHTTP = "echo sizes many_messages iteration close_ok close_error fragments_received ping_received".split()
PAGE = (
    "text bytes compression fragments subprotocol closed_by_the_server closed_by_the_page many_connections"
).split()
BROWSER_WITHIN = 60

#: By script of the client and of the server.
STYLES = {
    "asyncio": ("websockets_client.py", "websockets_server.py"),
    "threads": ("websockets_sync_client.py", "websockets_sync_server.py"),
}


def run(interop, binaries, work):
    sides = {"our client, the package's server": (interop.ours, interop.theirs)}
    sides["the package's client, our server"] = (interop.theirs, interop.ours)
    for name, (client, server) in sides.items():
        for style, (client_script, server_script) in STYLES.items():
            against_package(interop, f"{name}, {style}", client, client_script, server, server_script, work)
    against_aiohttp(interop)
    behind_nginx(interop, binaries.nginx, work)
    in_browser(interop, binaries.chromium)


def against_package(interop, peers, client, client_script, server, server_script, work):
    def run_checks(kind, checks, arguments=(), scheme="ws", **environment):
        with interop.server(server, server_script, *arguments) as port:
            url = "ws://localhost/" if "UNIX_SOCKET" in environment else f"{scheme}://localhost:{port}"
            interop.client(f"{peers}, {kind}", client, client_script, url, *checks, **environment)

    run_checks("compressed", ["negotiated", *CHECKS], NEGOTIATED="True")
    run_checks("uncompressed by the server", ["negotiated", *CHECKS], ["uncompressed"], NEGOTIATED="False")
    run_checks("uncompressed by the client", ["negotiated", "echo", "sizes"], COMPRESSION="none", NEGOTIATED="False")
    path = os.path.join(tempfile.mkdtemp(dir=work), "socket")
    run_checks("over a unix socket", CHECKS, [f"unix={path}"], UNIX_SOCKET=path)
    try:
        authority = nginx.make_certificates(work)
    except FileNotFoundError:
        print(f"skipped {peers}, over TLS: there is no openssl for a certificate")
        return
    run_checks("over TLS", CHECKS, [f"tls={work}"], "wss", AUTHORITY=str(authority))
    # In threads the same engine meets it.
    if client_script == "websockets_client.py":
        run_checks("over TLS, untrusted", ["wrong_certificate"], [f"tls={work}"], "wss")


def against_aiohttp(interop):
    with interop.server(interop.theirs, "aiohttp_websocket.py", "serve") as port:
        for kind in ("deflate", "none"):
            peers = f"our client, aiohttp's server, compression {kind}"
            url = f"ws://127.0.0.1:{port}/"
            interop.client(peers, interop.ours, "websockets_client.py", url, *AIOHTTP, COMPRESSION=kind)
    with interop.server(interop.ours, "websockets_server.py") as port:
        for kind in ("deflate", "none"):
            peers = f"aiohttp's client, our server, compression {kind}"
            url = f"ws://127.0.0.1:{port}/"
            interop.client(peers, interop.theirs, "aiohttp_websocket.py", url, *OF_AIOHTTP, COMPRESSION=kind)


def behind_nginx(interop, binary, work):
    """The package's client, through nginx, which adds TLS too, to our server."""
    if not binary:
        print("skipped our WebSocket server behind nginx: nginx is not there and could not be fetched")
        return
    with interop.server(interop.ours, "websockets_server.py") as port:
        with nginx.run_before(binary, work, port) as (url, tls_url, authority):
            client = (interop.theirs, "websockets_client.py")
            interop.client("our server behind nginx", *client, url, *CHECKS)
            trust = {"AUTHORITY": str(authority)}
            interop.client("our server behind nginx with TLS", *client, tls_url, *CHECKS, **trust)


def in_browser(interop, chromium):
    """A page in a headless Chromium reports over a WebSocket what it found."""
    if not chromium:
        print("skipped a page in Chromium: it is not there; apt-get install chromium")
        return
    with tempfile.TemporaryDirectory() as profile, interop.server(
        interop.ours, "browser_server.py", whole=True
    ) as server:
        port = server.stdout.readline().strip()
        command = [chromium, "--headless", "--disable-gpu", f"--user-data-dir={profile}"]
        # The sandbox is not for root.
        command += ["--no-sandbox"] * (os.geteuid() == 0)
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command += ["--remote-debugging-port=0", f"http://127.0.0.1:{port}/"]
        browser = subprocess.Popen(command, start_new_session=True, **quiet)
        try:
            # The server ends after the page's report.
            lines = server.communicate(timeout=BROWSER_WITHIN)[0].splitlines()
        except subprocess.TimeoutExpired as late:
            lines = (late.stdout or b"").decode().splitlines()
        finally:
            end_group(browser)
    for line in lines + [f"FAILED {name}: not reported in time" for name in PAGE[len(lines) :]]:
        interop.count("a page in Chromium, our server", line)


def end_group(process):
    """With the processes that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()
