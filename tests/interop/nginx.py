"""nginx as a peer: its configuration, a certificate for it, and running it."""

import contextlib
import pathlib
import socket
import subprocess
import time

LARGE = bytes(range(256)) * 4096
TEXT = "".join(f"line {number}\n" for number in range(10_000))
STARTS_WITHIN = 30

#: Server-side includes make a body whose length nginx does not know: it is sent in chunks.
CONFIGURATION = """
daemon off;
master_process off;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    default_type application/octet-stream;
    server {{
        listen 127.0.0.1:{port};
        {tls_server}
        root {work}/root;
        location = /hello {{ default_type text/plain; return 200 "hello"; }}
        location = /peer {{ default_type text/plain; return 200 "$remote_port"; }}
        location = /close {{ keepalive_timeout 0; return 200 "closing"; }}
        location = /chunked {{ ssi on; ssi_types *; }}
        location = /text {{ gzip on; gzip_types *; gzip_http_version 1.1; }}
        location /upload/ {{
            client_max_body_size 100m;
            dav_methods PUT;
        }}
    }}
}}
"""

#: As the documentation of nginx has it for WebSockets.
FRONT = """
daemon off;
master_process off;
pid {work}/front.pid;
error_log {work}/front.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        {tls_server}
        location / {{
            proxy_http_version 1.1;
            proxy_pass http://127.0.0.1:{origin};
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Host $host;
        }}
    }}
}}
"""

TLS_SERVER = """
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {work}/server.pem;
        ssl_certificate_key {work}/server.key;
"""


@contextlib.contextmanager
def run(nginx, work, tls=False):
    """Runs nginx on loopback; gives its URL, or both with TLS: see `make_certificates`."""
    files = pathlib.Path(work, "root")
    (files / "upload").mkdir(parents=True, exist_ok=True)
    for name in ("large", "chunked"):
        (files / name).write_bytes(LARGE)
    (files / "text").write_text(TEXT)
    port, tls_port = free_ports(2)
    tls_server = TLS_SERVER.format(port=tls_port, work=work) if tls else ""
    configuration = pathlib.Path(work, "nginx.conf")
    configuration.write_text(
        CONFIGURATION.format(work=work, port=port, tls_server=tls_server)
    )
    with running(nginx, work, configuration, port):
        http_url = f"http://127.0.0.1:{port}"
        yield (http_url, f"https://localhost:{tls_port}") if tls else http_url


@contextlib.contextmanager
def running(nginx, work, configuration, port):
    command = [nginx, "-p", str(work), "-c", str(configuration), "-e", f"{work}/error.log"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        wait_until_listening(process, port)
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def run_before(nginx, work, origin):
    """Runs nginx before a WebSocket server on that port of loopback.

    Gives its URL without and with TLS, and the authority of its certificate."""
    authority = make_certificates(work)
    port, tls_port = free_ports(2)
    # HTTP/2 has WebSockets of its own kind, which is not meant.
    tls_server = TLS_SERVER.format(port=tls_port, work=work).replace(" http2", "")
    configuration = pathlib.Path(work, "front.conf")
    configuration.write_text(FRONT.format(work=work, port=port, tls_server=tls_server, origin=origin))
    with running(nginx, work, configuration, port):
        yield f"ws://127.0.0.1:{port}", f"wss://localhost:{tls_port}", authority


def make_certificates(work):
    """An authority, `ca.pem`, and what it says about localhost, `server.pem`."""
    path = pathlib.Path(work)
    (path / "san").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl = "openssl req -newkey rsa:2048 -nodes -subj".split()
    authority = ["/CN=Interop authority", "-x509", "-days", "2", "-keyout", "ca.key"]
    subprocess.run([*openssl, *authority, "-out", "ca.pem"], cwd=path, **QUIET)
    request = ["/CN=localhost", "-keyout", "server.key", "-out", "server.csr"]
    subprocess.run([*openssl, *request], cwd=path, **QUIET)
    sign = "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 2"
    finish = "-extfile san -out server.pem"
    subprocess.run([*sign.split(), *finish.split()], cwd=path, **QUIET)
    return path / "ca.pem"


QUIET = {"check": True, "capture_output": True}


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in sockets:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in sockets]


def wait_until_listening(process, port):
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("nginx did not start") from None
            time.sleep(0.02)
