//! The command line, `tauraro -m httpx URL`: its options, and how a message is laid out.
//!
//! The native module `_httpx_cli`. What sends the request and writes the answer is
//! `python/httpx/_main.py`, by the client that scripts use.

mod content_type;
mod head;
mod help;
mod json_text;
mod module;
mod options;
mod paint;
mod progress;

pub(in crate::modules) use module::module_def;
