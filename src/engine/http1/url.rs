//! URLs cut into their parts, as httptools cuts and refuses them (that is http_parser in its strict
//! mode): nothing is decoded or normalised.

use memchr::memchr;

use super::chars::{HOST, NO_PATH, USERINFO, all, end_of, end_of_graphic};

/// The longest URL, in bytes: the parts' offsets are 16-bit numbers in http_parser.
pub const MAX_LENGTH: usize = 65_535;

/// The parts of a URL, each `None` where the URL has none or an empty one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url<'a> {
    /// Before "://".
    pub scheme: Option<&'a str>,
    /// Between "://" and "@".
    pub userinfo: Option<&'a str>,
    /// An IPv6 address comes without its brackets.
    pub host: Option<&'a str>,
    /// After the host's colon.
    pub port: Option<u16>,
    /// From the first slash on.
    pub path: Option<&'a str>,
    /// Between "?" and "#".
    pub query: Option<&'a str>,
    /// After "#".
    pub fragment: Option<&'a str>,
}

/// Why a text is no URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// Longer than [`MAX_LENGTH`].
    #[error("url is too long: {0} bytes, and at most {MAX_LENGTH} are allowed")]
    TooLong(usize),
    /// Something in it is not allowed there.
    #[error("{0}")]
    Malformed(&'static str),
}

impl InvalidUrl {
    /// It has a byte of more than seven bits, a space or a control character.
    pub const NOT_ASCII: Self =
        Self::Malformed("it contains a character that has to be percent-encoded");
}

/// Cuts an absolute URL, an absolute path, or a text that starts with "*".
///
/// # Errors
/// [`InvalidUrl`] says what is wrong.
pub fn parse_url(text: &str) -> Result<Url<'_>, InvalidUrl> {
    if text.len() > MAX_LENGTH {
        return Err(InvalidUrl::TooLong(text.len()));
    }
    if text.is_empty() {
        return malformed("it is empty");
    }
    if !is_graphic(text.as_bytes()) {
        return Err(InvalidUrl::NOT_ASCII);
    }
    let mut url = Url::default();
    let target = if text.starts_with(['/', '*']) {
        text
    } else {
        split_authority(text, &mut url)?
    };
    split_target(target, &mut url);
    Ok(url)
}

fn malformed<T>(what: &'static str) -> Result<T, InvalidUrl> {
    Err(InvalidUrl::Malformed(what))
}

/// Reads scheme and authority; returns what follows them.
fn split_authority<'a>(text: &'a str, url: &mut Url<'a>) -> Result<&'a str, InvalidUrl> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (scheme, rest) = text.split_at(letters);
    let Some(rest) = rest.strip_prefix("://").filter(|_| letters > 0) else {
        return match text.contains("://") {
            true => malformed("its scheme is not made of letters"),
            false => malformed("it has neither a scheme nor an absolute path"),
        };
    };
    url.scheme = Some(scheme);
    // A fragment ends no authority here: httptools refuses "http://host#fragment".
    let end = end_of(NO_PATH, rest.as_bytes(), 0);
    let (authority, target) = rest.split_at(end);
    let host_port = match cut(authority, b'@') {
        (userinfo, Some(host_port)) => {
            url.userinfo = parse_userinfo(userinfo)?;
            host_port
        }
        (authority, None) => authority,
    };
    let (host, port) = split_port(host_port)?;
    url.host = Some(host);
    url.port = port;
    Ok(target)
}

/// Unreserved characters, sub-delims, colons, and the percent sign of the encoded ones.
fn parse_userinfo(text: &str) -> Result<Option<&str>, InvalidUrl> {
    match all(USERINFO, text.as_bytes()) {
        true => Ok(non_empty(text)),
        false => malformed("a character of its userinfo is not allowed there"),
    }
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), InvalidUrl> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((host, after)) = rest.split_once(']') else {
                return malformed("the bracket of its IPv6 address is not closed");
            };
            check_ipv6(host)?;
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return malformed("something other than a port follows its IPv6 address"),
            }
        }
        None => {
            let (host, port) = cut(text, b':');
            check_host(host)?;
            (host, port)
        }
    };
    let port = port.map(parse_port).transpose()?;
    Ok((host, port))
}

fn check_host(host: &str) -> Result<(), InvalidUrl> {
    if host.is_empty() {
        return malformed("its host is empty");
    }
    match all(HOST, host.as_bytes()) {
        true => Ok(()),
        false => malformed("a character of its host is not allowed there"),
    }
}

/// Only the characters are checked, as httptools does. A zone (RFC 6874) may follow a "%".
fn check_ipv6(host: &str) -> Result<(), InvalidUrl> {
    let (address, zone) = cut(host, b'%');
    let in_address = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
    let in_zone = |byte: u8| byte.is_ascii_alphanumeric() || b"%.-_~".contains(&byte);
    let address_is_ok = !address.is_empty() && address.bytes().all(in_address);
    let zone_is_ok = zone.is_none_or(|zone| !zone.is_empty() && zone.bytes().all(in_zone));
    match address_is_ok && zone_is_ok {
        true => Ok(()),
        false => malformed("what is in its brackets is no IPv6 address"),
    }
}

fn parse_port(digits: &str) -> Result<u16, InvalidUrl> {
    let invalid = InvalidUrl::Malformed("its port is no number up to 65535");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid);
    }
    digits.parse().map_err(|_| invalid)
}

fn split_target<'a>(target: &'a str, url: &mut Url<'a>) {
    let (target, fragment) = cut(target, b'#');
    let (path, query) = cut(target, b'?');
    url.path = non_empty(path);
    url.query = query.and_then(non_empty);
    // httptools passes over further signs before a fragment.
    let fragment = fragment.map(|fragment| fragment.trim_start_matches('#'));
    url.fragment = fragment.and_then(non_empty);
}

/// Before and after the first of an ASCII character.
fn cut(text: &str, at: u8) -> (&str, Option<&str>) {
    match memchr(at, text.as_bytes()) {
        Some(position) => (&text[..position], Some(&text[position + 1..])),
        None => (text, None),
    }
}

fn is_graphic(bytes: &[u8]) -> bool {
    end_of_graphic(bytes) == bytes.len()
}

fn non_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_url_has_all_parts() {
        let url = parse_url("https://me:pw@example.com:8080/path?query=value#fragment").unwrap();
        assert_eq!(url.scheme, Some("https"));
        assert_eq!(url.userinfo, Some("me:pw"));
        assert_eq!(url.host, Some("example.com"));
        assert_eq!(url.port, Some(8080));
        assert_eq!(url.path, Some("/path"));
        assert_eq!(url.query, Some("query=value"));
        assert_eq!(url.fragment, Some("fragment"));
    }

    #[test]
    fn a_path_has_no_host() {
        let url = parse_url("/a?b#c").unwrap();
        assert_eq!((url.scheme, url.host, url.path), (None, None, Some("/a")));
        assert_eq!((url.query, url.fragment), (Some("b"), Some("c")));
    }

    #[test]
    fn an_ipv6_host_loses_its_brackets() {
        let url = parse_url("http://[::1]:80").unwrap();
        assert_eq!(
            (url.host, url.port, url.path),
            (Some("::1"), Some(80), None)
        );
    }

    #[test]
    fn an_empty_part_is_none() {
        let root = Url {
            path: Some("/"),
            ..Url::default()
        };
        for text in ["/?", "/#", "/?#", "/##"] {
            assert_eq!(parse_url(text).unwrap(), root, "{text}");
        }
        assert_eq!(parse_url("http://@h").unwrap().userinfo, None);
    }

    #[test]
    fn an_ipv6_address_keeps_its_zone() {
        let url = parse_url("http://[fe80::1%eth0]:8/").unwrap();
        assert_eq!((url.host, url.port), (Some("fe80::1%eth0"), Some(8)));
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in [
            "",
            "example.com",
            "http://",
            "http://a b/",
            "http://a:99999/",
            "http://a:/",
            "http://[::1/",
            "1http://a/",
            "a+b://h/",
            "http://<h>/",
            "http://h_x/",
            "http://[zz]/",
            "http://[::1%]/",
            "http://a@b@c/",
            "http://u|@h/",
            "http://u@/",
            "http://h#f",
            "/\u{e9}",
            "/a\r\nb",
        ] {
            assert!(parse_url(text).is_err(), "{text:?}");
        }
        let long = format!("/{}", "a".repeat(MAX_LENGTH));
        assert_eq!(parse_url(&long), Err(InvalidUrl::TooLong(MAX_LENGTH + 1)));
    }
}
