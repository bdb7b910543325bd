//! Which transport serves which URLs: httpx's `mounts`.

use super::url::Url;
use crate::engine::error::Error;

/// Why a text is no URL pattern.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPattern {
    /// It has no colon.
    #[error(
        "Proxy keys should use proper URL forms rather than plain scheme strings. \
         Instead of \"{0}\", use \"{0}://\""
    )]
    NoScheme(String),
    /// It is no URL.
    #[error(transparent)]
    Url(#[from] Error),
}

/// A set of URLs: those of a scheme, a host and a port, each of which may be left open.
///
/// `all://` is any scheme, `*` any host, `*.example.org` the subdomains of `example.org`, and
/// `*example.org` that host and its subdomains. A port that the scheme implies counts as none.
#[derive(Clone, Debug)]
pub struct UrlPattern {
    text: String,
    /// "" for any.
    scheme: String,
    host: Host,
    port: Option<u16>,
    /// The more specific, the lower.
    priority: (bool, isize, isize),
}

#[derive(Clone, Debug)]
enum Host {
    Any,
    Exactly(String),
    /// Hosts that end in this, a dot in front included.
    Under(String),
    /// The same, and the host without the dot.
    AtOrUnder(String),
}

impl UrlPattern {
    /// Reads a pattern such as `https://*.example.org:8443`.
    ///
    /// # Errors
    /// [`InvalidPattern`].
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        if !text.is_empty() && !text.contains(':') {
            return Err(InvalidPattern::NoScheme(text.to_owned()));
        }
        let url = Url::parse(text)?;
        let scheme = match url.scheme() {
            "all" => "",
            scheme => scheme,
        };
        let host_length = match url.host() {
            "*" => 0,
            host => host.len(),
        };
        Ok(Self {
            text: text.to_owned(),
            scheme: scheme.to_owned(),
            host: Host::parse(url.host()),
            port: url.port(),
            priority: (
                url.port().is_none(),
                -host_length.cast_signed(),
                -scheme.len().cast_signed(),
            ),
        })
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `url` is one of the set. Allocates nothing.
    pub fn matches(&self, url: &Url) -> bool {
        (self.scheme.is_empty() || self.scheme == url.scheme())
            && self.port.is_none_or(|port| url.port() == Some(port))
            && self.host.matches(url.host())
    }
}

impl Host {
    fn parse(text: &str) -> Self {
        match text.strip_prefix('*') {
            _ if text.is_empty() => Self::Any,
            Some("") => Self::Any,
            Some(rest) if rest.starts_with('.') => Self::Under(rest.to_owned()),
            Some(rest) => Self::AtOrUnder(format!(".{rest}")),
            None => Self::Exactly(text.to_owned()),
        }
    }

    fn matches(&self, host: &str) -> bool {
        let is_under = |suffix: &str| host.len() > suffix.len() && host.ends_with(suffix);
        match self {
            Self::Any => true,
            Self::Exactly(name) => host == name,
            Self::Under(suffix) => is_under(suffix),
            Self::AtOrUnder(suffix) => host == &suffix[1..] || is_under(suffix),
        }
    }
}

/// Values by URL pattern, the most specific first: those with a port before those without, then
/// by the length of the host, then by that of the scheme, then as they were given.
#[derive(Clone, Debug)]
pub struct Mounts<T>(Vec<(UrlPattern, T)>);

impl<T> Mounts<T> {
    /// Of equal patterns the last counts, in the place of the first.
    pub fn new(entries: impl IntoIterator<Item = (UrlPattern, T)>) -> Self {
        let mut mounts: Vec<(UrlPattern, T)> = Vec::new();
        for (pattern, value) in entries {
            let known = mounts
                .iter_mut()
                .find(|(known, _)| known.text == pattern.text);
            match known {
                Some((_, old)) => *old = value,
                None => mounts.push((pattern, value)),
            }
        }
        mounts.sort_by_key(|(pattern, _)| pattern.priority);
        Self(mounts)
    }

    /// The value of the most specific pattern that `url` matches. Allocates nothing.
    pub fn find(&self, url: &Url) -> Option<&T> {
        let found = self.0.iter().find(|(pattern, _)| pattern.matches(url));
        found.map(|(_, value)| value)
    }

    /// Patterns and values, the most specific first.
    pub fn iter(&self) -> impl Iterator<Item = (&UrlPattern, &T)> {
        self.0.iter().map(|(pattern, value)| (pattern, value))
    }
}

impl<T> Default for Mounts<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}
