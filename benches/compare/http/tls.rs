//! HTTPS.

use super::contenders::{
    HTTPX, HTTPX2, NIQUESTS, PLAIN, PRIMP, PYCURL, PYREQWEST, REQUESTS, TAURARO,
};
use super::row;
use crate::limits::Limit::Times;
use crate::row::{BASE, Row, Unit, Work};

pub(super) fn rows() -> Vec<Row> {
    vec![kept_alive(), anew()]
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
