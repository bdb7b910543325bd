//! Requests, and the head that goes out for one.

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use super::body::{Body, Outgoing};
use super::proxy;
use super::timeout::Timeouts;
use super::url::Url;
use crate::engine::error::{Error, Kind};

/// A request to send.
#[derive(Debug)]
pub struct Request {
    /// The method, in upper case as a rule; HTTP methods are case-sensitive.
    pub method: Method,
    /// An absolute http or https URL. Its userinfo and fragment are not sent.
    pub url: Url,
    /// The header fields. `Host`, and `Content-Length` or `Transfer-Encoding`, are added when
    /// they are missing; what is there wins.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// How long to wait, and for what.
    pub timeouts: Timeouts,
}

impl Request {
    /// A request without header fields and body, with the default timeouts.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Body::Empty,
            timeouts: Timeouts::default(),
        }
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

/// A request as it goes on the wire, less the URL, which lives beside it.
pub(super) struct Prepared {
    method: Method,
    target: Uri,
    headers: HeaderMap,
    body: Outgoing,
}

impl Prepared {
    /// # Errors
    /// `LocalProtocol` when the header fields contradict the body, `InvalidUrl` when the URL's
    /// path cannot be a request target.
    pub(super) fn new(
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Body,
    ) -> Result<Self, Error> {
        let target = target_of(url)?;
        let mut headers = with_host(headers, url)?;
        let promised = frame(&mut headers, &method, &body).map_err(|error| error.at(url))?;
        Ok(Self {
            method,
            target,
            headers,
            body: Outgoing::new(body, promised),
        })
    }

    /// Whether sending it twice does what sending it once does (RFC 9110, 9.2.2).
    pub(super) fn is_idempotent(&self) -> bool {
        matches!(
            self.method,
            Method::GET
                | Method::HEAD
                | Method::OPTIONS
                | Method::TRACE
                | Method::PUT
                | Method::DELETE
        )
    }

    /// The same request once more, when its body can be had again.
    pub(super) fn replay(&self) -> Option<Self> {
        Some(Self {
            method: self.method.clone(),
            target: self.target.clone(),
            headers: self.headers.clone(),
            body: self.body.replay()?,
        })
    }

    /// Makes it one for a proxy to forward to `url`, with `fields` for the proxy.
    ///
    /// # Errors
    /// `InvalidUrl` when the URL's host is none.
    pub(super) fn forward(&mut self, url: &Url, fields: &HeaderMap) -> Result<(), Error> {
        self.target = proxy::absolute_form(&self.target, url)?;
        self.headers = proxy::merge_fields(fields, std::mem::take(&mut self.headers));
        Ok(())
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn into_http(self) -> http::Request<Outgoing> {
        let mut request = http::Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target;
        *request.headers_mut() = self.headers;
        request
    }

    /// Takes back a request that was not sent.
    pub(super) fn from_http(request: http::Request<Outgoing>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method,
            target: parts.uri,
            headers: parts.headers,
            body,
        }
    }
}

/// The origin-form target (RFC 9112, 3.2.1).
fn target_of(url: &Url) -> Result<Uri, Error> {
    let target = PathAndQuery::try_from(url.raw_path().as_ref()).map_err(|error| {
        let message = format!(
            "The path of {} cannot be requested.",
            url.without_userinfo()
        );
        Error::new(Kind::InvalidUrl, message)
            .at(url)
            .caused_by(error)
    })?;
    Ok(Uri::from(target))
}

/// `Host` goes first (RFC 9110, 7.2), unless the user put it elsewhere.
fn with_host(headers: HeaderMap, url: &Url) -> Result<HeaderMap, Error> {
    if headers.contains_key(HOST) {
        return Ok(headers);
    }
    let host = HeaderValue::from_str(url.netloc()).map_err(|error| {
        let message = format!("'{}' is no host name.", url.host());
        Error::new(Kind::InvalidUrl, message)
            .at(url)
            .caused_by(error)
    })?;
    // One more for Content-Length or Transfer-Encoding.
    let mut all = HeaderMap::with_capacity(headers.len() + 2);
    all.insert(HOST, host);
    all.extend(headers);
    Ok(all)
}

/// Says in the header fields how long the body is (RFC 9112, 6), and returns the length that a
/// streamed body has to keep to.
fn frame(headers: &mut HeaderMap, method: &Method, body: &Body) -> Result<Option<u64>, Error> {
    let length = match body {
        Body::Empty => Some(0),
        Body::Bytes(bytes) => Some(bytes.len() as u64),
        Body::Stream(source) => source.content_length(),
    };
    if headers.contains_key(TRANSFER_ENCODING) {
        // RFC 9112, 6.2: a sender must not send both.
        headers.remove(CONTENT_LENGTH);
        return Ok(None);
    }
    if headers.contains_key(CONTENT_LENGTH) {
        let declared = declared_length(headers)?;
        return match length {
            Some(actual) if actual != declared => Err(contradiction(declared, actual)),
            _ => Ok(Some(declared)),
        };
    }
    let expects_body = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
    match length {
        Some(0) if !expects_body => {}
        Some(length) => {
            headers.insert(CONTENT_LENGTH, length.into());
        }
        None => {
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
    }
    Ok(length)
}

fn declared_length(headers: &HeaderMap) -> Result<u64, Error> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter().map(parse_length);
    let first = lengths.next().flatten();
    match first {
        Some(length) if lengths.all(|other| other == first) => Ok(length),
        _ => {
            let message = "The request's Content-Length is no number of bytes.";
            Err(Error::new(Kind::LocalProtocol, message))
        }
    }
}

/// Digits only: no sign, no list (RFC 9110, 8.6).
fn parse_length(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn contradiction(declared: u64, actual: u64) -> Error {
    let message =
        format!("The request's Content-Length is {declared}, but its body has {actual} bytes.");
    Error::new(Kind::LocalProtocol, message)
}
