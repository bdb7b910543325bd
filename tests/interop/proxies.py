"""Other people's proxies as peers: tinyproxy for HTTP, microsocks for SOCKS 5."""

import contextlib
import pathlib
import subprocess

from nginx import free_ports, wait_until_listening

USER, PASSWORD = "someone", "a-secret"

TINYPROXY = """
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 100
LogLevel Critical
LogFile "{work}/tinyproxy.log"
{credentials}
"""


@contextlib.contextmanager
def tinyproxy(binary, work, credentials=False):
    """Runs it on loopback; gives its URL, without credentials."""
    (port,) = free_ports(1)
    configuration = pathlib.Path(work, "tinyproxy.conf")
    line = f"BasicAuth {USER} {PASSWORD}" if credentials else ""
    configuration.write_text(TINYPROXY.format(work=work, port=port, credentials=line))
    with listening([binary, "-d", "-c", configuration], port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def microsocks(binary, credentials=False):
    """Runs it on loopback; gives its URL, without credentials."""
    (port,) = free_ports(1)
    options = ["-u", USER, "-P", PASSWORD] if credentials else []
    with listening([binary, "-i", "127.0.0.1", "-p", str(port), *options], port):
        yield f"socks5://127.0.0.1:{port}"


@contextlib.contextmanager
def listening(command, port):
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process = subprocess.Popen(command, **quiet)
    try:
        wait_until_listening(process, port)
        yield
    finally:
        process.kill()
        process.wait()
