//! Taking a URL apart (RFC 3986, appendix B), normalising its components, and resolving
//! references.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::url::{Components, MAX_URL_LENGTH, Url, default_port};
use crate::engine::error::{Error, Kind};

// The percent-encode sets of the WHATWG URL standard, as httpx uses them. None contains "%", so
// what is encoded already stays as it is.
const FRAGMENT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
const PATH: &AsciiSet = &QUERY.add(b'?').add(b'`').add(b'{').add(b'}');
/// Without ":", which separates the name from the password.
const USERINFO: &AsciiSet = &PATH
    .add(b'/')
    .add(b';')
    .add(b'=')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'|');
/// All but unreserved characters, sub-delims and ``"`{}%|\`` (RFC 3986, 3.2.2; WHATWG).
const HOST: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'#')
    .add(b'/')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b']')
    .add(b'^');

/// The five parts of RFC 3986, appendix B, as written.
#[derive(Default)]
struct Raw<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

pub(super) fn parse(text: &str) -> Result<Url, Error> {
    check_text(text)?;
    let raw = split(text);
    let scheme = lower_case(raw.scheme);
    let (userinfo, host, port) = split_authority(raw.authority);
    let host = encode_host(host)?;
    let port = parse_port(port, &scheme)?;
    let userinfo = encode(userinfo, USERINFO);
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

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::InvalidUrl, message)
}

fn check_text(text: &str) -> Result<(), Error> {
    if text.len() > MAX_URL_LENGTH && text.chars().count() > MAX_URL_LENGTH {
        return Err(invalid("URL too long"));
    }
    if !text.bytes().any(|byte| byte.is_ascii_control()) {
        return Ok(());
    }
    let control = text.chars().enumerate().find(|(_, c)| c.is_ascii_control());
    match control {
        None => Ok(()),
        Some((at, c)) => Err(invalid(format!(
            "Invalid non-printable ASCII character in URL, '{}' at position {at}.",
            escape(c)
        ))),
    }
}

/// A control character as Python's `repr` writes it.
fn escape(c: char) -> String {
    match c {
        '\n' | '\r' | '\t' => c.escape_default().to_string(),
        _ => format!("\\x{:02x}", u32::from(c)),
    }
}

fn split(text: &str) -> Raw<'_> {
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
        (raw.authority, rest) = after.split_at(end);
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
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Userinfo, host with brackets, port.
fn split_authority(authority: &str) -> (&str, &str, &str) {
    let (userinfo, rest) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host_end = match rest.rfind(']') {
        Some(end) if rest.starts_with('[') => end + 1,
        _ => rest.find(':').unwrap_or(rest.len()),
    };
    let (host, port) = rest.split_at(host_end);
    (userinfo, host, port.strip_prefix(':').unwrap_or(port))
}

fn encode_host(host: &str) -> Result<Cow<'_, str>, Error> {
    if looks_like_ipv4(host) {
        return match host.parse::<Ipv4Addr>() {
            Ok(_) => Ok(host.into()),
            Err(_) => Err(invalid(format!("Invalid IPv4 address: '{host}'"))),
        };
    }
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return match address.parse::<Ipv6Addr>() {
            Ok(_) => Ok(address.to_ascii_lowercase().into()),
            Err(_) => Err(invalid(format!("Invalid IPv6 address: '{host}'"))),
        };
    }
    if host.is_ascii() {
        return Ok(match lower_case(host) {
            Cow::Borrowed(lower) => encode(lower, HOST),
            Cow::Owned(lower) => encode(&lower, HOST).into_owned().into(),
        });
    }
    idna::domain_to_ascii_strict(host)
        .map(Cow::Owned)
        .map_err(|_| invalid(format!("Invalid IDNA hostname: '{host}'")))
}

fn looks_like_ipv4(host: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    host.split('.').count() == 4 && host.split('.').all(is_number)
}

/// RFC 3986, 3.2.3: an empty port, and the scheme's default one, are as none.
fn parse_port(port: &str, scheme: &str) -> Result<Option<u16>, Error> {
    if port.is_empty() {
        return Ok(None);
    }
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(number) if digits => Ok((default_port(scheme) != Some(number)).then_some(number)),
        _ if digits => Err(invalid(format!("Invalid port: '{port}'"))),
        // Not shown: it may be a password with a character that ended the authority too soon.
        _ => Err(invalid("Invalid port: it is no number")),
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

fn lower_case(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => text.to_ascii_lowercase().into(),
        false => text.into(),
    }
}

fn encode<'a>(text: &'a str, set: &'static AsciiSet) -> Cow<'a, str> {
    utf8_percent_encode(text, set).into()
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

/// RFC 3986, 5.2.4. A last segment that is a dot leaves its slash.
fn remove_dot_segments(path: &str) -> Cow<'_, str> {
    if !path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Cow::Borrowed(path);
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." if kept.len() > 1 || kept.first().is_some_and(|first| !first.is_empty()) => {
                kept.pop();
            }
            ".." => {}
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    Cow::Owned(kept.join("/"))
}

/// RFC 3986, 5.2.2, strict.
pub(super) fn resolve(base: &Url, reference: &Url) -> Url {
    let mut target = reference.components();
    if !reference.scheme().is_empty() {
        return reference.clone();
    }
    target.scheme = base.scheme().into();
    if reference.has_authority() {
        return Url::from_components(&target);
    }
    target.userinfo = base.userinfo().into();
    target.host = base.host().into();
    target.port = base.port();
    target.path = resolve_path(base, reference);
    if reference.bare_path().is_empty() && reference.query().is_none() {
        target.query = base.query().map(Cow::Borrowed);
    }
    Url::from_components(&target)
}

/// RFC 3986, 5.2.2 and 5.2.3: the path of the target.
fn resolve_path<'a>(base: &'a Url, reference: &'a Url) -> Cow<'a, str> {
    let path = reference.bare_path();
    if path.is_empty() {
        return base.bare_path().into();
    }
    if path.starts_with('/') {
        return remove_dot_segments(path);
    }
    let base_path = base.bare_path();
    let folder = match base_path.rfind('/') {
        Some(slash) => &base_path[..=slash],
        None if base.has_authority() => "/",
        None => "",
    };
    remove_dot_segments(&format!("{folder}{path}"))
        .into_owned()
        .into()
}
