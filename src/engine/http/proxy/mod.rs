//! Proxies: what the caller says of one, and the ways through it.
//!
//! Requests to http URLs are forwarded by an http or https proxy (RFC 9110, 7.6); connections to
//! https origins go through a tunnel of its (CONNECT, RFC 9110, 9.3.6). A SOCKS proxy (RFC 1928)
//! carries both. The proxy resolves the origin's name in every case, as with httpx.
//!
//! What belongs to the proxy (credentials, header fields, trust) never reaches an origin, and what
//! belongs to an origin over https or SOCKS never reaches the proxy's own messages.

pub mod environment;
mod forward;
mod route;
mod socks;
mod socks4;
mod tunnel;

use std::fmt;

use http::HeaderMap;

use super::url::Url;
use crate::engine::error::{Error, Kind};
use crate::engine::tls::TlsSettings;

pub(super) use forward::{absolute_form, merge_fields};
pub(super) use route::Route;
pub(crate) use route::{Tunnel, Unopened};

/// A proxy, and what to tell it.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    protocol: Protocol,
    credentials: Option<Credentials>,
    headers: HeaderMap,
    tls: TlsSettings,
}

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/1.1 over TLS.
    Https,
    /// SOCKS 5.
    Socks5,
    /// SOCKS 4, with 4a's names.
    Socks4,
}

#[derive(Clone)]
struct Credentials {
    username: Vec<u8>,
    password: Vec<u8>,
}

impl Protocol {
    fn of(scheme: &str) -> Option<Self> {
        match scheme {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            "socks5" | "socks5h" => Some(Self::Socks5),
            _ => None,
        }
    }

    /// Whether it is none of HTTP: it carries bytes of any kind, and no header fields of its own.
    fn is_socks(self) -> bool {
        matches!(self, Self::Socks5 | Self::Socks4)
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks5 | Self::Socks4 => 1080,
        }
    }
}

impl Proxy {
    /// The proxy at an http, https, socks5 or socks5h URL. Its userinfo becomes the credentials.
    ///
    /// # Errors
    /// `UnsupportedProtocol` for any other scheme.
    pub fn new(url: &Url) -> Result<Self, Error> {
        let Some(protocol) = Protocol::of(url.scheme()) else {
            let message = format!("Unknown scheme for proxy URL '{}'.", url.redacted());
            return Err(Error::new(Kind::UnsupportedProtocol, message).at(url));
        };
        Ok(Self::speaking(protocol, url))
    }

    /// As [`new`](Self::new), or one at a socks4 or socks4a URL, which carries IPv4 alone.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn of_any_version(url: &Url) -> Result<Self, Error> {
        match url.scheme() {
            "socks4" | "socks4a" => Ok(Self::speaking(Protocol::Socks4, url)),
            _ => Self::new(url),
        }
    }

    fn speaking(protocol: Protocol, url: &Url) -> Self {
        let (username, password) = (url.username(), url.password());
        let is_named = !(username.is_empty() && password.is_empty());
        Self {
            url: url.without_userinfo(),
            protocol,
            credentials: is_named
                .then(|| Credentials::new(username.as_bytes(), password.as_bytes())),
            headers: HeaderMap::new(),
            tls: TlsSettings::default(),
        }
    }

    /// Identifies to the proxy with these, unless its URL had credentials.
    #[must_use]
    pub fn or_credentials(mut self, username: &[u8], password: &[u8]) -> Self {
        self.credentials
            .get_or_insert_with(|| Credentials::new(username, password));
        self
    }

    /// Sends these header fields with every request to an http or https proxy.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Whom to trust to be an https proxy. The default is what the system trusts.
    #[must_use]
    pub fn with_tls(mut self, tls: TlsSettings) -> Self {
        self.tls = tls;
        self
    }

    /// The proxy's URL, without credentials.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The user name and the password.
    pub fn credentials(&self) -> Option<(&[u8], &[u8])> {
        let credentials = self.credentials.as_ref()?;
        Some((&credentials.username, &credentials.password))
    }

    /// The header fields given by the caller.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

impl Credentials {
    fn new(username: &[u8], password: &[u8]) -> Self {
        Self {
            username: username.to_owned(),
            password: password.to_owned(),
        }
    }
}

impl fmt::Debug for Proxy {
    /// Shows no credentials, and of the header fields only the names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("url", &self.url.as_str())
            .field("has_credentials", &self.credentials.is_some())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("tls", &self.tls)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(url: &str) -> Result<Proxy, Error> {
        Proxy::new(&Url::parse(url).expect("a URL"))
    }

    #[test]
    fn the_credentials_of_the_url_are_decoded_taken_out_of_it_and_win() {
        let proxy = proxy("http://me:p%40ss@proxy:3128").unwrap();
        assert_eq!(proxy.url().as_str(), "http://proxy:3128");
        let proxy = proxy.or_credentials(b"other", b"word");
        assert_eq!(proxy.credentials(), Some((&b"me"[..], &b"p@ss"[..])));
    }

    #[test]
    fn credentials_given_apart_serve_when_the_url_has_none() {
        let proxy = proxy("socks5h://proxy").unwrap().or_credentials(b"a", b"b");
        assert_eq!(proxy.credentials(), Some((&b"a"[..], &b"b"[..])));
    }

    #[test]
    fn other_schemes_are_refused_without_showing_the_password() {
        let error = proxy("socks4://me:secret@proxy").unwrap_err();
        assert_eq!(error.kind(), Kind::UnsupportedProtocol);
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(proxy("").is_err());
    }

    #[test]
    fn debug_shows_no_secret() {
        let mut headers = HeaderMap::new();
        headers.insert("x-token", "hidden".parse().unwrap());
        let shown = format!(
            "{:?}",
            proxy("http://me:secret@p").unwrap().with_headers(headers)
        );
        assert!(shown.contains("x-token"), "{shown}");
        assert!(
            !shown.contains("secret") && !shown.contains("hidden"),
            "{shown}"
        );
    }
}
