//! The parts of the table.

use crate::row::Row;
use crate::{awaiting, http, httptools, starting, websocket};

/// Rows that are about one thing.
pub(crate) struct Section {
    /// Of its charts' files.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// All, in the order of the table.
pub(crate) fn sections() -> Vec<Section> {
    let section = |name, title, rows| Section { name, title, rows };
    vec![
        section("http", "httpx: requests", http::rows()),
        section("bodies", "httpx: larger bodies", http::bodies()),
        section("many", "httpx: many at once", http::many()),
        section("process", "httpx: imports and memory", http::process()),
        section("growth", "httpx: how cost grows", http::growth()),
        section("websocket", "websockets", websocket::rows()),
        section("httptools", "httptools", httptools::rows()),
        section("awaiting", "The bridge: awaiting", awaiting::rows()),
        section("start", "Whole processes", starting::rows()),
    ]
}
