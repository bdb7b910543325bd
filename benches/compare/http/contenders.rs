//! Those that the rows for `httpx` compare.

use crate::contender::{Contender, EventLoop, Program};
use crate::row::{BASE, SUBJECT};

pub(super) const PLAIN: Contender = contender(BASE, Program::Plain);
pub(super) const ENGINE: Contender = contender("tauraro's engine, no interpreter", Program::Engine);
pub(super) const TAURARO: Contender =
    contender(SUBJECT, Program::Tauraro("httpx", EventLoop::None));
pub(super) const TAURARO_ASYNC: Contender =
    contender(SUBJECT, Program::Tauraro("httpx", EventLoop::Asyncio));
pub(super) const HTTPX: Contender = blocking("CPython httpx", "httpx");
pub(super) const HTTPX_ASYNC: Contender =
    contender("CPython httpx", Program::Peer("httpx", EventLoop::Asyncio));
pub(super) const HTTPX2: Contender = blocking("httpx2", "httpx2");
pub(super) const HTTPX2_ASYNC: Contender =
    contender("httpx2", Program::Peer("httpx2", EventLoop::Asyncio));
pub(super) const REQUESTS: Contender = blocking("requests", "requests");
pub(super) const NIQUESTS: Contender = blocking("niquests", "niquests");
pub(super) const NIQUESTS_ASYNC: Contender = on_uvloop("niquests + uvloop", "niquests");
pub(super) const AIOHTTP: Contender = on_uvloop("aiohttp + uvloop", "aiohttp");
pub(super) const PYREQWEST: Contender = blocking("pyreqwest", "pyreqwest");
pub(super) const PYREQWEST_ASYNC: Contender = on_uvloop("pyreqwest + uvloop", "pyreqwest");
pub(super) const PRIMP: Contender = blocking("primp", "primp");
pub(super) const PYCURL: Contender = blocking("pycurl", "pycurl");

/// All that block.
pub(super) const SYNC: [Contender; 10] = [
    PLAIN, ENGINE, TAURARO, HTTPX, HTTPX2, REQUESTS, NIQUESTS, PYREQWEST, PRIMP, PYCURL,
];
/// All for asyncio.
pub(super) const ASYNC: [Contender; 7] = [
    PLAIN,
    TAURARO_ASYNC,
    HTTPX_ASYNC,
    HTTPX2_ASYNC,
    NIQUESTS_ASYNC,
    AIOHTTP,
    PYREQWEST_ASYNC,
];

pub(super) const fn contender(label: &'static str, program: Program) -> Contender {
    Contender { label, program }
}

const fn blocking(label: &'static str, package: &'static str) -> Contender {
    contender(label, Program::Peer(package, EventLoop::None))
}

const fn on_uvloop(label: &'static str, package: &'static str) -> Contender {
    contender(label, Program::Peer(package, EventLoop::Uvloop))
}
