//! Tunnels through an HTTP proxy (CONNECT, RFC 9110, 9.3.6).
//!
//! An exchange as any other, so the answer is held to the same limits and timeouts. hyper-util's
//! `Tunnel` takes no answer but 200, does not say which one came, and drops bytes that follow it.

use std::sync::Arc;

use http::header::{ACCEPT, HOST};
use http::{HeaderMap, HeaderValue, Method, Response, Uri};
use hyper::ext::ReasonPhrase;

use super::merge_fields;
use crate::engine::error::{Error, Kind};
use crate::engine::http::body::{Body, Outgoing};
use crate::engine::http::connection::Connection;
use crate::engine::http::exchange::exchange;
use crate::engine::http::origin::Origin;
use crate::engine::http::prepared::Prepared;
use crate::engine::http::request::Options;
use crate::engine::http::response::Asked;
use crate::engine::http::timeout::Timeouts;
use crate::engine::http::trace::Steps;
use crate::engine::net::{Target, Transport};

/// Why there is no tunnel.
pub(crate) struct TunnelError {
    /// What to tell of it.
    pub(crate) error: Error,
    /// The head of the proxy's answer, when it was no.
    pub(crate) refusal: Option<Box<Response<()>>>,
}

impl From<Error> for TunnelError {
    fn from(error: Error) -> Self {
        Self {
            error,
            refusal: None,
        }
    }
}

/// Asks `proxy`, to which `transport` leads, to connect to `origin`.
///
/// # Errors
/// `Proxy` when it refuses; else those of an exchange with the proxy.
pub(super) async fn open(
    transport: Transport,
    proxy: &Target,
    fields: &HeaderMap,
    origin: &Target,
    timeouts: &Timeouts,
) -> Result<Transport, TunnelError> {
    let failed = |error: Error| explain(error, proxy, origin);
    let request = request(origin, fields)?;
    let asked = Asked {
        method: Method::CONNECT,
        url: proxy.url.clone(),
        timeouts: *timeouts,
        options: origin.steps.as_ref().map(traced),
    };
    let connection = Connection::open(transport, Origin::of((&proxy.url).into())).await;
    let connection = connection
        .map_err(|error| failed(Error::new(Kind::Connect, error.to_string()).caused_by(error)))?;
    let answer = exchange(connection, Prepared::from_http(request), &asked).await;
    let (response, connection) = answer.map_err(|refused| failed(refused.error))?;
    if !response.status().is_success() {
        return Err(TunnelError {
            error: refusal(&response, proxy, origin),
            refusal: Some(Box::new(response.map(drop))),
        });
    }
    match connection.into_upgraded() {
        Some((transport, early)) if early.is_empty() => Ok(transport),
        _ => Err(broken(proxy, origin).into()),
    }
}

/// The request to the proxy is told of like any other.
fn traced(steps: &Steps) -> Arc<Options> {
    Arc::new(Options {
        trace: Some(steps.trace().clone()),
        ..Options::default()
    })
}

fn request(origin: &Target, fields: &HeaderMap) -> Result<http::Request<Outgoing>, Error> {
    let authority = origin.authority();
    let invalid = |error: http::Error| {
        let message = format!("'{}' of {} is no host name.", origin.host, origin.url);
        Error::new(Kind::InvalidUrl, message)
            .at(&origin.url)
            .caused_by(error)
    };
    let host = HeaderValue::try_from(&authority).map_err(|error| invalid(error.into()))?;
    let uri = Uri::builder().authority(authority).build();
    let own = HeaderMap::from_iter([(HOST, host), (ACCEPT, HeaderValue::from_static("*/*"))]);
    let mut request = http::Request::new(Outgoing::new(Body::Empty, None));
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = uri.map_err(invalid)?;
    *request.headers_mut() = merge_fields(&own, fields.clone());
    Ok(request)
}

/// The proxy answered, and it was no.
fn refusal<B>(response: &Response<B>, proxy: &Target, origin: &Target) -> Error {
    let status = response.status();
    let reason = match response.extensions().get::<ReasonPhrase>() {
        Some(reason) => String::from_utf8_lossy(reason.as_bytes()),
        None => status.canonical_reason().unwrap_or_default().into(),
    };
    let answer = format!("{} {reason}", status.as_u16());
    let (url, authority) = (&proxy.url, origin.authority());
    let message = format!(
        "The proxy {url} refused to connect to {authority}: {}.",
        answer.trim_end()
    );
    Error::new(Kind::Proxy, message).at(&origin.url)
}

fn broken(proxy: &Target, origin: &Target) -> Error {
    let (url, authority) = (&proxy.url, origin.authority());
    let message = format!(
        "The proxy {url} sent bytes of its own into the tunnel to {authority}, before any was asked for."
    );
    Error::new(Kind::Proxy, message).at(&origin.url)
}

/// The exchange failed. The classes are httpx's, for which CONNECT is a request too.
fn explain(error: Error, proxy: &Target, origin: &Target) -> Error {
    if error.kind() == Kind::User {
        return error;
    }
    let (url, authority) = (&proxy.url, origin.authority());
    let message = format!("The proxy {url} opened no tunnel to {authority}. {error}");
    Error::new(error.kind(), message)
        .at(&origin.url)
        .caused_by(error)
}
