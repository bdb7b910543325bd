//! Requests that a proxy forwards.

use http::uri::PathAndQuery;
use http::{HeaderMap, Uri};

use crate::engine::error::{Error, Kind};
use crate::engine::http::url::Url;

/// The absolute-form target (RFC 9112, 3.2.2) of a request whose origin-form target is `target`.
pub(in crate::engine::http) fn absolute_form(target: &Uri, url: &Url) -> Result<Uri, Error> {
    let root = || PathAndQuery::from_static("/");
    let uri = Uri::builder()
        .scheme(url.scheme())
        .authority(url.netloc())
        .path_and_query(target.path_and_query().cloned().unwrap_or_else(root));
    uri.build().map_err(|error| {
        let message = format!("'{}' is no host name.", url.host());
        Error::new(Kind::InvalidUrl, message)
            .at(url)
            .caused_by(error)
    })
}

/// `proxy`'s fields, less those that `request` has too, before `request`'s.
pub(in crate::engine::http) fn merge_fields(proxy: &HeaderMap, request: HeaderMap) -> HeaderMap {
    let mut all = HeaderMap::with_capacity(proxy.len() + request.len());
    for (name, value) in proxy {
        if !request.contains_key(name) {
            all.append(name, value.clone());
        }
    }
    all.extend(request);
    all
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{ACCEPT, HOST, PROXY_AUTHORIZATION};

    use super::*;

    #[test]
    fn an_absolute_form_target_has_no_userinfo_fragment_or_default_port() {
        let absolute = |text: &str| {
            let url = Url::parse(text).unwrap();
            let target = Uri::try_from(url.raw_path().as_ref()).unwrap();
            absolute_form(&target, &url).unwrap().to_string()
        };
        assert_eq!(absolute("http://me:pw@Host:80/a?b#c"), "http://host/a?b");
        assert_eq!(absolute("http://[::1]:8080"), "http://[::1]:8080/");
    }

    #[test]
    fn the_request_s_fields_win_over_the_proxy_s() {
        let one = HeaderValue::from_static;
        let proxy = HeaderMap::from_iter([(PROXY_AUTHORIZATION, one("p")), (ACCEPT, one("p"))]);
        let request = HeaderMap::from_iter([(HOST, one("r")), (ACCEPT, one("r"))]);
        let merged = merge_fields(&proxy, request);
        let fields: Vec<_> = merged
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect();
        let (p, r) = (one("p"), one("r"));
        assert_eq!(
            fields,
            [(PROXY_AUTHORIZATION, &p), (HOST, &r), (ACCEPT, &r)]
        );
    }
}
