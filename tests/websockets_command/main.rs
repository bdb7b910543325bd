//! `tauraro -m websockets`, run as a user runs it, against servers in the test process.

#[path = "../support/mod.rs"]
mod support;

mod piped;
#[cfg(unix)]
mod terminal;
