//! What a pooled connection leads to.

use super::url::Url;

/// The server of a URL: scheme, host and port (RFC 9110, 4.3.1).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Origin {
    tls: bool,
    host: Box<str>,
    port: Option<u16>,
}

impl Origin {
    pub(super) fn of(url: &Url) -> Self {
        Self {
            tls: url.is_tls(),
            host: url.host().into(),
            port: url.port_or_default(),
        }
    }

    /// Whether `url` is served by this origin. Allocates nothing.
    pub(super) fn serves(&self, url: &Url) -> bool {
        self.port == url.port_or_default() && self.tls == url.is_tls() && *self.host == *url.host()
    }
}
