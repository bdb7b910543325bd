//! One cookie.

use super::super::url::Url;
use super::{domain, path};

/// A cookie with the attributes that `http.cookiejar.Cookie` has.
///
/// All of them are Netscape cookies (version 0); those of RFC 2109 count as such.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    /// The name. Never empty when a server set it.
    pub name: String,
    /// The value, its quotes included; `None` when there was no `=`.
    pub value: Option<String>,
    /// The domain in lower case. With a leading dot when a server named it; "" for every host.
    pub domain: String,
    /// Whether the domain was named, rather than taken from the URL.
    pub domain_specified: bool,
    /// Whether the domain was named with a leading dot.
    pub domain_initial_dot: bool,
    /// The path.
    pub path: String,
    /// Whether the path was named, rather than taken from the URL.
    pub path_specified: bool,
    /// Whether it goes over TLS only.
    pub secure: bool,
    /// When it expires, in seconds since the epoch; `None` when it lasts for the session.
    pub expires: Option<i64>,
    /// Whether it ends with the session.
    pub discard: bool,
    /// Whether it came with `Version=1`.
    pub rfc2109: bool,
    /// The ports that it goes to, separated by commas (RFC 2965); `None` for any.
    pub port: Option<String>,
    /// Whether the ports were named.
    pub port_specified: bool,
    /// The `Comment` attribute.
    pub comment: Option<String>,
    /// The `CommentURL` attribute.
    pub comment_url: Option<String>,
    /// The other attributes as they came, such as `HttpOnly` and `SameSite`.
    pub rest: Vec<(String, Option<String>)>,
}

impl Cookie {
    /// A cookie as a user sets it: for the session, and for every host if `domain` is "".
    pub fn new(name: &str, value: &str, domain: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            domain: domain.to_lowercase(),
            domain_specified: !domain.is_empty(),
            domain_initial_dot: domain.starts_with('.'),
            path: path.to_owned(),
            path_specified: !path.is_empty(),
            secure: false,
            expires: None,
            discard: true,
            rfc2109: false,
            port: None,
            port_specified: false,
            comment: None,
            comment_url: None,
            rest: vec![("HttpOnly".to_owned(), None)],
        }
    }

    /// Whether it is over at `now`, in seconds since the epoch.
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether it is the one that `(domain, path, name)` names.
    pub(super) fn is(&self, domain: &str, path: &str, name: &str) -> bool {
        self.domain == domain && self.path == path && self.name == name
    }

    /// Whether it goes with a request for `url`.
    pub(super) fn goes_to(&self, url: &Url, effective_host: &str, request_path: &str) -> bool {
        domain::is_within(effective_host, &self.domain)
            && path::is_below(request_path, &self.path)
            && (!self.secure || url.is_tls())
            && self.port.as_ref().is_none_or(|ports| allows(ports, url))
    }

    /// `name=value`, as the Cookie field has it.
    pub(super) fn write(&self, field: &mut String) {
        field.push_str(&self.name);
        if let Some(value) = &self.value {
            field.push('=');
            field.push_str(value);
        }
    }
}

/// Whether a list of ports has the one of `url`. As in `http.cookiejar`, a port that is not
/// written in the URL is 80.
pub(super) fn allows(ports: &str, url: &Url) -> bool {
    let port = request_port(url);
    ports.split(',').any(|it| it == port)
}

/// The port that is written in the URL, else 80.
pub(super) fn request_port(url: &Url) -> String {
    url.port().unwrap_or(80).to_string()
}

impl std::fmt::Debug for Cookie {
    /// Without the value, which is often a credential.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie")
            .field("name", &self.name)
            .field("domain", &self.domain)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
