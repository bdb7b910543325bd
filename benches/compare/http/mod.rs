//! The rows for `httpx`.

mod bodies;
mod contenders;
mod growth;
mod many;
mod tls;

use crate::contender::Contender;
use crate::limits::Limit::{AtMost, FasterThan, Times};
use crate::row::{BASE, Place, Row, Runs, Unit, Work};
use contenders::{
    AIOHTTP, ASYNC, ENGINE, HTTPX, HTTPX_ASYNC, HTTPX2, NIQUESTS, PLAIN, PRIMP, PYCURL, PYREQWEST,
    PYREQWEST_ASYNC, REQUESTS, SYNC, TAURARO, TAURARO_ASYNC,
};
pub(crate) use growth::{FAMILIES, Family};

/// Those whose pool can be as large as it needs to be.
const MEMORY: [Contender; 5] = [PLAIN, TAURARO_ASYNC, HTTPX_ASYNC, AIOHTTP, PYREQWEST_ASYNC];

const STREAMING: &str = "CPython httpx, iter_bytes";

/// In the order of the table.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![get(), get_on_one_core(), async_get(), post(), client()];
    rows.extend(tls::rows());
    rows
}

/// Larger bodies.
pub(crate) fn bodies() -> Vec<Row> {
    let mut rows = bodies::rows();
    rows.extend([content(), iter_bytes()]);
    rows
}

/// Many requests at once.
pub(crate) fn many() -> Vec<Row> {
    let mut rows = vec![gather(), gather_anew()];
    rows.extend(many::rows());
    rows
}

/// What the module and its connections cost a process.
pub(crate) fn process() -> Vec<Row> {
    vec![import(), import_by_process(), idle(), in_flight()]
}

/// How cost grows with the number of connections.
pub(crate) fn growth() -> Vec<Row> {
    growth::rows()
}

/// A row without limits.
fn row(name: &'static str, title: &'static str, unit: Unit, work: Work, of: &[Contender]) -> Row {
    Row {
        name,
        title,
        unit,
        server: Place::OtherCore,
        base: BASE,
        runs: Runs::InRounds,
        entries: work.of_each(of),
        limits: Vec::new(),
    }
}

fn get() -> Row {
    let title = "sync GET + json()";
    let work = Work::Case("get");
    Row {
        limits: vec![
            Times(BASE, 1.15),
            FasterThan(PRIMP.label),
            FasterThan(PYREQWEST.label),
            FasterThan(PYCURL.label),
        ],
        ..row("get", title, Unit::Microseconds, work, &SYNC)
    }
}

fn get_on_one_core() -> Row {
    Row {
        name: "get-one-core",
        title: "sync GET + json(), client and server on one core",
        server: Place::SameCore,
        limits: vec![Times(BASE, 1.3), FasterThan(PYCURL.label)],
        ..get()
    }
}

fn async_get() -> Row {
    let title = "async GET, one after another";
    let work = Work::Case("async-get");
    Row {
        limits: vec![Times(BASE, 1.2), FasterThan(PYREQWEST_ASYNC.label)],
        ..row("async-get", title, Unit::Microseconds, work, &ASYNC)
    }
}

fn gather() -> Row {
    let title = "gather of 100 GETs, per request";
    let work = Work::Case("gather");
    Row {
        limits: vec![
            Times(BASE, 2.2),
            FasterThan(PYREQWEST_ASYNC.label),
            FasterThan(AIOHTTP.label),
        ],
        ..row("gather", title, Unit::Microseconds, work, &ASYNC)
    }
}

/// httpx's default limits keep 20 connections.
fn gather_anew() -> Row {
    let title = "the same, 80 of them over new connections";
    let work = Work::Case("gather-anew");
    let of = [TAURARO_ASYNC, HTTPX_ASYNC];
    row("gather-anew", title, Unit::Microseconds, work, &of)
}

fn post() -> Row {
    const GET: &str = "tauraro, GET + json()";
    let title = "sync JSON POST + json()";
    let work = Work::Case("post");
    let of = [
        PLAIN, TAURARO, HTTPX, HTTPX2, REQUESTS, NIQUESTS, PYREQWEST, PRIMP, PYCURL,
    ];
    let mut row = row("post", title, Unit::Microseconds, work, &of);
    let get = Work::Case("get").of(TAURARO).labelled(GET);
    row.entries.insert(1, get);
    row.limits = vec![Times(GET, 1.15)];
    row
}

fn content() -> Row {
    let title = "100 MiB download, .content";
    let work = Work::Case("content");
    let of = [
        PLAIN, ENGINE, TAURARO, HTTPX, REQUESTS, AIOHTTP, PYREQWEST, PRIMP, PYCURL,
    ];
    let mut row = row("content", title, Unit::Milliseconds, work, &of);
    let streaming = Work::Case("iter-bytes").of(HTTPX).labelled(STREAMING);
    row.entries.insert(3, streaming);
    row.limits = vec![Times(STREAMING, 1.0), Times(BASE, 0.8)];
    row
}

/// Its base is plain hyper that keeps the content, as in the row above.
fn iter_bytes() -> Row {
    let title = "100 MiB download, iter_bytes";
    let work = Work::Case("iter-bytes");
    let of = [ENGINE, TAURARO, REQUESTS, AIOHTTP, PYREQWEST, PRIMP, PYCURL];
    let mut row = row("iter-bytes", title, Unit::Milliseconds, work, &of);
    let others = [
        Work::Case("content").of(PLAIN),
        work.of(PLAIN).labelled("plain hyper, frame by frame"),
        work.of(HTTPX).labelled(STREAMING),
    ];
    row.entries.splice(0..0, others);
    row.limits = vec![Times(STREAMING, 1.0), Times(BASE, 0.8)];
    row
}

fn import() -> Row {
    let title = "import, within the process";
    imports("import", title, Work::Import)
}

fn import_by_process() -> Row {
    let title = "import, from the lifetimes of processes";
    imports("import-process", title, Work::ImportByProcess)
}

fn imports(name: &'static str, title: &'static str, work: fn(&'static str) -> Work) -> Row {
    Row {
        name,
        title,
        unit: Unit::Milliseconds,
        server: Place::OtherCore,
        base: BASE,
        runs: Runs::InRounds,
        entries: vec![
            work("httpx").of(TAURARO),
            work("httpx").of(HTTPX),
            work("httpx2").of(HTTPX2),
            work("requests").of(REQUESTS),
            work("aiohttp").of(AIOHTTP).labelled("aiohttp"),
            work("pyreqwest").of(PYREQWEST),
            work("primp").of(PRIMP),
            work("pycurl").of(PYCURL),
        ],
        limits: vec![AtMost(5e-3)],
    }
}

fn client() -> Row {
    let title = "AsyncClient() constructed and closed";
    let work = Work::Case("client");
    Row {
        limits: vec![AtMost(200e-6)],
        ..row("client", title, Unit::Microseconds, work, &MEMORY[1..])
    }
}

fn idle() -> Row {
    let title = "memory of an idle connection in the pool";
    row(
        "idle",
        title,
        Unit::Kibibytes,
        Work::Case("idle-400"),
        &MEMORY,
    )
}

fn in_flight() -> Row {
    let title = "memory of a request in flight, connection included";
    let work = Work::Case("in-flight-400");
    row("in-flight", title, Unit::Kibibytes, work, &MEMORY)
}
