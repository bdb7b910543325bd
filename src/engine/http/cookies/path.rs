//! Which paths a cookie belongs to.

use std::fmt::Write as _;

use super::super::url::Url;

/// The path of a URL as cookies see it: escapes in upper case, and always with a leading slash.
pub(super) fn request_path(url: &Url) -> String {
    escape(url.path())
}

/// Whether a request's path lies below a cookie's (RFC 6265, 5.1.4).
pub(super) fn is_below(request: &str, cookie: &str) -> bool {
    match request.strip_prefix(cookie) {
        Some(rest) => rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

/// The path of a cookie that names none: the request's, up to its last slash. RFC 2109 cookies
/// keep the slash.
pub(super) fn default_path(url: &Url, keep_slash: bool) -> String {
    let mut path = request_path(url);
    if let Some(last) = path.rfind('/') {
        path.truncate(last + usize::from(keep_slash));
    }
    if path.is_empty() {
        path.push('/');
    }
    path
}

/// Percent-encodes what a path cannot have, and writes all escapes in upper case.
pub(super) fn escape(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    let mut in_escape = 0;
    for byte in path.bytes() {
        if in_escape > 0 && byte.is_ascii_hexdigit() {
            in_escape -= 1;
            escaped.push(char::from(byte.to_ascii_uppercase()));
            continue;
        }
        in_escape = if byte == b'%' { 2 } else { 0 };
        if byte.is_ascii_alphanumeric() || b"_.-~%/;:@&=+$,!*'()".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_covers_itself_and_what_is_below() {
        assert!(is_below("/a", "/a"));
        assert!(is_below("/a/b", "/a"));
        assert!(is_below("/a/b", "/a/"));
        assert!(is_below("/a/b", "/"));
        assert!(!is_below("/ab", "/a"));
        assert!(!is_below("/", "/a"));
    }

    #[test]
    fn the_default_path_is_the_directory() {
        let path = |url: &str, keep| default_path(&Url::parse(url).unwrap(), keep);
        assert_eq!(path("http://a.org/x/y", false), "/x");
        assert_eq!(path("http://a.org/x/y", true), "/x/");
        assert_eq!(path("http://a.org/x", false), "/");
        assert_eq!(path("http://a.org", false), "/");
    }

    #[test]
    fn escapes_are_in_upper_case() {
        assert_eq!(escape("/a%c3%a9 b|[é]"), "/a%C3%A9%20b%7C%5B%C3%A9%5D");
    }
}
