//! The `httpx` module.
//!
//! `client` and `async_client` are two faces of one `session`: it prepares a request and names
//! the engine future that answers it; the faces run that future with `block_on` or hand it out as
//! a coroutine.

mod api;
mod args;
mod async_client;
mod auth;
mod base_client;
mod client;
mod config;
mod content;
mod cookies;
mod exceptions;
mod headers;
mod module;
mod pickling;
mod query;
mod request;
mod response;
mod session;
mod stream;
mod text;
mod url;

pub(super) use module::module_def;
use runtime_bridge::with_vm;

/// The version of httpx whose behaviour this follows; packages compare it.
const COMPATIBLE_VERSION: &str = "0.28.1";

/// What the User-Agent field says.
const USER_AGENT: &str = concat!("tauraro-httpx/", env!("CARGO_PKG_VERSION"));
