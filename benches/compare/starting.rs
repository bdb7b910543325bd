//! The rows for whole processes, their start included.

use crate::contender::{Contender, EventLoop, Program, Start};
use crate::limits::Limit::Times;
use crate::row::{Place, Row, Runs, SUBJECT, Unit, Work};

const TAURARO: Contender = contender(SUBJECT, Program::Tauraro("httpx", EventLoop::None));
const CPYTHON: Contender = contender("CPython", Program::Cpython);
const HTTPX: Contender = contender("CPython httpx", Program::Peer("httpx", EventLoop::None));
const REQUESTS: Contender = contender("requests", Program::Peer("requests", EventLoop::None));
const AIOHTTP: Contender = contender("aiohttp", Program::Peer("aiohttp", EventLoop::None));

const fn contender(label: &'static str, program: Program) -> Contender {
    Contender { label, program }
}

/// In the order of the table.
pub(crate) fn rows() -> Vec<Row> {
    vec![pass(), get(), async_get()]
}

fn row(name: &'static str, title: &'static str, of: Vec<(Contender, Start)>) -> Row {
    let entry = |(contender, start)| Work::Start(start).of(contender);
    Row {
        name,
        title,
        unit: Unit::Milliseconds,
        server: Place::OtherCore,
        base: CPYTHON.label,
        runs: Runs::InRounds,
        entries: of.into_iter().map(entry).collect(),
        limits: Vec::new(),
    }
}

fn pass() -> Row {
    let of = vec![(TAURARO, Start::Pass), (CPYTHON, Start::Pass)];
    Row {
        limits: vec![Times(CPYTHON.label, 1.1)],
        ..row("start-pass", "a process that does nothing: -c pass", of)
    }
}

fn get() -> Row {
    let script = Start::Script("one_get.py");
    let of = vec![
        (TAURARO, script),
        (HTTPX, script),
        (REQUESTS, Start::Script("one_get_with_requests.py")),
    ];
    let title = "a script that gets one URL and prints its JSON";
    Row {
        limits: vec![Times(HTTPX.label, 0.7)],
        ..row("start-get", title, of)
    }
}

fn async_get() -> Row {
    let script = Start::Script("one_async_get.py");
    let of = vec![
        (TAURARO, script),
        (HTTPX, script),
        (AIOHTTP, Start::Script("one_get_with_aiohttp.py")),
    ];
    let title = "a script with asyncio and one async GET";
    Row {
        limits: vec![Times(HTTPX.label, 1.0)],
        ..row("start-async-get", title, of)
    }
}
