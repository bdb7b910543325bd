//! Many requests at once, and clients in threads.

use super::contenders::{
    AIOHTTP, HTTPX, HTTPX_ASYNC, NIQUESTS_ASYNC, PLAIN, PYREQWEST, PYREQWEST_ASYNC, REQUESTS,
    TAURARO, TAURARO_ASYNC,
};
use super::row;
use crate::limits::Limit::Times;
use crate::row::{Place, Row, Unit, Work};

pub(super) fn rows() -> Vec<Row> {
    vec![fan_out(), delayed(), http2(), threads()]
}

/// httpx's pool looks at all that wait for each one that ends: ten thousand take it minutes. What
/// each costs among a thousand is less than its share in that.
fn fan_out() -> Row {
    const HTTPX: &str = "CPython httpx, 1,000 GETs only";
    let title = "fan-out of 10,000 GETs, 100 at a time, per request";
    let work = Work::Case("fan-out");
    let of = [PLAIN, TAURARO_ASYNC, AIOHTTP, PYREQWEST_ASYNC];
    let mut row = row("fan-out", title, Unit::Microseconds, work, &of);
    let fewer = Work::Case("fan-out-of-fewer").of(HTTPX_ASYNC);
    row.entries.insert(2, fewer.labelled(HTTPX).once());
    row.limits = vec![Times(HTTPX, 0.01), Times(AIOHTTP.label, 0.6)];
    row
}

/// On a connection each.
fn delayed() -> Row {
    let title = "1,000 GETs at once that the server delays by 10 ms, each";
    let work = Work::Case("delayed-1000");
    let of = [PLAIN, TAURARO_ASYNC, AIOHTTP, PYREQWEST_ASYNC];
    let mut row = row("delayed", title, Unit::Microseconds, work, &of);
    row.entries.insert(2, work.of(HTTPX_ASYNC).once());
    row.entries.push(work.of(NIQUESTS_ASYNC).once());
    row
}

fn http2() -> Row {
    let title = "HTTP/2, 100 streams of one connection, per request";
    let work = Work::Secure("http2");
    let of = [
        PLAIN,
        TAURARO_ASYNC,
        HTTPX_ASYNC,
        NIQUESTS_ASYNC,
        PYREQWEST_ASYNC,
    ];
    row("http2", title, Unit::Microseconds, work, &of)
}

/// Both cores are for all: one of them alone cannot show what threads are good for.
fn threads() -> Row {
    const ALONE: &str = "tauraro, one thread";
    let title = "sync GET + json() of 10 KiB in 2 threads, per request";
    let (one, two) = (Work::Case("threads-1"), Work::Case("threads-2"));
    Row {
        server: Place::Free,
        base: ALONE,
        entries: vec![
            one.of(TAURARO).labelled(ALONE),
            two.of(TAURARO),
            one.of(HTTPX).labelled("CPython httpx, one thread"),
            two.of(HTTPX),
            one.of(REQUESTS).labelled("requests, one thread"),
            two.of(REQUESTS),
            one.of(PYREQWEST).labelled("pyreqwest, one thread"),
            two.of(PYREQWEST),
        ],
        limits: vec![Times(ALONE, 1.0 / 1.7)],
        ..row("threads", title, Unit::Microseconds, one, &[])
    }
}
