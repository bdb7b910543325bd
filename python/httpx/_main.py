"""httpx._main: the command line, `tauraro -m httpx URL`.

It sends through the client that scripts use. What the options are and how a message is laid out
is in `_httpx_cli`.
"""

import os
import sys

import _httpx_cli
import httpx


def main(args=None, prog_name="tauraro -m httpx"):
    """Sends the request that the arguments ask for, shows the response, and exits.

    The exit code is 0 for a status 2xx, 1 for any other and for a request that fails, and 2 for
    arguments that make no sense.
    """
    status = 1
    try:
        status = _follow(sys.argv[1:] if args is None else args, prog_name)
        sys.stdout.flush()
    except (KeyboardInterrupt, EOFError):
        print("Aborted!", file=sys.stderr)
    except BrokenPipeError:
        _forget_stdout()
    sys.exit(status)


# As click's commands have it, for its test runner.
main.name = "httpx"
main.main = main


class _Refused(Exception):
    """The command line makes no sense."""


def _follow(args, program):
    try:
        options = _parse(args)
        if options is None:
            sys.stdout.write(_httpx_cli.help(_is_coloured(sys.stdout)))
            return 0
        return _send(**options)
    except _Refused as error:
        print(f"Usage: {program} <URL> [OPTIONS]\n\nError: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        sys.stdout.flush()
        name = type(error).__name__
        sys.stderr.write(_httpx_cli.error_line(name, str(error), _is_coloured(sys.stderr)))
        return 1


def _parse(args):
    try:
        options = _httpx_cli.parse(args)
    except ValueError as error:
        raise _Refused(error) from None
    if options is not None:
        options["files"] = [(name, _open_upload(path)) for name, path in options["files"]]
        options["auth"] = _ask_password(options["auth"])
    return options


def _open_upload(path):
    if path == "-":
        return sys.stdin.buffer
    try:
        return open(path, "rb")
    except OSError as error:
        why = f"Invalid value for '--files' / '-f': {path!r}: {error.strerror}"
        raise _Refused(why) from None


def _ask_password(auth):
    if auth is None or auth[1] != "-":
        return auth
    from getpass import getpass

    return auth[0], getpass("Password: ")


def _send(
    url,
    method,
    params,
    content,
    data,
    files,
    json,
    cookies,
    proxy,
    timeout,
    verify,
    http2,
    download,
    verbose,
    **others,
):
    method = method or ("POST" if content or data or files or json else "GET")
    screen = _Screen(http2)
    hooks = {"request": [screen.sending] if verbose else [], "response": [screen.received]}
    client = httpx.Client(
        proxy=proxy, timeout=timeout, verify=verify, http2=http2, event_hooks=hooks
    )
    with client, client.stream(
        method,
        url,
        # None leaves the URL its query; an empty list would take it away.
        params=params or None,
        content=content,
        data=dict(data),
        files=files,
        json=json,
        cookies=dict(cookies),
        extensions={"trace": screen.step} if verbose else None,
        **others,
    ) as response:
        if download is None:
            screen.show_body(response)
        else:
            sys.stdout.flush()
            _save(response, download)
    return 0 if response.is_success else 1


class _Screen:
    """Standard output."""

    def __init__(self, http2):
        self._is_terminal = sys.stdout.isatty()
        self._is_coloured = _is_coloured(sys.stdout)
        # Only the answer tells whether it is HTTP/2 that is spoken; until then:
        self._version = None if http2 else "HTTP/1.1"
        self._unshown = None

    def sending(self, request):
        if self._version is None:
            self._unshown = request
        else:
            self._show_request(request)

    def received(self, response):
        version = response.http_version
        if self._unshown is not None:
            self._version = version
            self._show_request(self._unshown)
            self._unshown = None
        head = _httpx_cli.response_head(
            version,
            response.status_code,
            response.reason_phrase,
            response.headers.raw,
            self._is_coloured,
        )
        sys.stdout.write(head)
        # Seen while the body is awaited.
        sys.stdout.flush()

    def _show_request(self, request):
        head = _httpx_cli.request_head(
            request.method,
            request.url.raw_path,
            self._version,
            request.headers.raw,
            self._is_coloured,
        )
        sys.stdout.write(head)
        sys.stdout.flush()

    def step(self, name, info):
        """What the trace extension tells of the connection."""
        if name == "connection.connect_tcp.started" and "host" in info:
            sys.stdout.write(f"* Connecting to {info['host']!r}\n")
        elif info.get("return_value") is None:
            return
        elif name == "connection.connect_tcp.complete":
            host, port, *_ = info["return_value"].get_extra_info("server_addr")
            sys.stdout.write(f"* Connected to {host!r} on port {port}\n")
        elif name == "connection.start_tls.complete":
            tls = info["return_value"].get_extra_info("ssl_object")
            sys.stdout.write(
                f"* SSL established using {tls.version()!r} / {tls.cipher()[0]!r}\n"
                f"* Selected ALPN protocol: {tls.selected_alpn_protocol()!r}\n"
            )

    def show_body(self, response):
        content = response.read()
        if not content:
            return
        kind = _httpx_cli.kind(response.headers.get("Content-Type", ""))
        if kind == "binary":
            text = f"<{len(content)} bytes of binary data>"
        else:
            text = self._json(response) if kind == "json" else None
            if text is None:
                text = response.text
                if self._is_terminal:
                    text = _httpx_cli.printable(text)
        sys.stdout.write(text)
        sys.stdout.write("\n")

    def _json(self, response):
        try:
            value = response.json()
            return _httpx_cli.json_text(value, self._is_terminal, self._is_coloured)
        except (ValueError, RecursionError):
            return None


def _save(response, path):
    """Streams the content to a file, with a progress bar on a terminal."""
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() else None
    with _open_download(path) as file, _httpx_cli.progress(path, total) as progress:
        for chunk in response.iter_bytes():
            file.write(chunk)
            progress.update(response.num_bytes_downloaded)


def _open_download(path):
    if path == "-":
        from contextlib import nullcontext

        return nullcontext(sys.stdout.buffer)
    return open(path, "wb")


def _is_coloured(stream):
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def _forget_stdout():
    """Nobody reads standard output any more; the interpreter's exit must not fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
