//! The HTTP client.
//!
//! A request's way: [`transport`] checks it, [`pool`] gives a connection or leave to open one,
//! `exchange` sends it and waits for the head, and [`response`] reads the body, after which the
//! connection goes back to the pool. Everything happens in the future that the caller polls.

mod alarm;
pub mod answer;
pub mod auth;
pub mod body;
pub mod chunks;
mod connection;
pub mod content;
pub mod cookies;
pub mod decode;
mod exchange;
mod failure;
pub mod flow;
pub mod headers;
mod http2;
mod incoming;
pub mod lines;
pub mod links;
pub mod mounts;
pub mod multipart;
pub mod network_stream;
mod origin;
pub mod params;
pub mod parts;
pub mod peer;
pub mod pool;
mod prepared;
pub mod proxy;
pub mod query;
pub mod redirect;
pub mod request;
pub mod response;
mod sending;
mod telling;
pub mod text;
pub mod timeout;
pub mod trace;
pub mod transport;
pub mod url;
mod url_build;
mod url_encode;
mod url_host;
mod url_join;
mod url_merge;
mod url_parse;
mod url_plain;
mod wire;

pub use answer::Answer;
pub use body::{Body, BodySource};
pub use content::Content;
pub use flow::Flow;
pub use mounts::{Mounts, UrlPattern};
pub use network_stream::NetworkStream;
pub use pool::Limits;
pub use proxy::Proxy;
pub use request::{Head, Options, Request, Sent, Tag};
pub use response::{Response, ResponseBody};
pub use timeout::Timeouts;
pub use transport::{HttpTransport, Stats, TransportConfig};
pub use url::Url;
pub use url_build::Replacements;
