//! Where a redirect leads, and what of the request goes along.
//!
//! The rules are httpx's, which are those of browsers.

use http::header::{
    AUTHORIZATION, CONTENT_LENGTH, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION,
    TRANSFER_ENCODING,
};
use http::{HeaderMap, Method, StatusCode};

use super::headers::HeaderList;
use super::url::Url;
use crate::engine::error::{Error, Kind};

/// The request that follows a redirect, as it differs from the one that was redirected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The method.
    pub method: Method,
    /// Where to. Its scheme may be one that no transport speaks.
    pub url: Url,
    /// Whether the body is sent again. If not, what describes it goes too.
    pub keeps_body: bool,
    keeps_authorization: bool,
    /// Whether the Host field is another.
    changes_host: bool,
}

/// Whether a status, with a Location, is a redirect: 301, 302, 303, 307 and 308 (RFC 9110, 15.4).
pub fn is_redirect(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    )
}

/// What the response `status` with `headers`, to a request `method` `url`, redirects to; `None`
/// when it does not.
///
/// # Errors
/// `RemoteProtocol` when the Location is no URL.
pub fn next(
    method: &Method,
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Redirect>, Error> {
    let Some(location) = location(status, headers) else {
        return Ok(None);
    };
    let target = target(url, &location).map_err(|error| bad_location(&error).at(url))?;
    let next_method = next_method(method, status);
    let is_same_origin = is_same_origin(url, &target);
    Ok(Some(Redirect {
        keeps_body: next_method == *method || next_method != Method::GET,
        method: next_method,
        keeps_authorization: is_same_origin || is_upgrade(url, &target),
        changes_host: !is_same_origin,
        url: target,
    }))
}

/// That a request was redirected more often than its client follows.
pub fn too_many_redirects(url: &Url) -> Error {
    Error::new(
        Kind::TooManyRedirects,
        "Exceeded maximum allowed redirects.",
    )
    .at(url)
}

impl Redirect {
    /// Makes the header fields of the redirected request those of the next.
    ///
    /// `Cookie` is gone: the client's cookies for the new URL are to be added.
    pub fn update_list(&self, headers: &mut HeaderList) {
        for name in self.dropped() {
            headers.remove(name.as_str().as_bytes());
        }
        if self.changes_host {
            headers.set(b"Host", self.url.netloc().as_bytes());
        }
    }

    fn dropped(&self) -> impl Iterator<Item = HeaderName> {
        let credentials = [AUTHORIZATION, PROXY_AUTHORIZATION];
        let credentials = (!self.keeps_authorization).then_some(credentials);
        let credentials = credentials.into_iter().flatten();
        let framing = (!self.keeps_body).then_some([CONTENT_LENGTH, TRANSFER_ENCODING]);
        let framing = framing.into_iter().flatten();
        credentials.chain(framing).chain([COOKIE])
    }
}

/// 303 and 302 turn everything but HEAD into GET, and 301 turns POST into GET.
fn next_method(method: &Method, status: StatusCode) -> Method {
    let becomes_get = match status {
        StatusCode::SEE_OTHER | StatusCode::FOUND => *method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY => *method == Method::POST,
        _ => false,
    };
    if becomes_get {
        return Method::GET;
    }
    method.clone()
}

/// The Location of a redirect, its repetitions joined as those of any field.
fn location(status: StatusCode, headers: &HeaderMap) -> Option<String> {
    if !is_redirect(status) {
        return None;
    }
    let mut values = headers.get_all(LOCATION).iter();
    let mut joined = values.next()?.as_bytes().to_vec();
    for value in values {
        joined.extend_from_slice(b", ");
        joined.extend_from_slice(value.as_bytes());
    }
    Some(match String::from_utf8(joined) {
        Ok(text) => text,
        Err(error) => error
            .as_bytes()
            .iter()
            .map(|&byte| char::from(byte))
            .collect(),
    })
}

fn target(url: &Url, location: &str) -> Result<Url, Error> {
    let mut target = Url::parse(location)?;
    if !target.scheme().is_empty() && target.host().is_empty() {
        // "https:///path" is meant as a path on the same host.
        let mut components = target.components();
        if !(components.path.is_empty() || components.path.starts_with('/')) {
            // "mailto:me": with a host before it, it would become part of the host's name.
            let message = "For absolute URLs, path must be empty or begin with '/'";
            return Err(Error::new(Kind::InvalidUrl, message));
        }
        components.host = url.host().into();
        target = Url::from_components(&components);
    }
    if target.scheme().is_empty() {
        target = url.join(target.as_str())?;
    }
    let inherited = url.fragment().filter(|fragment| !fragment.is_empty());
    if let Some(fragment) = inherited
        && target.fragment().is_none_or(str::is_empty)
    {
        let mut components = target.components();
        components.fragment = Some(fragment.into());
        target = Url::from_components(&components);
    }
    Ok(target)
}

fn bad_location(error: &Error) -> Error {
    let reason = error.to_string();
    let reason = reason.trim_end_matches('.');
    Error::new(
        Kind::RemoteProtocol,
        format!("Invalid URL in location header: {reason}."),
    )
}

fn is_same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_default() == b.port_or_default()
}

/// From http to https on the same host, both on their own ports.
fn is_upgrade(from: &Url, to: &Url) -> bool {
    let is = |url: &Url, scheme: &str, port| {
        url.scheme() == scheme && url.port_or_default() == Some(port)
    };
    from.host() == to.host() && is(from, "http", 80) && is(to, "https", 443)
}
