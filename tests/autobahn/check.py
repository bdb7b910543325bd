"""Runs Autobahn's wstest against our client and our server, and judges: see `run` beside it.

Runs under CPython. A run is a part of wstest's cases against one side with one compression; runs of
one side and one compression make an agent of the report.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import report
import wstest

HERE = pathlib.Path(__file__).parent
#: Seconds for a whole run; the longest takes a few minutes.
HANG_GUARD = 3600

#: What wstest keeps apart. Cases of 12 and 13 are about compression.
PLAIN = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"]
DEFLATE = ["12.*", "13.*"]

#: One or more of every kind; without the cases of 9 that only take long, and of 12 and 13 that
#: repeat the others with other sizes.
QUICK_PLAIN = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.1.*", "6.2.*", "6.3.*", "6.4.*", "6.6.*"]
QUICK_PLAIN += ["6.12.*", "6.20.*", "7.*", "9.1.1", "9.2.2", "9.3.4", "9.5.6", "9.7.1", "10.*"]
QUICK_DEFLATE = ["12.1.1", "12.1.5", "12.2.3", "12.4.10", "12.5.2", "13.1.3", "13.2.4", "13.3.5"]
QUICK_DEFLATE += ["13.4.2", "13.5.3", "13.6.4", "13.7.6"]

#: Connections of our client at once; the suite's server is one thread. Most cases wait, but those of
#: compression compute, and each has to be done within a minute or two.
AT_ONCE = {"waiting": "4", "computing": "1"}


class Suite:
    """The interpreters, where reports go, and what came of the cases so far."""

    def __init__(self, options):
        self.tauraro = os.path.abspath(options.tauraro)
        self.wstest = wstest.Command(options.python2, options.suite)
        self.work = pathlib.Path(options.work)
        self.results = report.Results()
        self.lock = threading.Lock()

    def note(self, side, compression, wanted, verdicts):
        with self.lock:
            self.results.add(side, compression, wanted, verdicts)

    @contextlib.contextmanager
    def script(self, name, *arguments, **options):
        command = [self.tauraro, str(HERE / name), *arguments]
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment, **options) as process:
            try:
                yield process
            finally:
                process.kill()

    def run_client(self, compression, cases):
        """Our client, against wstest as a server."""
        with tempfile.TemporaryDirectory(dir=self.work) as place:
            with self.wstest.server(place, cases) as (url, wanted):
                kind = "computing" if cases == DEFLATE else "waiting"
                arguments = (url, "client", compression, AT_ONCE[kind])
                with self.script("client.py", *arguments) as client:
                    ended = wait(client)
                if ended != 0:
                    print(f"FAILED our client ended with {ended}", flush=True)
            self.note("client", compression, wanted, wstest.verdicts(place))

    def run_server(self, compression, cases):
        """Our server, against wstest as a client."""
        with tempfile.TemporaryDirectory(dir=self.work) as place:
            pipe = {"stdout": subprocess.PIPE, "text": True}
            with self.script("server.py", compression, **pipe) as server:
                port = server.stdout.readline().strip()
                wanted = self.wstest.client(place, f"ws://127.0.0.1:{port}", cases, HANG_GUARD)
                if server.poll() is not None:
                    print(f"FAILED our server ended with {server.returncode}", flush=True)
            self.note("server", compression, wanted, wstest.verdicts(place))


def wait(process):
    try:
        return process.wait(HANG_GUARD)
    except subprocess.TimeoutExpired:
        return f"nothing within {HANG_GUARD} s"


def runs_of(options):
    """Pairs of compression and cases, of which each goes against both sides."""
    if options.cases:
        return [("deflate", options.cases.split(","))]
    if options.quick:
        return [("deflate", QUICK_PLAIN + QUICK_DEFLATE)]
    return [("none", PLAIN), ("deflate", PLAIN), ("deflate", DEFLATE)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tauraro", required=True)
    parser.add_argument("--python2", required=True)
    parser.add_argument("--suite", required=True, help="where autobahntestsuite is installed")
    parser.add_argument("--work", required=True, help="a directory for what passes")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cases")
    parser.add_argument("--table")
    options = parser.parse_args()
    suite = Suite(options)

    def run_all(run):
        for compression, cases in runs_of(options):
            run(compression, cases)

    # Both sides at once: most of the time goes into waiting, and into wstest itself.
    threads = [threading.Thread(target=run_all, args=(run,)) for run in (suite.run_client, suite.run_server)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    suite.results.show()
    if options.table:
        pathlib.Path(options.table).write_text(suite.results.document())
    return 0 if suite.results.are_good() else 1


sys.exit(main())
