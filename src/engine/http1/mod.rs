//! HTTP/1.x without I/O, for the `httptools` module: whole messages and URLs.

pub mod message;
pub mod url;

pub use message::{Request, Response, parse_request, parse_response};
pub use url::{Url, parse_url};
