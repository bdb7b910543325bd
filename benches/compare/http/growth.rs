//! How cost grows with the number of connections.

use super::contenders::{AIOHTTP, HTTPX_ASYNC, PLAIN, PYREQWEST_ASYNC, TAURARO_ASYNC};
use super::row;
use crate::row::{Row, Runs, Unit, Work};

/// httpx's pool looks at all requests for each: this many take it half a minute, more take it
/// minutes.
const MANY_FOR_HTTPX: u32 = 1000;

/// A group of rows that differ in one number only.
pub(crate) struct Family {
    /// What the names of its rows begin with.
    pub(crate) prefix: &'static str,
    pub(crate) title: &'static str,
    /// Of the number.
    pub(crate) axis: &'static str,
}

pub(crate) const FAMILIES: [Family; 2] = [
    Family {
        prefix: "at-",
        title: "Requests per second",
        axis: "requests at once",
    },
    Family {
        prefix: "idle-",
        title: "Memory of a connection, KiB",
        axis: "idle connections",
    },
];

impl Family {
    /// The number in the name of a row of this family.
    pub(crate) fn number(&self, row: &Row) -> Option<u32> {
        row.name.strip_prefix(self.prefix)?.parse().ok()
    }
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        at("at-1", "async GETs, 1 at a time, per request", 1),
        at("at-10", "async GETs, 10 at a time, per request", 10),
        at("at-100", "async GETs, 100 at a time, per request", 100),
        at("at-1000", "async GETs, 1,000 at a time, per request", 1000),
        at("at-5000", "async GETs, 5,000 at a time, per request", 5000),
        idle("idle-10", "memory of an idle connection of 10", 10),
        idle("idle-100", "memory of an idle connection of 100", 100),
        idle("idle-1000", "memory of an idle connection of 1,000", 1000),
        idle(
            "idle-10000",
            "memory of an idle connection of 10,000",
            10_000,
        ),
    ]
}

/// The name is the case's as well.
fn at(name: &'static str, title: &'static str, number: u32) -> Row {
    let row = row(name, title, Unit::Microseconds, Work::Case(name), &[]);
    with_entries(row, name, number)
}

fn idle(name: &'static str, title: &'static str, number: u32) -> Row {
    let row = Row {
        runs: Runs::Once,
        ..row(name, title, Unit::Kibibytes, Work::Case(name), &[])
    };
    with_entries(row, name, number)
}

fn with_entries(row: Row, case: &'static str, number: u32) -> Row {
    let work = Work::Case(case);
    let mut entries = work.of_each(&[PLAIN, TAURARO_ASYNC]);
    let httpx = work.of(HTTPX_ASYNC);
    // To open and to hold them takes it several times as long as to ask them once.
    let is_memory = row.unit == Unit::Kibibytes;
    match number {
        ..MANY_FOR_HTTPX => entries.push(httpx),
        MANY_FOR_HTTPX if !is_memory => entries.push(httpx.once()),
        _ => {}
    }
    entries.extend(work.of_each(&[AIOHTTP, PYREQWEST_ASYNC]));
    Row { entries, ..row }
}
