//! HTTPS and HTTP/2.

use super::contenders::{
    HTTPX, HTTPX_ASYNC, HTTPX2, NIQUESTS, NIQUESTS_ASYNC, PLAIN, PRIMP, PYCURL, PYREQWEST,
    PYREQWEST_ASYNC, REQUESTS, TAURARO, TAURARO_ASYNC,
};
use super::row;
use crate::limits::Limit::Times;
use crate::row::{BASE, Row, Unit, Work};

pub(super) fn rows() -> Vec<Row> {
    vec![kept_alive(), anew(), http2()]
}

/// Its base is hyper over rustls.
fn kept_alive() -> Row {
    let title = "HTTPS GET + json(), kept alive";
    let work = Work::Secure("tls-get");
    let of = [
        PLAIN, TAURARO, HTTPX, HTTPX2, REQUESTS, NIQUESTS, PYREQWEST, PRIMP, PYCURL,
    ];
    Row {
        limits: vec![Times(BASE, 1.2)],
        ..row("tls-get", title, Unit::Microseconds, work, &of)
    }
}

fn anew() -> Row {
    let title = "HTTPS GET + json(), a new connection each";
    let work = Work::Secure("tls-new");
    let of = [PLAIN, TAURARO, HTTPX, REQUESTS, NIQUESTS, PYREQWEST, PYCURL];
    row("tls-new", title, Unit::Microseconds, work, &of)
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
