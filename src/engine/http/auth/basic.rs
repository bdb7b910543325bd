//! The Basic scheme.

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

impl std::fmt::Debug for BasicAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BasicAuth([secure])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7617() {
        let auth = BasicAuth::new(b"Aladdin", b"open sesame");
        assert_eq!(auth.header(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(!format!("{auth:?} {:?}", auth.header()).contains("QWx"));
    }
}
