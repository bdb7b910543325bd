//! The head of a request as HTTP/2 has it.

use http::header::{CONNECTION, HOST, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, Uri, Version};

use crate::engine::error::{Error, Kind};
use crate::engine::http::url::Url;

/// What belongs to one HTTP/1.1 connection (RFC 9113, 8.2.2).
const CONNECTION_SPECIFIC: [HeaderName; 5] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Makes `:scheme` and `:authority` (of `Host`, which goes) parts of the head, and takes out the
/// fields that mean an HTTP/1.1 connection.
///
/// # Errors
/// `LocalProtocol` when `Host` is no authority.
pub(super) fn adapt(head: &mut Request<()>, url: &Url) -> Result<(), Error> {
    let authority = authority(head.headers_mut(), url)?;
    if *head.method() == Method::CONNECT {
        // RFC 9113, 8.5: an authority, and neither scheme nor path.
        let target = std::mem::take(head.uri_mut()).into_parts();
        let mut parts = http::uri::Parts::default();
        parts.authority = Some(target.authority.unwrap_or(authority));
        *head.uri_mut() = Uri::from_parts(parts).map_err(|error| illegal(error, url))?;
        *head.version_mut() = Version::HTTP_2;
        strip(head.headers_mut());
        return Ok(());
    }
    let mut parts = std::mem::take(head.uri_mut()).into_parts();
    parts.scheme = Some(match url.is_tls() {
        true => http::uri::Scheme::HTTPS,
        false => http::uri::Scheme::HTTP,
    });
    parts.authority = Some(authority);
    *head.uri_mut() = Uri::from_parts(parts).map_err(|error| illegal(error, url))?;
    *head.version_mut() = Version::HTTP_2;
    strip(head.headers_mut());
    Ok(())
}

fn authority(headers: &mut HeaderMap, url: &Url) -> Result<Authority, Error> {
    let parsed = match headers.remove(HOST) {
        Some(host) => Authority::try_from(host.as_bytes()),
        None => Authority::try_from(url.netloc().as_bytes()),
    };
    parsed.map_err(|error| illegal(error, url))
}

fn illegal(cause: impl std::error::Error + Send + Sync + 'static, url: &Url) -> Error {
    let url = url.without_userinfo();
    let message = format!("The request to {url} has no authority and path for HTTP/2: {cause}.");
    Error::new(Kind::LocalProtocol, message)
        .at(&url)
        .caused_by(cause)
}

fn strip(headers: &mut HeaderMap) {
    for name in named_by_connection(headers) {
        headers.remove(name);
    }
    for name in CONNECTION_SPECIFIC {
        headers.remove(name);
    }
    let trailers = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"trailers");
    if headers.get_all(TE).iter().any(|value| !trailers(value)) {
        headers.remove(TE);
    }
}

/// The fields that `Connection` names (RFC 9110, 7.6.1).
fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(CONNECTION).iter();
    let options = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    options
        .filter_map(|option| HeaderName::from_bytes(option.trim_ascii()).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapted(fields: &[(&'static str, &'static str)]) -> Request<()> {
        let url = Url::parse("https://host:8443/p?q").expect("a URL");
        let mut head = Request::get("/p?q").body(()).expect("a head");
        for (name, value) in fields {
            let value = HeaderValue::from_static(value);
            head.headers_mut().append(*name, value);
        }
        adapt(&mut head, &url).expect("a head");
        head
    }

    #[test]
    fn the_host_becomes_the_authority() {
        let head = adapted(&[("host", "other:1"), ("x-a", "1")]);
        assert_eq!(head.uri(), "https://other:1/p?q");
        assert_eq!(head.headers().len(), 1);
        assert_eq!(adapted(&[]).uri(), "https://host:8443/p?q");
    }

    #[test]
    fn fields_of_an_http1_connection_are_taken_out() {
        let head = adapted(&[
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("te", "gzip"),
            ("x-end", "2"),
        ]);
        let left: Vec<_> = head.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["x-end"]);
        assert_eq!(adapted(&[("te", "trailers")]).headers().len(), 1);
    }
}
