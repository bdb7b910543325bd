//! Why an opening handshake failed. Each kind is one exception of the `websockets` package.

use std::io;

use super::headers::InvalidHeaderText;
use super::message::Response;
use crate::engine::ws::extensions::{InvalidExtensionHeader, Refusal};

/// A failed opening handshake.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The peer went beyond a limit that protects this end.
    #[error("{0}")]
    Security(SecurityError),
    /// What came is not HTTP, or ended too soon.
    #[error("did not receive a valid {expected}: {reason}")]
    InvalidMessage {
        /// What was expected from whom.
        expected: String,
        /// What came instead.
        reason: String,
        /// Whether the stream ended before the message did.
        eof: bool,
    },
    /// The request is not a GET.
    #[error("unsupported HTTP method: {0}")]
    InvalidMethod(String),
    /// The request is not HTTP/1.1.
    #[error("unsupported HTTP version: {0}")]
    InvalidProtocol(String),
    /// The server answered with something other than 101.
    #[error("server rejected WebSocket connection: HTTP {}", .0.status.as_u16())]
    InvalidStatus(Box<Response>),
    /// A header field is missing, empty or wrong.
    #[error("{}", describe(.name, .value.as_deref()))]
    InvalidHeader {
        /// Name of the field.
        name: String,
        /// Its value, or what is wrong with it; `None` when the field is missing.
        value: Option<String>,
    },
    /// A header field is well-formed, and its value is not acceptable.
    #[error("{}", describe(.name, Some(.value)))]
    InvalidHeaderValue {
        /// Name of the field.
        name: String,
        /// Its value.
        value: String,
    },
    /// The `Upgrade` or `Connection` field does not ask for WebSocket.
    #[error("{}", describe(.name, .value.as_deref()))]
    InvalidUpgrade {
        /// Name of the field.
        name: String,
        /// Its value; `None` when the field is missing.
        value: Option<String>,
    },
    /// The origin of the page that connects is not allowed here.
    #[error("{}", describe("Origin", .0.as_deref()))]
    InvalidOrigin(Option<String>),
    /// The two ends do not agree on a subprotocol or an extension.
    #[error("{0}")]
    Negotiation(String),
    /// `Sec-WebSocket-Extensions` does not follow the grammar.
    #[error("invalid Sec-WebSocket-Extensions header: {0}")]
    InvalidExtensions(#[from] InvalidExtensionHeader),
    /// The two ends do not agree on an extension.
    #[error(transparent)]
    Extension(#[from] Refusal),
    /// The caller gave a header field that cannot be sent.
    #[error(transparent)]
    InvalidHeaderText(#[from] InvalidHeaderText),
    /// The stream failed.
    #[error("could not {attempt}: {source}")]
    Io {
        /// What was attempted with whom.
        attempt: String,
        /// How it failed.
        source: io::Error,
    },
}

/// A limit that a peer went beyond.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecurityError {
    /// The first line of a request.
    #[error("request line is longer than {0} bytes")]
    RequestLineTooLong(usize),
    /// The first line of a response.
    #[error("status line is longer than {0} bytes")]
    StatusLineTooLong(usize),
    /// A header field.
    #[error("header line is longer than {0} bytes")]
    HeaderLineTooLong(usize),
    /// All header fields together.
    #[error("headers are larger than {0} bytes")]
    HeadersTooLarge(usize),
    /// The number of header fields.
    #[error("expected no more than {0} headers")]
    TooManyHeaders(usize),
    /// The body of a response that rejects the connection.
    #[error("body of the rejecting response is larger than {0} bytes")]
    BodyTooLarge(usize),
}

fn describe(name: &str, value: Option<&str>) -> String {
    match value {
        None => format!("missing {name} header"),
        Some("") => format!("empty {name} header"),
        Some(value) => format!("invalid {name} header: {value}"),
    }
}

impl HandshakeError {
    pub(super) fn missing(name: &str) -> Self {
        Self::InvalidHeader {
            name: name.to_owned(),
            value: None,
        }
    }

    pub(super) fn value(name: &str, value: impl Into<String>) -> Self {
        Self::InvalidHeaderValue {
            name: name.to_owned(),
            value: value.into(),
        }
    }
}
