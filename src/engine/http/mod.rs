//! The HTTP client.
//!
//! A request's way: [`transport`] checks it, [`pool`] gives a connection or leave to open one,
//! `exchange` sends it and waits for the head, and [`response`] reads the body, after which the
//! connection goes back to the pool. Everything happens in the future that the caller polls.

mod alarm;
pub mod auth;
pub mod body;
mod connection;
mod exchange;
mod failure;
pub mod headers;
pub mod mounts;
pub mod network_stream;
mod origin;
pub mod params;
pub mod pool;
pub mod proxy;
pub mod query;
pub mod request;
pub mod response;
pub mod timeout;
pub mod transport;
pub mod url;
mod url_merge;
mod url_parse;
mod wire;

pub use body::{Body, BodySource};
pub use mounts::{Mounts, UrlPattern};
pub use network_stream::NetworkStream;
pub use pool::Limits;
pub use proxy::Proxy;
pub use request::Request;
pub use response::{Response, ResponseBody};
pub use timeout::Timeouts;
pub use transport::{HttpTransport, Stats, TransportConfig};
pub use url::Url;
