//! The `httpx` module.
//!
//! `client` and `async_client` are two faces of one `session`: it prepares a request and names
//! the engine future that answers it; the faces run that future with `block_on` or hand it out as
//! a coroutine.

mod api;
mod async_client;
mod auth;
mod base_client;
mod body_handle;
mod cli;
mod client;
mod config;
mod content_decoder;
mod cookies;
mod draft;
mod encode;
mod exceptions;
mod header_codec;
mod headers;
mod hooks;
mod limits;
mod log;
mod mode;
mod model_signatures;
mod module;
mod multipart;
mod network_stream;
mod options;
mod pickling;
mod proxy;
mod python_stream;
mod query;
mod query_params;
mod request;
mod response;
mod script_auth;
mod sending;
mod session;
mod signatures;
mod stream;
mod stream_read;
mod streams;
mod text;
mod timeout;
mod tls;
mod transport_options;
mod transports;
mod url;
mod url_components;
mod use_client_default;
mod warnings;

pub(super) use cli::module_def as cli_module_def;
pub(super) use module::module_def;
use runtime_bridge::with_vm;

/// The version of httpx whose behaviour this follows; packages compare it.
const COMPATIBLE_VERSION: &str = "0.28.1";

/// What the User-Agent field says.
const USER_AGENT: &str = concat!("tauraro-httpx/", env!("CARGO_PKG_VERSION"));

/// The content codings that are decoded.
const ACCEPT_ENCODING: &str = "gzip, deflate, br, zstd";
