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
mod body_handle;
mod client;
mod config;
mod cookies;
mod encode;
mod exceptions;
mod header_codec;
mod headers;
mod limits;
mod module;
mod multipart;
mod pickling;
mod proxy;
mod python_stream;
mod query;
mod query_params;
mod raised;
mod request;
mod response;
mod session;
mod stream;
mod stream_read;
mod streams;
mod text;
mod timeout;
mod tls;
mod url;
mod url_components;
mod use_client_default;

pub(super) use module::module_def;
use runtime_bridge::with_vm;

/// The version of httpx whose behaviour this follows; packages compare it.
const COMPATIBLE_VERSION: &str = "0.28.1";

/// What the User-Agent field says.
const USER_AGENT: &str = concat!("tauraro-httpx/", env!("CARGO_PKG_VERSION"));
