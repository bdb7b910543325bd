//! Reading a `Set-Cookie` field.

use super::super::url::Url;
use super::cookie::{Cookie, allows, request_port};
use super::{date, domain, path};

/// What a Set-Cookie field asks for.
#[derive(Debug)]
pub(super) enum Asked {
    /// To keep a cookie.
    Keep(Box<Cookie>),
    /// To forget the cookie of that domain, path and name.
    Forget(Box<Cookie>),
}

/// Reads the field of a response to a request for `url`, at `now`, in seconds since the epoch.
///
/// `None` for a field that is no cookie, and for one that the host may not set.
pub(super) fn parse(field: &str, url: &Url, now: i64) -> Option<Asked> {
    let mut parts = field.split(';');
    let (name, value) = pair(parts.next()?);
    if name.is_empty() {
        return None;
    }
    let attributes = Attributes::parse(parts, now)?;
    let cookie = attributes.into_cookie(name, value, url)?;
    Some(if cookie.is_expired(now) {
        Asked::Forget(Box::new(cookie))
    } else {
        Asked::Keep(Box::new(cookie))
    })
}

/// Whether a Set-Cookie field, of a response to a request for `url`, asks for a cookie of a whole
/// public suffix, or of part of an IP address. For those who leave the other rules to a jar.
pub fn is_for_public_suffix(field: &str, url: &Url) -> bool {
    let domains = field.split(';').skip(1).map(pair);
    domains
        .filter(|(name, _)| name.eq_ignore_ascii_case("domain"))
        .filter_map(|(_, value)| value)
        .any(|value| {
            let named = value.to_lowercase();
            let bare = named.strip_prefix('.').unwrap_or(&named);
            let is_refused =
                domain::is_public_suffix(bare) || url.host().parse::<std::net::IpAddr>().is_ok();
            is_refused && !domain::may_set(url, &named)
        })
}

fn pair(part: &str) -> (&str, Option<&str>) {
    match part.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (part.trim(), None),
    }
}

#[derive(Default)]
struct Attributes {
    domain: Option<String>,
    path: Option<String>,
    version: Option<i64>,
    expires: Option<i64>,
    max_age: Option<i64>,
    secure: bool,
    discard: bool,
    /// The inner `None` is an attribute without a value: the port of the request.
    port: Option<Option<String>>,
    comment: Option<String>,
    comment_url: Option<String>,
    rest: Vec<(String, Option<String>)>,
}

impl Attributes {
    /// `None` when one is so wrong that the cookie is to be ignored.
    fn parse<'a>(parts: impl Iterator<Item = &'a str>, now: i64) -> Option<Self> {
        let mut attributes = Self::default();
        for (name, value) in parts.map(pair).filter(|(name, _)| !name.is_empty()) {
            attributes.take(name, value, now)?;
        }
        Some(attributes)
    }

    /// The first of each attribute counts.
    fn take(&mut self, name: &str, value: Option<&str>, now: i64) -> Option<()> {
        let owned = || value.map(str::to_owned);
        match name.to_ascii_lowercase().as_str() {
            "domain" => drop(self.domain.get_or_insert(value?.to_lowercase())),
            "path" => drop(self.path.get_or_insert(value?.to_owned())),
            "version" => {
                let version = unquoted(value?).trim().parse().ok()?;
                self.version.get_or_insert(version);
            }
            "expires" => self.expires = self.expires.or_else(|| date::parse(unquoted(value?))),
            "max-age" => {
                let seconds: i64 = value?.parse().ok()?;
                self.max_age = Some(now.saturating_add(seconds));
            }
            "secure" => self.secure = true,
            "discard" => self.discard = true,
            "port" => drop(self.port.get_or_insert_with(owned)),
            "comment" => self.comment = self.comment.take().or_else(owned),
            "commenturl" => self.comment_url = self.comment_url.take().or_else(owned),
            _ => {
                self.rest.retain(|(other, _)| other != name);
                self.rest.push((name.to_owned(), owned()));
            }
        }
        Some(())
    }

    /// `None` when the host, or the port, of `url` may not set it.
    fn into_cookie(self, name: &str, value: Option<&str>, url: &Url) -> Option<Cookie> {
        let rfc2109 = match self.version {
            None | Some(0) => false,
            Some(1) => true,
            Some(_) => return None,
        };
        let named = self.domain;
        if named.as_ref().is_some_and(|it| !domain::may_set(url, it)) {
            return None;
        }
        let named_path = self.path.filter(|path| !path.is_empty());
        let port_specified = matches!(self.port, Some(Some(_)));
        let port = self.port.map(|port| match port {
            Some(ports) => ports.split_whitespace().collect(),
            None => request_port(url),
        });
        if port
            .as_ref()
            .is_some_and(|ports: &String| !allows(ports, url))
        {
            return None;
        }
        let expires = self.max_age.or(self.expires);
        Some(Cookie {
            name: name.to_owned(),
            value: value.map(str::to_owned),
            domain_specified: named.is_some(),
            domain_initial_dot: named.as_ref().is_some_and(|it| it.starts_with('.')),
            domain: match named {
                Some(named) if named.starts_with('.') => named,
                Some(named) => format!(".{named}"),
                None => domain::effective_host(url),
            },
            path_specified: named_path.is_some(),
            path: match named_path {
                Some(named) => path::escape(&named),
                None => path::default_path(url, rfc2109),
            },
            secure: self.secure,
            expires,
            discard: self.discard || expires.is_none(),
            rfc2109,
            port,
            port_specified,
            comment: self.comment,
            comment_url: self.comment_url,
            rest: self.rest,
        })
    }
}

fn unquoted(text: &str) -> &str {
    let text = text.strip_prefix('"').unwrap_or(text);
    text.strip_suffix('"').unwrap_or(text)
}
