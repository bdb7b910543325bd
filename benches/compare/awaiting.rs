//! The rows for the bridge: what an await costs. `cargo bench-await` has the same and more.
//!
//! Everything is on one core: between two, the figures would be those of wake-ups across CPUs.

use crate::contender::{Contender, EventLoop, Program};
use crate::limits::Limit::{self, AtMost, FasterThan, Times};
use crate::row::{Place, Row, Runs, SUBJECT, Unit, Work};

const PLAIN: Contender = contender("plain tokio", Program::Plain);
const BRIDGE: Contender = contender(SUBJECT, Program::Bridge);
const CPYTHON: Contender = contender("CPython asyncio", Program::Cpython);
const UVLOOP: Contender = contender("uvloop", Program::Peer("uvloop", EventLoop::Uvloop));
/// What a pending future is compared with.
const CPYTHON_SLEEP: &str = "CPython asyncio, sleep(0)";
const UVLOOP_SLEEP: &str = "uvloop, sleep(0)";
const PLAIN_ECHO: &str = "plain tokio, an echo";

const fn contender(label: &'static str, program: Program) -> Contender {
    Contender { label, program }
}

/// In the order of the table.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        ready(),
        suspended(),
        row(
            "sleep",
            "asyncio.sleep(0)",
            vec![Times(CPYTHON.label, 1.5), Times(CPYTHON.label, 1.2)],
        ),
        row(
            "task",
            "create_task + await",
            vec![Times(CPYTHON.label, 1.6), Times(CPYTHON.label, 1.2)],
        ),
        Row {
            name: "gather-ready",
            ..row(
                "gather",
                "gather of 10,000 ready coroutines, per item",
                vec![Times(CPYTHON.label, 2.5), Times(CPYTHON.label, 1.5)],
            )
        },
        echo(),
        idle(),
    ]
}

/// Its name, if it gets no other, is that of the script's case.
fn row(name: &'static str, title: &'static str, limits: Vec<Limit>) -> Row {
    Row {
        name,
        title,
        unit: Unit::Microseconds,
        server: Place::SameCore,
        base: PLAIN.label,
        runs: Runs::InRounds,
        entries: Work::Await(name).of_each(&[BRIDGE, CPYTHON, UVLOOP]),
        limits,
    }
}

/// In the unit of the machine's own speed, which is that of an echo.
fn ready() -> Row {
    let limits = vec![Times(PLAIN_ECHO, 0.5 / 15.0)];
    let mut row = row("ready", "await of a ready Rust future", limits);
    let echo = Work::Await("echo").of(PLAIN).labelled(PLAIN_ECHO);
    row.entries.push(echo);
    row
}

fn suspended() -> Row {
    let limits = vec![Times(CPYTHON_SLEEP, 0.8), FasterThan(UVLOOP_SLEEP)];
    let mut row = row("suspended", "await with one suspension", limits);
    let sleep = Work::Await("sleep");
    row.entries.truncate(1);
    row.entries.push(sleep.of(CPYTHON).labelled(CPYTHON_SLEEP));
    row.entries.push(sleep.of(UVLOOP).labelled(UVLOOP_SLEEP));
    row
}

fn echo() -> Row {
    let limits = vec![Times(PLAIN.label, 1.12), FasterThan(UVLOOP.label)];
    let mut row = row("echo", "TCP echo of 64 bytes, client and server", limits);
    row.entries.insert(0, Work::Await("echo").of(PLAIN));
    row
}

fn idle() -> Row {
    let title = "CPU time of an idle loop in a second";
    Row {
        name: "idle-loop",
        ..row("idle", title, vec![AtMost(1e-3)])
    }
}
