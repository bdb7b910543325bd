"""What came of the cases: good or not, and the table of it."""

import collections
import sys

#: Categories as the suite names them.
CATEGORIES = {
    "1": "Framing",
    "2": "Pings and pongs",
    "3": "Reserved bits",
    "4": "Opcodes",
    "5": "Fragmentation",
    "6": "UTF-8 handling",
    "7": "Close handling",
    "9": "Limits and performance",
    "10": "Auto-fragmentation",
    "12": "Compression, different payloads",
    "13": "Compression, different parameters",
}

#: The suite has no right answer for these, and never says OK: data after a close, and close codes
#: of which RFC 6455 says nothing (1012 and up when it was written).
WITHOUT_ANSWER = {"7.1.6", "7.13.1", "7.13.2"}

Run = collections.namedtuple("Run", "side compression")


class Results:
    """Verdicts by run and case."""

    def __init__(self):
        self.verdicts = collections.defaultdict(dict)

    def add(self, side, compression, wanted, verdicts):
        """Notes the verdicts on the `wanted` cases, also where there is none."""
        for case in wanted:
            verdict = verdicts.get(case, ("NOT RUN", "NOT RUN"))
            self.verdicts[Run(side, compression)][case] = verdict

    def bad(self):
        for run, cases in sorted(self.verdicts.items()):
            for case in sorted(cases, key=by_number):
                if kind_of(case, cases[case]) == "bad":
                    yield run, case, cases[case]

    def are_good(self):
        return bool(self.verdicts) and not any(self.bad())

    def counts(self):
        """Of each run and category: cases in all, OK, and without an answer."""
        for run, cases in sorted(self.verdicts.items()):
            counted = collections.defaultdict(collections.Counter)
            for case, verdict in cases.items():
                counted[case.partition(".")[0]][kind_of(case, verdict)] += 1
            for category in sorted(counted, key=int):
                yield run, category, counted[category]

    def show(self):
        groups = collections.defaultdict(list)
        for run, case, verdict in self.bad():
            groups[run, verdict].append(case)
        for (run, (behavior, close)), cases in groups.items():
            what = f"{behavior}, close {close}"
            print(f"FAILED {run.side}, compression {run.compression}: {what}: {' '.join(cases)}")
        totals = collections.Counter()
        for _, _, kinds in self.counts():
            totals += kinds
        print(
            f"{sum(totals.values())} cases: {totals['ok']} OK, {totals['informational']} informational,"
            f" {totals['bad']} failed"
        )
        sys.stdout.flush()

    def document(self):
        lines = [HEADING]
        for run, category, kinds in self.counts():
            name = f"{category} {CATEGORIES[category]}"
            numbers = [sum(kinds.values()), kinds["ok"], kinds["informational"], kinds["bad"]]
            cells = [run.side, run.compression, name, *map(str, numbers)]
            lines.append(f"| {' | '.join(cells)} |\n")
        return "".join(lines)


def kind_of(case, verdict):
    if set(verdict) == {"OK"}:
        return "ok"
    # The close may be as wanted, or of no interest, where the rest is.
    if case in WITHOUT_ANSWER and set(verdict) <= {"OK", "INFORMATIONAL"}:
        return "informational"
    # NON-STRICT, FAILED, UNIMPLEMENTED, WRONG CODE, UNCLEAN, …
    return "bad"


def by_number(case):
    return [int(part) for part in case.split(".")]


HEADING = """\
# The Autobahn testsuite

Written by `tests/autobahn/run --table docs/autobahn.md`; do not edit.

The [Autobahn testsuite](https://github.com/crossbario/autobahn-testsuite) fuzzes WebSocket clients
and servers. Ours are `websockets.connect` and `websockets.serve`, driven by the scripts in
`tests/autobahn`. A case is good when the suite says OK, both of its behaviour and of its close. For
three cases (7.1.6, 7.13.1, 7.13.2) RFC 6455 has no answer, and the suite only tells what happened:
informational. Anything else, NON-STRICT and UNIMPLEMENTED too, counts as failed.

Categories 8 and 11 do not exist. Those of compression, 12 and 13, ask for `permessage-deflate`.

| side | compression | category | cases | OK | informational | failed |
|---|---|---|---|---|---|---|
"""
