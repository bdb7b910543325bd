"""Autobahn's command wstest: running it, and reading what it found."""

import ast
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

STARTS_WITHIN = 60


class Command:
    """wstest, as pip installed it for a Python 2.7."""

    def __init__(self, python2, suite):
        self.python2 = python2
        self.suite = os.path.abspath(suite)

    @contextlib.contextmanager
    def server(self, place, cases):
        """Runs the fuzzing server; gives its URL and the names of the cases."""
        url = f"ws://127.0.0.1:{free_port()}"
        specification = {"url": url, "outdir": place, "cases": cases, "exclude-cases": []}
        with self._run("fuzzingserver", place, specification) as (process, log):
            wait_until_listening(process, url)
            yield url, named_cases(log)

    def client(self, place, url, cases, seconds):
        """Runs the fuzzing client to its end; returns the names of the cases."""
        server = {"agent": "server", "url": url}
        specification = {"servers": [server], "outdir": place, "cases": cases, "exclude-cases": []}
        with self._run("fuzzingclient", place, specification) as (process, log):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
            return named_cases(log)

    @contextlib.contextmanager
    def _run(self, mode, place, specification):
        path = pathlib.Path(place, "specification.json")
        path.write_text(json.dumps(specification))
        log = pathlib.Path(place, "log")
        # It looks for its own modules before those of the Python it runs under.
        environment = os.environ | {"PYTHONPATH": self.suite, "PYTHONUNBUFFERED": "1"}
        command = [self.python2, f"{self.suite}/bin/wstest", "--mode", mode, "--spec", str(path)]
        with log.open("w") as output:
            options = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            # Its web server would take a port of everybody's.
            process = subprocess.Popen([*command, "--webport", "0"], env=environment, cwd=place, **options)
        try:
            yield process, log
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def verdicts(place):
    """By case: how it behaved, how it closed."""
    index = pathlib.Path(place, "index.json")
    if not index.exists():
        print(f"FAILED wstest reports nothing; it says at the end:\n{tail(place)}")
        return {}
    (cases,) = json.loads(index.read_text()).values()
    for name, case in cases.items():
        if case["behavior"] == "FAILED":
            reported = json.loads(pathlib.Path(place, case["reportfile"]).read_text())
            print(f"FAILED {name}: {reported['result']}", flush=True)
    return {name: (case["behavior"], case["behaviorClose"]) for name, case in cases.items()}


def tail(place):
    return "".join(pathlib.Path(place, "log").read_text().splitlines(keepends=True)[-5:])


def named_cases(log):
    """The cases that wstest says it is going to run."""
    for line in log.read_text().splitlines():
        _, found, names = line.partition("Cases = ")
        if found:
            return ast.literal_eval(names)
    raise RuntimeError(f"wstest did not start:\n{log.read_text()}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_listening(process, url):
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            return socket.create_connection(address).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("wstest did not start") from None
            time.sleep(0.05)
