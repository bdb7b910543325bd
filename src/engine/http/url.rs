//! URLs as RFC 3986 and httpx's `URL` have them.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::url_parse;
use crate::engine::error::Error;

/// The longest URL that is parsed, in characters.
pub const MAX_URL_LENGTH: usize = 65_536;

/// A parsed, normalised URL or relative reference. Cloning it copies a pointer.
///
/// It is kept as its normalised text and the places of the components in it, so that the
/// accessors used for each request borrow.
#[derive(Clone)]
pub struct Url(Arc<Parts>);

/// The normalised text and where its components lie.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) text: String,
    pub(super) scheme: Range<usize>,
    pub(super) userinfo: Range<usize>,
    /// Without the brackets of an IPv6 address.
    pub(super) host: Range<usize>,
    /// Host (with brackets) and port.
    pub(super) netloc: Range<usize>,
    pub(super) port: Option<u16>,
    pub(super) path: Range<usize>,
    pub(super) query: Option<Range<usize>>,
    pub(super) fragment: Option<Range<usize>>,
}

/// The components of a URL before they are joined, each already encoded.
#[derive(Default)]
pub(super) struct Components<'a> {
    pub(super) scheme: Cow<'a, str>,
    pub(super) userinfo: Cow<'a, str>,
    pub(super) host: Cow<'a, str>,
    pub(super) port: Option<u16>,
    pub(super) path: Cow<'a, str>,
    pub(super) query: Option<Cow<'a, str>>,
    pub(super) fragment: Option<Cow<'a, str>>,
}

impl Url {
    /// Parses and normalises an absolute URL or a relative reference.
    ///
    /// Scheme and host become lower case, the host ASCII (IDNA), the scheme's default port is
    /// dropped, dot segments are removed, and what RFC 3986 does not allow is percent-encoded.
    ///
    /// # Errors
    /// `InvalidUrl` for more than [`MAX_URL_LENGTH`] characters, ASCII control characters, and a
    /// host, port or path that is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        url_parse::parse(text)
    }

    pub(super) fn from_parts(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(super) fn from_components(components: &Components<'_>) -> Self {
        Self(Arc::new(Parts::join(components)))
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        &self.0.text[range.clone()]
    }

    /// The normalised URL. Mind that it contains the password, if there is one.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The scheme in lower case, or "" for a relative reference.
    pub fn scheme(&self) -> &str {
        self.slice(&self.0.scheme)
    }

    /// The userinfo as it is encoded in the URL, or "".
    pub fn userinfo(&self) -> &str {
        self.slice(&self.0.userinfo)
    }

    /// The part of the userinfo before the first colon, percent-decoded.
    pub fn username(&self) -> Cow<'_, str> {
        let userinfo = self.userinfo();
        let name = userinfo.split_once(':').map_or(userinfo, |(name, _)| name);
        percent_decode_str(name).decode_utf8_lossy()
    }

    /// The part of the userinfo after the first colon, percent-decoded; "" when there is none.
    pub fn password(&self) -> Cow<'_, str> {
        let password = self.userinfo().split_once(':').map_or("", |(_, word)| word);
        percent_decode_str(password).decode_utf8_lossy()
    }

    /// The host in lower case and ASCII, an IPv6 address without brackets; "" when there is none.
    pub fn host(&self) -> &str {
        self.slice(&self.0.host)
    }

    /// The port, when it is not the scheme's default.
    pub fn port(&self) -> Option<u16> {
        self.0.port
    }

    /// The port to connect to: the URL's own or the scheme's default.
    pub fn port_or_default(&self) -> Option<u16> {
        self.0.port.or_else(|| default_port(self.scheme()))
    }

    /// Host and port as in the `Host` header (RFC 9110, 7.2).
    pub fn netloc(&self) -> &str {
        self.slice(&self.0.netloc)
    }

    /// The path as it is encoded in the URL; "/" when it is empty.
    pub fn path(&self) -> &str {
        match self.slice(&self.0.path) {
            "" => "/",
            path => path,
        }
    }

    /// The query as it is encoded in the URL. `Some("")` for a bare `?`.
    pub fn query(&self) -> Option<&str> {
        self.0.query.as_ref().map(|range| self.slice(range))
    }

    /// The fragment as it is encoded in the URL.
    pub fn fragment(&self) -> Option<&str> {
        self.0.fragment.as_ref().map(|range| self.slice(range))
    }

    /// Path and query: the origin-form request target (RFC 9112, 3.2.1).
    pub fn raw_path(&self) -> Cow<'_, str> {
        let end = self.0.query.as_ref().unwrap_or(&self.0.path).end;
        let target = &self.0.text[self.0.path.start..end];
        if self.0.path.is_empty() {
            return Cow::Owned(format!("/{target}"));
        }
        Cow::Borrowed(target)
    }

    /// Whether the scheme is one that is spoken over TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self.scheme(), "https" | "wss")
    }

    /// The same URL with another query, given encoded; `None` takes it away.
    pub fn with_query(&self, query: Option<&str>) -> Self {
        let mut components = self.components();
        components.query = query.map(Cow::Borrowed);
        Self::from_components(&components)
    }

    /// For a person to read: the password replaced by `[secure]`.
    pub fn redacted(&self) -> String {
        match self.userinfo().split_once(':') {
            Some((name, _)) => {
                let userinfo = &self.0.userinfo;
                let (before, after) =
                    (&self.0.text[..userinfo.start], &self.0.text[userinfo.end..]);
                format!("{before}{name}:[secure]{after}")
            }
            None => self.0.text.clone(),
        }
    }

    /// The same URL without userinfo, for messages and logs.
    pub fn without_userinfo(&self) -> Self {
        if self.0.userinfo.is_empty() {
            return self.clone();
        }
        let mut components = self.components();
        components.userinfo = Cow::Borrowed("");
        Self::from_components(&components)
    }

    /// The path, "" when it is empty.
    pub(super) fn bare_path(&self) -> &str {
        self.slice(&self.0.path)
    }

    pub(super) fn has_authority(&self) -> bool {
        !self.userinfo().is_empty() || !self.netloc().is_empty()
    }

    pub(super) fn components(&self) -> Components<'_> {
        Components {
            scheme: self.scheme().into(),
            userinfo: self.userinfo().into(),
            host: self.host().into(),
            port: self.port(),
            path: self.bare_path().into(),
            query: self.query().map(Cow::Borrowed),
            fragment: self.fragment().map(Cow::Borrowed),
        }
    }
}

impl Components<'_> {
    /// At least the length of the joined text.
    fn text_size(&self) -> usize {
        const MARKS_AND_PORT: usize = "://@[]:65535?#".len();
        let size = |part: &Option<Cow<'_, str>>| part.as_ref().map_or(0, |part| part.len());
        let authority = self.userinfo.len() + self.host.len();
        let rest = self.path.len() + size(&self.query) + size(&self.fragment);
        self.scheme.len() + authority + rest + MARKS_AND_PORT
    }
}

impl Parts {
    /// Writes the components one after the other (RFC 3986, 5.3).
    fn join(components: &Components<'_>) -> Self {
        let mut parts = Self {
            text: String::with_capacity(components.text_size()),
            ..Self::default()
        };
        parts.scheme = parts.push(&components.scheme);
        if !parts.scheme.is_empty() {
            parts.text.push(':');
        }
        parts.push_authority(components);
        parts.path = parts.push(&components.path);
        if let Some(query) = &components.query {
            parts.text.push('?');
            parts.query = Some(parts.push(query));
        }
        if let Some(fragment) = &components.fragment {
            parts.text.push('#');
            parts.fragment = Some(parts.push(fragment));
        }
        parts
    }

    fn push_authority(&mut self, components: &Components<'_>) {
        let absent = components.userinfo.is_empty() && components.host.is_empty();
        if !(absent && components.port.is_none()) {
            self.text.push_str("//");
        }
        self.userinfo = self.push(&components.userinfo);
        if !self.userinfo.is_empty() {
            self.text.push('@');
        }
        let start = self.text.len();
        if components.host.contains(':') {
            self.text.push('[');
            self.host = self.push(&components.host);
            self.text.push(']');
        } else {
            self.host = self.push(&components.host);
        }
        self.port = components.port;
        if let Some(port) = components.port {
            self.text.push(':');
            self.text.push_str(&port.to_string());
        }
        self.netloc = start..self.text.len();
    }

    fn push(&mut self, component: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(component);
        start..self.text.len()
    }
}

/// The ports that need not be written (WHATWG URL, "special scheme").
pub(super) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

impl fmt::Display for Url {
    /// The whole URL, its password included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({:?})", self.redacted())
    }
}

impl PartialEq for Url {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for Url {}

impl Hash for Url {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}
