//! Larger bodies, both ways.

use super::contenders::{
    AIOHTTP, HTTPX, NIQUESTS, PLAIN, PRIMP, PYCURL, PYREQWEST, REQUESTS, TAURARO,
};
use super::row;
use crate::contender::Contender;
use crate::row::{Row, Unit, Work};

/// Its base is the one that parses too.
const PARSED: [Contender; 8] = [
    PLAIN, TAURARO, HTTPX, REQUESTS, NIQUESTS, PYREQWEST, PRIMP, PYCURL,
];

pub(super) fn rows() -> Vec<Row> {
    vec![
        json("json-10k", "GET of 10 KiB of JSON, parsed", "json-10"),
        json("json-1m", "GET of 1 MiB of JSON, parsed", "json-1024"),
        gzip(),
        upload(),
    ]
}

fn json(name: &'static str, title: &'static str, case: &'static str) -> Row {
    row(name, title, Unit::Microseconds, Work::Case(case), &PARSED)
}

fn gzip() -> Row {
    let title = "GET of 10 MiB of JSON, compressed by gzip, parsed";
    let work = Work::Case("gzip");
    row("gzip", title, Unit::Milliseconds, work, &PARSED)
}

fn upload() -> Row {
    let title = "upload of 100 MiB, streamed from a generator";
    let work = Work::Case("upload");
    let of = [
        PLAIN, TAURARO, HTTPX, REQUESTS, NIQUESTS, AIOHTTP, PYREQWEST, PYCURL,
    ];
    row("upload", title, Unit::Milliseconds, work, &of)
}
