//! The rows for `httptools`: a request's head with callbacks, a URL, a whole request.

use crate::contender::{Contender, EventLoop, Program};
use crate::limits::Limit::Times;
use crate::row::{Place, Row, Runs, SUBJECT, Unit, Work};

const TAURARO: Contender = Contender {
    label: SUBJECT,
    program: Program::Tauraro("httptools", EventLoop::None),
};
const HTTPTOOLS: Contender = Contender {
    label: "CPython httptools",
    program: Program::Peer("httptools", EventLoop::None),
};
const H11: Contender = Contender {
    label: "CPython h11",
    program: Program::Peer("h11", EventLoop::None),
};

/// In the order of the table.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "parse-head",
            "request head of 400 bytes, 10 fields, callbacks",
            HTTPTOOLS,
            1.0,
        ),
        row(
            "parse-url",
            "parse_url and five of its parts",
            HTTPTOOLS,
            0.5,
        ),
        row(
            "parse-request",
            "parse_request of the same head",
            H11,
            1.0 / 3.0,
        ),
    ]
}

/// At most so many times what the peer takes.
fn row(name: &'static str, title: &'static str, peer: Contender, factor: f64) -> Row {
    Row {
        name,
        title,
        unit: Unit::Microseconds,
        server: Place::OtherCore,
        base: peer.label,
        runs: Runs::InRounds,
        entries: Work::Case(name).of_each(&[TAURARO, peer]),
        limits: vec![Times(peer.label, factor)],
    }
}
