//! Taking a URL apart (RFC 3986, appendix B) and normalising its components.

use std::borrow::Cow;

use super::url::{Components, MAX_URL_LENGTH, Url, default_port};
use super::url_encode::{FRAGMENT, PATH, QUERY, USERINFO, encode, lower_case, quoted};
use super::url_host::encode_host;
use super::url_plain;
use crate::engine::error::{Error, Kind};

/// The parts of RFC 3986, appendix B, as written; the authority taken apart as well.
#[derive(Default)]
pub(super) struct Raw<'a> {
    pub(super) scheme: &'a str,
    pub(super) userinfo: &'a str,
    /// With the brackets of an IPv6 address.
    pub(super) host: &'a str,
    pub(super) port: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

pub(super) fn parse(text: &str) -> Result<Url, Error> {
    if text.len() <= MAX_URL_LENGTH
        && let Some(parts) = url_plain::split(text)
    {
        return Ok(Url::from_parts(parts));
    }
    parse_any(text)
}

/// As [`parse`], without the short cut.
pub(super) fn parse_any(text: &str) -> Result<Url, Error> {
    check_text(text, None)?;
    build(split(text))
}

/// Validates, normalises and joins what was taken apart.
pub(super) fn build(raw: Raw<'_>) -> Result<Url, Error> {
    let scheme = lower_case(raw.scheme);
    let host = encode_host(raw.host)?;
    let port = parse_port(&raw)?;
    let userinfo = encode(raw.userinfo, USERINFO);
    let has_authority = !userinfo.is_empty() || !host.is_empty() || port.is_some();
    check_path(raw.path, !scheme.is_empty(), has_authority)?;
    let path = if scheme.is_empty() && !has_authority {
        Cow::Borrowed(raw.path)
    } else {
        drop_dots(raw.path)
    };
    Ok(Url::from_components(&Components {
        scheme,
        userinfo,
        host,
        port,
        path: encode(&path, PATH),
        query: raw.query.map(|query| encode(query, QUERY)),
        fragment: raw.fragment.map(|fragment| encode(fragment, FRAGMENT)),
    }))
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::InvalidUrl, message)
}

/// `component` is the name of the part that `text` is; `None` for a whole URL.
pub(super) fn check_text(text: &str, component: Option<&str>) -> Result<(), Error> {
    if text.len() > MAX_URL_LENGTH && text.chars().count() > MAX_URL_LENGTH {
        return Err(invalid(match component {
            Some(name) => format!("URL component '{name}' too long"),
            None => "URL too long".to_owned(),
        }));
    }
    if !text.bytes().any(|byte| byte.is_ascii_control()) {
        return Ok(());
    }
    let control = text.chars().enumerate().find(|(_, c)| c.is_ascii_control());
    let Some((at, control)) = control else {
        return Ok(());
    };
    let part = component.map_or(String::new(), |name| format!(" {name} component"));
    Err(invalid(format!(
        "Invalid non-printable ASCII character in URL{part}, '{}' at position {at}.",
        escape(control)
    )))
}

/// A control character as Python's `repr` writes it.
fn escape(c: char) -> String {
    match c {
        '\n' | '\r' | '\t' => c.escape_default().to_string(),
        _ => format!("\\x{:02x}", u32::from(c)),
    }
}

pub(super) fn split(text: &str) -> Raw<'_> {
    let mut raw = Raw::default();
    let (rest, fragment) = split_off(text, '#');
    let (rest, query) = split_off(rest, '?');
    (raw.fragment, raw.query) = (fragment, query);
    let mut rest = rest;
    if let Some((scheme, after)) = rest.split_once(':')
        && (scheme.is_empty() || is_scheme(scheme))
    {
        (raw.scheme, rest) = (scheme, after);
    }
    if let Some(after) = rest.strip_prefix("//") {
        let end = after.find('/').unwrap_or(after.len());
        let (authority, path) = after.split_at(end);
        (raw.userinfo, raw.host, raw.port) = split_authority(authority);
        rest = path;
    }
    raw.path = rest;
    raw
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// RFC 3986, 3.1.
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Userinfo, host with brackets, port.
pub(super) fn split_authority(authority: &str) -> (&str, &str, &str) {
    let (userinfo, rest) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host_end = match rest.rfind(']') {
        Some(end) if rest.starts_with('[') => end + 1,
        _ => rest.find(':').unwrap_or(rest.len()),
    };
    let (host, port) = rest.split_at(host_end);
    (userinfo, host, port.strip_prefix(':').unwrap_or(port))
}

/// RFC 3986, 3.2.3: an empty port, and the scheme's default one, are as none. As in httpx, a
/// scheme in upper case has no default.
fn parse_port(raw: &Raw<'_>) -> Result<Option<u16>, Error> {
    if raw.port.is_empty() {
        return Ok(None);
    }
    let digits = raw.port.bytes().all(|b| b.is_ascii_digit());
    match raw.port.parse::<u16>() {
        Ok(number) if digits => Ok((default_port(raw.scheme) != Some(number)).then_some(number)),
        _ if digits || !raw.may_hide_a_password() => {
            Err(invalid(format!("Invalid port: {}", quoted(raw.port))))
        }
        _ => Err(invalid("Invalid port: it is no number")),
    }
}

impl Raw<'_> {
    /// Whether the port may be part of a password, in which a "/", "?" or "#" that was not encoded
    /// ended the authority too soon.
    fn may_hide_a_password(&self) -> bool {
        let rest = [Some(self.path), self.query, self.fragment];
        rest.into_iter().flatten().any(|part| part.contains('@'))
    }
}

/// RFC 3986, 3.3: which paths cannot be told from an authority or a scheme.
fn check_path(path: &str, has_scheme: bool, has_authority: bool) -> Result<(), Error> {
    if has_authority && !path.is_empty() && !path.starts_with('/') {
        let message = "For absolute URLs, path must be empty or begin with '/'";
        return Err(invalid(message));
    }
    let is_bare = !has_scheme && !has_authority;
    if is_bare && path.starts_with("//") {
        let message = "Relative URLs cannot have a path starting with '//'";
        return Err(invalid(message));
    }
    if is_bare && path.starts_with(':') {
        let message = "Relative URLs cannot have a path starting with ':'";
        return Err(invalid(message));
    }
    Ok(())
}

/// Drops "." and ".." segments as httpx does: unlike RFC 3986, 5.2.4, a last one takes its slash
/// along, so that "/a/b/.." becomes "/a".
fn drop_dots(path: &str) -> Cow<'_, str> {
    if !path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Cow::Borrowed(path);
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." if kept != [""] => drop(kept.pop()),
            ".." => {}
            _ => kept.push(segment),
        }
    }
    Cow::Owned(kept.join("/"))
}
