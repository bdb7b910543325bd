//! `ws://` and `wss://` URIs, RFC 6455 section 3.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};

/// Leaves ASCII as it is: only what no URI may hold is encoded.
const NON_ASCII: &AsciiSet = CONTROLS;

/// A URI that names no WebSocket resource. The password is masked in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{uri} isn't a valid URI: {reason}")]
pub struct InvalidUri {
    /// The URI as it was given, its password masked.
    pub uri: String,
    /// What is wrong with it.
    pub reason: Cow<'static, str>,
}

impl InvalidUri {
    pub(in crate::engine::ws) fn new(uri: &str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            uri: masked(uri),
            reason: reason.into(),
        }
    }
}

/// A WebSocket URI, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct WebSocketUri {
    /// `true` for `wss`.
    pub secure: bool,
    /// Host name in lower case and ASCII, or an IP address without brackets.
    pub host: String,
    /// TCP port; 80 or 443 when the URI has none.
    pub port: u16,
    /// Path, percent-encoded, perhaps empty.
    pub path: String,
    /// Query without its `?`, percent-encoded, perhaps empty.
    pub query: String,
    /// User name and password, decoded.
    pub credentials: Option<(String, String)>,
}

impl WebSocketUri {
    /// Takes a URI, or an IRI, apart.
    ///
    /// # Errors
    /// A scheme other than ws and wss, no host, a bad port, a user name without a password, a
    /// fragment, or characters that no URI may hold.
    pub fn parse(uri: &str) -> Result<Self, InvalidUri> {
        Self::parse_parts(uri).map_err(|reason| InvalidUri::new(uri, reason))
    }

    fn parse_parts(uri: &str) -> Result<Self, &'static str> {
        if uri.chars().any(|c| c.is_control() || c == ' ') {
            return Err("it contains a space or a control character");
        }
        let (secure, rest) = split_scheme(uri)?;
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (authority, path, query) = split_authority(rest);
        let (userinfo, address) = match authority.rsplit_once('@') {
            Some((userinfo, address)) => (Some(userinfo), address),
            None => (None, authority),
        };
        let (host, port) = split_port(address)?;
        if !fragment.is_empty() {
            return Err("fragment identifier is meaningless");
        }
        Ok(Self {
            secure,
            host: parse_host(host)?,
            port: port.unwrap_or(if secure { 443 } else { 80 }),
            path: utf8_percent_encode(path, NON_ASCII).to_string(),
            query: utf8_percent_encode(query, NON_ASCII).to_string(),
            credentials: userinfo.map(parse_credentials).transpose()?,
        })
    }

    /// Path and query, as a request line has them.
    pub fn resource_name(&self) -> String {
        let path = if self.path.is_empty() {
            "/"
        } else {
            &self.path
        };
        match self.query.as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// Value of the `Host` header: the port only when it is not the scheme's own.
    pub fn host_header(&self) -> String {
        let host = match self.host.contains(':') {
            true => Cow::Owned(format!("[{}]", self.host)),
            false => Cow::Borrowed(self.host.as_str()),
        };
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => host.into_owned(),
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// The URI with its credentials, percent-encoded. Not for the eyes of people.
    pub fn with_credentials(&self) -> String {
        let shown = self.to_string();
        let Some((user, password)) = &self.credentials else {
            return shown;
        };
        let scheme = if self.secure { "wss://" } else { "ws://" };
        let [user, password] =
            [user, password].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC));
        let rest = &shown[scheme.len()..];
        format!("{scheme}{user}:{password}@{rest}")
    }

    /// Value of the `Authorization` header for the credentials (RFC 7617).
    pub fn authorization(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref()?;
        Some(format!(
            "Basic {}",
            STANDARD.encode(format!("{user}:{password}"))
        ))
    }
}

/// The URI without its credentials.
impl fmt::Display for WebSocketUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "wss" } else { "ws" };
        write!(
            f,
            "{scheme}://{}{}",
            self.host_header(),
            self.resource_name()
        )
    }
}

impl fmt::Debug for WebSocketUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebSocketUri({self})")
    }
}

fn split_scheme(uri: &str) -> Result<(bool, &str), &'static str> {
    let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
    match scheme.to_ascii_lowercase().as_str() {
        "ws" => Ok((false, rest)),
        "wss" => Ok((true, rest)),
        _ => Err("scheme isn't ws or wss"),
    }
}

fn split_authority(rest: &str) -> (&str, &str, &str) {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (authority, path, query)
}

fn split_port(address: &str) -> Result<(&str, Option<u16>), &'static str> {
    // The colons inside of brackets belong to the address.
    let after_host = match address.rfind(']') {
        Some(end) => end + 1,
        None if address.starts_with('[') => address.len(),
        None => 0,
    };
    let Some(colon) = address[after_host..].find(':') else {
        return Ok((address, None));
    };
    let (host, port) = address.split_at(after_host + colon);
    match &port[1..] {
        "" => Ok((host, None)),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => match digits.parse() {
            Ok(port @ 1..) => Ok((host, Some(port))),
            _ => Err("port isn't between 1 and 65535"),
        },
        _ => Err("port isn't a number"),
    }
}

fn parse_host(host: &str) -> Result<String, &'static str> {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').unwrap_or_default();
        let address = address.parse::<Ipv6Addr>();
        return address
            .map(|address| address.to_string())
            .map_err(|_| "hostname isn't a valid IPv6 address");
    }
    if host.is_empty() {
        return Err("hostname isn't provided");
    }
    let host = match host.is_ascii() {
        true => host.to_ascii_lowercase(),
        false => idna::domain_to_ascii(host).map_err(|_| "hostname isn't a valid domain name")?,
    };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&b);
    match host.bytes().all(allowed) {
        true => Ok(host),
        false => Err("hostname has a character that isn't allowed"),
    }
}

fn parse_credentials(userinfo: &str) -> Result<(String, String), &'static str> {
    let (user, password) = userinfo
        .split_once(':')
        .ok_or("username provided without password")?;
    let decode = |part| {
        let decoded = percent_decode_str(part).decode_utf8();
        decoded
            .map(Cow::into_owned)
            .map_err(|_| "credentials aren't UTF-8")
    };
    Ok((decode(user)?, decode(password)?))
}

/// The URI with its password, or its lone user name, replaced, whatever else is wrong with it.
///
/// A password that is not percent-encoded may hold any of the characters that end an authority,
/// so the last "@" of all ends it here, though that hides more than a password at times.
pub(super) fn masked(uri: &str) -> String {
    let start = uri.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = uri.split_at(start);
    match rest.rsplit_once('@') {
        Some((userinfo, rest)) => match userinfo.split_once(':') {
            Some((user, _)) => format!("{scheme}{user}:***@{rest}"),
            None => format!("{scheme}***@{rest}"),
        },
        None => uri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(uri: &str) -> WebSocketUri {
        WebSocketUri::parse(uri).unwrap()
    }

    #[test]
    fn defaults_are_filled_in() {
        let uri = parse("ws://Example.COM");
        assert_eq!((uri.host.as_str(), uri.port), ("example.com", 80));
        assert_eq!(uri.resource_name(), "/");
        assert_eq!(parse("WSS://example.com/").port, 443);
    }

    #[test]
    fn every_part_is_found() {
        let uri = parse("wss://user:p%40ss@[::1]:8443/chat?room=1");
        let credentials = ("user".to_owned(), "p@ss".to_owned());
        assert_eq!(uri.credentials, Some(credentials));
        assert_eq!((uri.host.as_str(), uri.port), ("::1", 8443));
        assert_eq!(uri.resource_name(), "/chat?room=1");
        assert_eq!(uri.host_header(), "[::1]:8443");
        assert_eq!(uri.authorization().unwrap(), "Basic dXNlcjpwQHNz");
        assert_eq!(uri.to_string(), "wss://[::1]:8443/chat?room=1");
        let whole = "wss://user:p%40ss@[::1]:8443/chat?room=1";
        assert_eq!(uri.with_credentials(), whole);
    }

    #[test]
    fn an_iri_becomes_a_uri() {
        let uri = parse("ws://bücher.example/é?q=ü");
        assert_eq!(uri.host, "xn--bcher-kva.example");
        assert_eq!(uri.resource_name(), "/%C3%A9?q=%C3%BC");
    }

    #[test]
    fn a_query_may_follow_the_host() {
        assert_eq!(parse("ws://h?a=b").resource_name(), "/?a=b");
    }

    #[test]
    fn bad_uris_are_refused_with_a_reason() {
        for (uri, reason) in [
            ("http://h/", "scheme isn't ws or wss"),
            ("h/", "scheme isn't ws or wss"),
            ("ws:///path", "hostname isn't provided"),
            ("ws://h/#top", "fragment identifier is meaningless"),
            ("ws://user@h/", "username provided without password"),
            ("ws://h:70000/", "port isn't between 1 and 65535"),
            ("ws://h:x/", "port isn't a number"),
            ("ws://[::1/", "hostname isn't a valid IPv6 address"),
            (
                "ws://h/\r\nX: y",
                "it contains a space or a control character",
            ),
        ] {
            assert_eq!(WebSocketUri::parse(uri).unwrap_err().reason, reason);
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let error = WebSocketUri::parse("http://me:secret@h/").unwrap_err();
        assert_eq!(
            error.to_string(),
            "http://me:***@h/ isn't a valid URI: scheme isn't ws or wss"
        );
        assert!(!format!("{:?}", parse("ws://me:secret@h/")).contains("secret"));
    }

    #[test]
    fn odd_characters_in_a_password_do_not_uncover_it() {
        for password in ["p#ss", "p/ss", "p?ss", "p@ss", "p:ss", "p s", "#", "/"] {
            let error = WebSocketUri::parse(&format!("http://me:{password}@h/")).unwrap_err();
            assert_eq!(error.uri, "http://me:***@h/");
        }
    }

    #[test]
    fn a_user_without_a_password_may_be_a_token_and_is_not_shown() {
        let error = WebSocketUri::parse("ws://TOKEN@h/").unwrap_err();
        assert_eq!(error.uri, "ws://***@h/");
    }
}
