//! `tauraro -m httpx`, run as a user runs it, against servers in the test process.

#[path = "../support/mod.rs"]
mod support;

mod bodies;
mod command;
mod downloads;
mod failures;
mod requests;
#[cfg(unix)]
mod terminal;
