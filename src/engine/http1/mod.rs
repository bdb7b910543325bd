//! HTTP/1.x without I/O, for the `httptools` module: messages, whole or in pieces, and URLs.

mod chars;
pub mod error;
pub mod leniency;
pub mod message;
pub mod method;
pub mod parser;
mod target;
pub mod url;

pub use error::{Error, ErrorKind};
pub use leniency::Leniency;
pub use message::{Request, Response, parse_request, parse_response};
pub use method::Method;
pub use parser::{Event, Kind, Parser, Section, Token};
pub use url::{Url, parse_url};
