//! Requests and responses of the opening handshake, out of bytes and into bytes.

use std::time::SystemTime;

use bytes::Bytes;
use http::StatusCode;

use super::error::{HandshakeError, SecurityError};
use super::headers::{Headers, latin1};

/// Header fields that a peer may send, as in the `websockets` package.
const MAX_HEADERS: usize = 128;
/// Bytes in one line, as in the `websockets` package.
pub(super) const MAX_LINE: usize = 8 * 1024;

/// A handshake request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method; `GET` in a valid handshake.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub version: &'static str,
    /// Header fields.
    pub headers: Headers,
}

/// A handshake response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status; 101 accepts the connection.
    pub status: StatusCode,
    /// Reason phrase, as ISO 8859-1.
    pub reason: String,
    /// Header fields.
    pub headers: Headers,
    /// Body of a response that rejects the connection.
    pub body: Bytes,
}

/// A message that is parsed from the front of a buffer.
pub(super) trait Head: Sized {
    /// What the peer should have sent.
    const NAME: &'static str;

    /// Parses a head, and tells its length; `None` when more bytes are needed. An `Err(text)`
    /// is a syntax error.
    fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, BadHead>;

    /// The error for a first line that does not end.
    fn first_line_too_long() -> SecurityError;
}

/// Why a head was not parsed.
pub(super) enum BadHead {
    Syntax(String),
    Security(SecurityError),
}

impl From<httparse::Error> for BadHead {
    fn from(error: httparse::Error) -> Self {
        match error {
            httparse::Error::TooManyHeaders => {
                Self::Security(SecurityError::TooManyHeaders(MAX_HEADERS))
            }
            error => Self::Syntax(error.to_string()),
        }
    }
}

impl Head for Request {
    const NAME: &'static str = "HTTP request";

    fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, BadHead> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut fields);
        let httparse::Status::Complete(length) = request.parse(bytes)? else {
            return Ok(None);
        };
        let path = request.path.unwrap_or_default();
        if path.len() > MAX_LINE {
            return Err(BadHead::Security(Self::first_line_too_long()));
        }
        let head = Self {
            method: request.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            version: version_name(request.version),
            headers: copy_headers(request.headers)?,
        };
        Ok(Some((head, length)))
    }

    fn first_line_too_long() -> SecurityError {
        SecurityError::RequestLineTooLong(MAX_LINE)
    }
}

impl Head for Response {
    const NAME: &'static str = "HTTP response";

    fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, BadHead> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut fields);
        let httparse::Status::Complete(length) = response.parse(bytes)? else {
            return Ok(None);
        };
        let version = version_name(response.version);
        if version != "HTTP/1.1" {
            let text = format!("unsupported protocol; expected HTTP/1.1: {version}");
            return Err(BadHead::Syntax(text));
        }
        let code = response.code.unwrap_or_default();
        let bad_status = |_| BadHead::Syntax(format!("invalid status code: {code}"));
        let head = Self {
            status: StatusCode::from_u16(code).map_err(bad_status)?,
            reason: response.reason.unwrap_or_default().to_owned(),
            headers: copy_headers(response.headers)?,
            body: Bytes::new(),
        };
        Ok(Some((head, length)))
    }

    fn first_line_too_long() -> SecurityError {
        SecurityError::StatusLineTooLong(MAX_LINE)
    }
}

impl Request {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} {}\r\n", self.method, self.path, self.version).into_bytes();
        self.headers.write(&mut bytes);
        bytes
    }
}

impl Response {
    /// A response with the usual reason phrase for its status.
    pub fn new(status: StatusCode, headers: Headers, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            reason: status.canonical_reason().unwrap_or_default().to_owned(),
            headers,
            body: body.into(),
        }
    }

    /// A short plain text that rejects a connection and closes it.
    pub fn text(status: StatusCode, text: &str) -> Self {
        let mut headers = Headers::new();
        for (name, value) in [
            ("Date", now().as_str()),
            ("Connection", "close"),
            ("Content-Length", text.len().to_string().as_str()),
            ("Content-Type", "text/plain; charset=utf-8"),
        ] {
            headers.push_known(name, value);
        }
        Self::new(status, headers, text.to_owned())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} ", self.status.as_u16()).into_bytes();
        // A line break in a reason phrase would smuggle header fields.
        let reason = self.reason.chars().filter(|c| !c.is_control());
        bytes.extend(reason.map(|c| u8::try_from(c).unwrap_or(b'?')));
        bytes.extend_from_slice(b"\r\n");
        self.headers.write(&mut bytes);
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// The value of a `Date` field (RFC 9110, 6.6.1).
pub(super) fn now() -> String {
    httpdate::fmt_http_date(SystemTime::now())
}

/// Fields that hold the answer of `Upgrade`: RFC 6455 sections 4.1 and 4.2.1 ask both ends to
/// check both of them.
pub(super) fn check_upgrade(headers: &Headers) -> Result<(), HandshakeError> {
    let connection = headers.list("Connection");
    if !connection.iter().any(|o| o.eq_ignore_ascii_case("upgrade")) {
        return Err(invalid_upgrade("Connection", &connection));
    }
    let upgrade = headers.list("Upgrade");
    match upgrade.as_slice() {
        [only] if only.eq_ignore_ascii_case("websocket") => Ok(()),
        _ => Err(invalid_upgrade("Upgrade", &upgrade)),
    }
}

fn invalid_upgrade(name: &str, values: &[impl AsRef<str>]) -> HandshakeError {
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    HandshakeError::InvalidUpgrade {
        name: name.to_owned(),
        value: (!values.is_empty()).then(|| values.join(", ")),
    }
}

fn version_name(version: Option<u8>) -> &'static str {
    match version {
        Some(1) => "HTTP/1.1",
        _ => "HTTP/1.0",
    }
}

fn copy_headers(fields: &[httparse::Header<'_>]) -> Result<Headers, BadHead> {
    let mut headers = Headers::new();
    for field in fields {
        if field.name.len() + field.value.len() > MAX_LINE {
            return Err(BadHead::Security(SecurityError::HeaderLineTooLong(
                MAX_LINE,
            )));
        }
        let pushed = headers.push(field.name, field.value);
        pushed.map_err(|_| {
            BadHead::Syntax(format!("invalid HTTP header: {}", latin1(field.value)))
        })?;
    }
    Ok(headers)
}
