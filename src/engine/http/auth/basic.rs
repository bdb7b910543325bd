//! The Basic scheme, and which credentials a request gets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use super::super::url::Url;

/// A user name and password for the Basic scheme (RFC 7617).
#[derive(Clone, PartialEq, Eq)]
pub struct BasicAuth {
    header: HeaderValue,
}

impl BasicAuth {
    /// Encodes the pair as RFC 7617 says. A colon in the name would end it.
    pub fn new(username: &[u8], password: &[u8]) -> Self {
        let pair = [username, b":", password].concat();
        let text = format!("Basic {}", STANDARD.encode(pair));
        // Base64 has no character that a header value cannot have.
        let mut header = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        header.set_sensitive(true);
        Self { header }
    }

    /// Credentials whose field is made already; `None` for text that no field can have.
    pub fn from_header(text: &str) -> Option<Self> {
        let mut header = HeaderValue::from_str(text).ok()?;
        header.set_sensitive(true);
        Some(Self { header })
    }

    /// The credentials in a URL, if it has any.
    pub fn of(url: &Url) -> Option<Self> {
        if url.userinfo().is_empty() {
            return None;
        }
        let (name, word) = (url.username(), url.password());
        Some(Self::new(name.as_bytes(), word.as_bytes()))
    }

    /// The value of the Authorization field.
    pub fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

/// What a request says of its credentials.
#[derive(Clone, Debug, Default)]
pub enum Choice {
    /// Nothing: the client's are used.
    #[default]
    Default,
    /// That the client's are not to be used.
    Off,
    /// These.
    Own(BasicAuth),
}

/// The credentials to send, as httpx chooses: the request's own, else the client's unless they are
/// turned off, else those in the URL.
pub fn choose(choice: Choice, client: Option<&BasicAuth>, url: &Url) -> Option<BasicAuth> {
    let chosen = match choice {
        Choice::Own(auth) => Some(auth),
        Choice::Default => client.cloned(),
        Choice::Off => None,
    };
    chosen.or_else(|| BasicAuth::of(url))
}

impl std::fmt::Debug for BasicAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BasicAuth([secure])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_s_own_come_first_and_the_url_s_last() {
        let (own, client) = (BasicAuth::new(b"own", b""), BasicAuth::new(b"client", b""));
        let url = Url::parse("http://url@host/").unwrap();
        let bare = Url::parse("http://host/").unwrap();
        let in_url = BasicAuth::of(&url);
        let chosen = |choice| choose(choice, Some(&client), &url);
        assert_eq!(chosen(Choice::Own(own.clone())), Some(own));
        assert_eq!(chosen(Choice::Default), Some(client.clone()));
        assert_eq!(chosen(Choice::Off), in_url);
        assert_eq!(choose(Choice::Off, Some(&client), &bare), None);
    }

    #[test]
    fn the_example_of_rfc_7617() {
        let auth = BasicAuth::new(b"Aladdin", b"open sesame");
        assert_eq!(auth.header(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(!format!("{auth:?} {:?}", auth.header()).contains("QWx"));
    }
}
