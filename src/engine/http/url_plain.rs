//! URLs that are normalised as they are written, which nearly all are: taken apart in one pass.

use std::net::Ipv4Addr;

use super::url::{Parts, default_port};

/// The parts of an absolute http or https URL in which [`super::url_parse`] would change nothing.
/// `None` for any other text, valid or not.
pub(super) fn split(text: &str) -> Option<Parts> {
    let scheme = if text.starts_with("http://") {
        0..4
    } else if text.starts_with("https://") {
        0..5
    } else {
        return None;
    };
    let bytes = text.as_bytes();
    let start = scheme.end + 3;
    let host_end = end_of(bytes, start, |byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
    });
    let host = &text[start..host_end];
    let (port, netloc_end) = match bytes.get(host_end)? {
        b':' => port(text, host_end + 1)?,
        _ => (None, host_end),
    };
    if !is_plain_host(host) || port.is_some() && port == default_port(&text[scheme.clone()]) {
        return None;
    }
    let path_end = end_of(bytes, netloc_end, |byte| is_plain(byte) || byte == b'\'');
    let path = &text[netloc_end..path_end];
    if !path.starts_with('/') || path.contains("/.") {
        return None;
    }
    let query = match bytes.get(path_end) {
        None => None,
        Some(b'?') => Some(path_end + 1..bytes.len()),
        Some(_) => return None,
    };
    let is_plain_query = |query: &std::ops::Range<usize>| {
        end_of(bytes, query.start, |byte| is_plain(byte) || byte == b'?') == query.end
    };
    query.as_ref().is_none_or(is_plain_query).then(|| Parts {
        text: text.to_owned(),
        scheme,
        userinfo: start..start,
        host: start..host_end,
        netloc: start..netloc_end,
        port,
        path: netloc_end..path_end,
        query,
        fragment: None,
    })
}

fn end_of(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = &bytes[start..];
    let length = rest.iter().position(|&byte| !belongs(byte));
    start + length.unwrap_or(rest.len())
}

/// What neither a path nor a query encodes.
fn is_plain(byte: u8) -> bool {
    const PUNCTUATION: &[u8] = b"-._~!$&()*+,;=:@/";
    byte.is_ascii_alphanumeric() || PUNCTUATION.contains(&byte)
}

/// A name without IDNA, or an IPv4 address.
fn is_plain_host(host: &str) -> bool {
    if host.is_empty() || host.contains("xn--") {
        return false;
    }
    let is_number = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    !is_number || host.parse::<Ipv4Addr>().is_ok()
}

/// The port that starts at `start` and is written as it would be again, and where it ends.
fn port(text: &str, start: usize) -> Option<(Option<u16>, usize)> {
    let end = end_of(text.as_bytes(), start, |byte| byte.is_ascii_digit());
    let digits = &text[start..end];
    if digits.starts_with('0') {
        return None;
    }
    Some((Some(digits.parse().ok()?), end))
}

#[cfg(test)]
mod tests {
    use super::super::url::Url;
    use super::super::url_parse;
    use super::*;

    fn all(url: &Url) -> impl PartialEq + std::fmt::Debug {
        (
            url.as_str().to_owned(),
            (url.scheme().to_owned(), url.userinfo().to_owned()),
            (url.host().to_owned(), url.netloc().to_owned(), url.port()),
            (url.path().to_owned(), url.query().map(str::to_owned)),
            url.fragment().map(str::to_owned),
        )
    }

    #[test]
    fn plain_urls_have_the_parts_that_the_parser_gives_them() {
        for text in [
            "http://example.org/",
            "https://a-b.example.org:8443/x/y.z?q=1&r=/?",
            "http://127.0.0.1:80800/",
            "http://127.0.0.1:8080/a'b?",
            "http://h/a..b//c/~d!$&()*+,;=:@",
        ] {
            let Some(parts) = split(text) else {
                assert!(text.contains("80800"), "{text} is plain");
                continue;
            };
            let parsed = url_parse::parse_any(text).expect(text);
            assert_eq!(all(&Url::from_parts(parts)), all(&parsed), "{text}");
        }
    }

    #[test]
    fn whatever_the_parser_would_change_or_refuse_is_left_to_it() {
        for text in [
            "",
            "/x",
            "HTTP://h/",
            "http://h",
            "http://H/",
            "http://h:80/",
            "https://h:443/",
            "http://h:/",
            "http://h:080/",
            "http://h:99999/",
            "http://u@h/",
            "http://[::1]/",
            "http://1.2.3/",
            "http://1.2.3.400/",
            "http://xn--e1afmkfd.org/",
            "http://h/a/../b",
            "http://h/.",
            "http://h/%41",
            "http://h/a b",
            "http://h/?a'b",
            "http://h/?a b",
            "http://h/#f",
            "http://h/?q#f",
            "http://h/é",
            "http://h\\x/",
            "ftp://h/",
        ] {
            assert!(split(text).is_none(), "{text}");
        }
    }
}
