//! Requests: what is asked for, and how.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};

use super::body::Body;
use super::headers::HeaderList;
use super::timeout::Timeouts;
use super::trace::Trace;
use super::url::Url;
use crate::engine::error::{Error, Kind};

/// What a request asks for. Shared by the request, its response and the errors about it.
#[derive(Clone, Debug)]
pub struct Head {
    /// The method, in upper case as a rule; HTTP methods are case-sensitive.
    pub method: Method,
    /// An absolute http or https URL. Its userinfo and fragment are not sent.
    pub url: Url,
    /// The header fields. `Host`, and `Content-Length` or `Transfer-Encoding`, are added on the
    /// wire when they are missing; what is there wins.
    pub headers: HeaderList,
}

/// What a caller may say of one request beyond HTTP.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name that the server is to prove by its certificate, instead of the URL's host.
    pub server_name: Option<String>,
    /// The request target to send instead of the URL's path and query (RFC 9112, 3.2).
    pub target: Option<Bytes>,
    /// Who is told of each step.
    pub trace: Option<Arc<dyn Trace>>,
    /// The caller's object that says all this, and maybe more.
    pub source: Option<Tag>,
}

/// An object of the caller's that goes along with a request or an answer, unlooked at.
pub type Tag = Arc<dyn Any + Send + Sync>;

/// A request to send.
pub struct Request {
    /// What is asked for.
    pub head: Arc<Head>,
    /// The body.
    pub body: Body,
    /// How long to wait, and for what.
    pub timeouts: Timeouts,
    /// `None` for none of them.
    pub options: Option<Arc<Options>>,
    /// The caller's object for this request.
    pub tag: Option<Tag>,
}

impl Request {
    /// A request without header fields and body, with the default timeouts.
    pub fn new(method: Method, url: Url) -> Self {
        let headers = HeaderList::default();
        Self::of(Head {
            method,
            url,
            headers,
        })
    }

    /// A request without a body, with the default timeouts.
    pub fn of(head: Head) -> Self {
        Self {
            head: Arc::new(head),
            body: Body::Empty,
            timeouts: Timeouts::default(),
            options: None,
            tag: None,
        }
    }

    /// The header fields, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderList {
        &mut Arc::make_mut(&mut self.head).headers
    }

    /// Says that another task may read the response than the one that waits for its head; see
    /// [`BodySource::set_movable`](super::body::BodySource::set_movable).
    pub fn set_movable(&mut self) {
        if let Body::Stream(source) = &mut self.body {
            source.set_movable();
        }
    }

    /// The same request with another body.
    pub(super) fn again(&self, body: Body) -> Self {
        Self {
            head: self.head.clone(),
            body,
            timeouts: self.timeouts,
            options: self.options.clone(),
            tag: self.tag.clone(),
        }
    }

    /// What is left to be known of the request once it is on its way.
    pub fn sent(&self) -> Sent {
        Sent {
            head: self.head.clone(),
            content: match &self.body {
                Body::Empty => Bytes::new().into(),
                Body::Bytes(bytes) => bytes.clone().into(),
                Body::Stream(_) => OnceLock::new(),
            },
            timeouts: self.timeouts,
            options: self.options.clone(),
            tag: self.tag.clone().map_or_else(OnceLock::new, OnceLock::from),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("head", &self.head)
            .field("body", &self.body)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// A request that was sent, less the body that was streamed.
pub struct Sent {
    /// What was asked for.
    pub head: Arc<Head>,
    /// The body, if it is held in memory: it was to begin with, or the user's transport has read
    /// it.
    pub content: OnceLock<Bytes>,
    /// How long it waited, and for what.
    pub timeouts: Timeouts,
    /// What was said beyond HTTP.
    pub options: Option<Arc<Options>>,
    /// The caller's object for the request.
    pub tag: OnceLock<Tag>,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sent").field(&self.head).finish()
    }
}

/// Adds `Host` before all other fields (RFC 9110, 7.2), and `Content-Length: 0` for a method that
/// is expected to have a body (8.6), where the caller has not said otherwise.
pub fn add_automatic_fields(headers: &mut HeaderList, method: &str, url: &Url) {
    let is_framed = headers.contains(b"Content-Length") || headers.contains(b"Transfer-Encoding");
    if !is_framed && matches!(method, "POST" | "PUT" | "PATCH") {
        headers.prepend(b"Content-Length", b"0");
    }
    if !headers.contains(b"Host") && !url.host().is_empty() {
        headers.prepend(b"Host", url.netloc().as_bytes());
    }
}

/// Checks a header field that a user gave (RFC 9110, 5.1 and 5.5).
///
/// # Errors
/// `LocalProtocol` for a name that is no token and a value with CR, LF, NUL or another control
/// character. The message names the field and never shows the value.
pub fn parse_header(name: &[u8], value: &[u8]) -> Result<(HeaderName, HeaderValue), Error> {
    let shown = name.escape_ascii();
    let parsed_name = HeaderName::from_bytes(name).map_err(|error| {
        let message = format!("Illegal header name '{shown}': it has to be a token.");
        Error::new(Kind::LocalProtocol, message).caused_by(error)
    })?;
    let parsed_value = HeaderValue::from_bytes(value).map_err(|error| {
        let message =
            format!("Illegal value of header '{shown}': it contains a control character.");
        Error::new(Kind::LocalProtocol, message).caused_by(error)
    })?;
    Ok((parsed_name, parsed_value))
}
