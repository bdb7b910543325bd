//! What a pooled connection leads to.

use super::url::Url;

/// The server of a URL: scheme, host and port (RFC 9110, 4.3.1); and the name that it has proven,
/// when that is another one than its host.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Origin {
    tls: bool,
    host: Box<str>,
    port: Option<u16>,
    server_name: Option<Box<str>>,
}

/// Where a request is to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Destination<'a> {
    pub(super) url: &'a Url,
    /// Which name the server has to prove, when it is not the URL's host.
    server_name: Option<&'a str>,
}

impl<'a> Destination<'a> {
    /// A name counts only over TLS, where it is proven.
    pub(super) fn new(url: &'a Url, server_name: Option<&'a str>) -> Self {
        let server_name = server_name.filter(|name| url.is_tls() && *name != url.host());
        Self { url, server_name }
    }

    pub(super) fn server_name(self) -> Option<&'a str> {
        self.server_name
    }
}

impl<'a> From<&'a Url> for Destination<'a> {
    fn from(url: &'a Url) -> Self {
        Self::new(url, None)
    }
}

impl Origin {
    pub(super) fn of(destination: Destination<'_>) -> Self {
        let Destination { url, server_name } = destination;
        Self {
            tls: url.is_tls(),
            host: url.host().into(),
            port: url.port_or_default(),
            server_name: server_name.map(Into::into),
        }
    }

    /// Whether it is the origin of `destination`. Allocates nothing.
    pub(super) fn serves(&self, destination: Destination<'_>) -> bool {
        let Destination { url, server_name } = destination;
        self.port == url.port_or_default()
            && self.tls == url.is_tls()
            && *self.host == *url.host()
            && self.server_name.as_deref() == server_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_was_verified_for_another_name_does_not_serve() {
        let url = Url::parse("https://host/").expect("a URL");
        let named = Destination::new(&url, Some("other"));
        let plain = Destination::from(&url);
        assert!(Origin::of(named).serves(named) && Origin::of(plain).serves(plain));
        assert!(!Origin::of(named).serves(plain) && !Origin::of(plain).serves(named));
        assert!(!Origin::of(named).serves(Destination::new(&url, Some("third"))));
        assert!(Origin::of(plain).serves(Destination::new(&url, Some("host"))));
    }

    #[test]
    fn without_tls_no_name_is_proven() {
        let url = Url::parse("http://host/").expect("a URL");
        let named = Destination::new(&url, Some("other"));
        assert!(Origin::of(Destination::from(&url)).serves(named));
    }
}
