//! A request as it goes on the wire.

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::body::{Body, Outgoing};
use super::proxy;
use super::request::{Head, Options};
use super::url::Url;
use crate::engine::error::{Error, Kind};

/// A request as it goes on the wire, less the URL, which lives beside it.
pub(super) struct Prepared {
    method: Method,
    target: Uri,
    /// By the caller, to be sent as it is.
    is_target_given: bool,
    headers: HeaderMap,
    body: Outgoing,
}

impl Prepared {
    /// # Errors
    /// `LocalProtocol` when the header fields contradict the body, `InvalidUrl` when the URL's
    /// path cannot be a request target.
    pub(super) fn new(head: &Head, options: Option<&Options>, body: Body) -> Result<Self, Error> {
        let length = match &body {
            Body::Empty => Some(0),
            Body::Bytes(bytes) => Some(bytes.len() as u64),
            Body::Stream(source) => source.content_length(),
        };
        let make = |promised| Outgoing::new(body, promised);
        Self::with(head, options, length, make)
    }

    /// The same request once more, with the body that [`again`](Self::again) gave.
    ///
    /// # Errors
    /// None that the first time did not raise.
    pub(super) fn anew(
        head: &Head,
        options: Option<&Options>,
        body: Outgoing,
    ) -> Result<Self, Error> {
        Self::with(head, options, body.length(), |_| body)
    }

    fn with(
        head: &Head,
        options: Option<&Options>,
        length: Option<u64>,
        body: impl FnOnce(Option<u64>) -> Outgoing,
    ) -> Result<Self, Error> {
        let Head {
            method,
            url,
            headers,
        } = head;
        let given = options.and_then(|options| options.target.as_ref());
        let target = match given {
            Some(target) => given_target(target, url)?,
            None => target_of(url)?,
        };
        let mut headers = with_host(headers.to_map()?, url)?;
        let promised = frame(&mut headers, method, length).map_err(|error| error.at(url))?;
        Ok(Self {
            method: method.clone(),
            target,
            is_target_given: given.is_some(),
            headers,
            body: body(promised),
        })
    }

    /// Whether sending it twice does what sending it once does (RFC 9110, 9.2.2).
    pub(super) fn is_idempotent(&self) -> bool {
        is_idempotent(&self.method)
    }

    /// The body once more, when that can be had. The rest is made again from the head if it has to
    /// be: that is rare.
    pub(super) fn again(&self) -> Option<Outgoing> {
        self.body.replay()
    }

    /// Makes it one for a proxy to forward to `url`, with `fields` for the proxy.
    ///
    /// # Errors
    /// `InvalidUrl` when the URL's host is none.
    pub(super) fn forward(&mut self, url: &Url, fields: &HeaderMap) -> Result<(), Error> {
        if !self.is_target_given {
            self.target = proxy::absolute_form(&self.target, url)?;
        }
        self.headers = proxy::merge_fields(fields, std::mem::take(&mut self.headers));
        Ok(())
    }

    pub(super) fn into_http(self) -> http::Request<Outgoing> {
        let mut request = http::Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target;
        *request.headers_mut() = self.headers;
        request
    }

    /// The head, to which an HTTP/2 connection gives another form, and the body.
    pub(super) fn into_parts(self) -> (http::Request<()>, Outgoing) {
        let (parts, body) = self.into_http().into_parts();
        (http::Request::from_parts(parts, ()), body)
    }

    /// Takes back a request that was not sent.
    pub(super) fn from_http(request: http::Request<Outgoing>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method,
            target: parts.uri,
            // It has the form in which it is to be sent.
            is_target_given: true,
            headers: parts.headers,
            body,
        }
    }
}

/// Whether a method does the same twice as once (RFC 9110, 9.2.2).
pub(super) fn is_idempotent(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE | Method::PUT | Method::DELETE
    )
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

/// A target that the caller chose: any of the forms of RFC 9112, 3.2.
fn given_target(target: &[u8], url: &Url) -> Result<Uri, Error> {
    let illegal = || {
        let shown = target.escape_ascii();
        let message = format!("'{shown}' cannot be a request target.");
        Error::new(Kind::LocalProtocol, message).at(url)
    };
    // A fragment would be left out without a word.
    if target.contains(&b'#') {
        return Err(illegal());
    }
    Uri::try_from(target).map_err(|error| illegal().caused_by(error))
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
fn frame(
    headers: &mut HeaderMap,
    method: &Method,
    length: Option<u64>,
) -> Result<Option<u64>, Error> {
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
pub(super) fn parse_length(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn contradiction(declared: u64, actual: u64) -> Error {
    let message =
        format!("The request's Content-Length is {declared}, but its body has {actual} bytes.");
    Error::new(Kind::LocalProtocol, message)
}
