//! Header fields of a handshake, in the order and the case of the wire.

use std::borrow::Cow;
use std::{fmt, mem};

use http::HeaderValue;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, PROXY_AUTHORIZATION, SET_COOKIE};

use super::error::HandshakeError;
use crate::engine::ws::extensions::{self, ExtensionHeader, InvalidExtensionHeader};

/// The field that extensions are offered and accepted in.
pub(super) const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// A list of header fields. Unlike `http::HeaderMap` it keeps order and case, which the
/// `websockets` package shows its users; and it is small, for each connection keeps two.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Names and values, one after the other.
    text: Vec<u8>,
    fields: Vec<Ends>,
}

/// Where in the text a field ends that begins where the one before it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends {
    name: usize,
    value: usize,
}

/// A header field that cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("header {name:?} can't be sent: its name or value has a character that isn't allowed")]
pub struct InvalidHeaderText {
    /// Name of the field.
    pub name: String,
}

/// Whether `text` is a token of RFC 9110, 5.6.2, as field names and subprotocols have to be.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

pub(in crate::engine::ws) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What is shown in place of a value that is secret.
pub const MASK: &str = "[secure]";

/// Whether a field has credentials, which are not for logs and reprs.
pub fn is_secret(name: &str) -> bool {
    let secret = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];
    secret
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it.as_str()))
}

impl Headers {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a field.
    ///
    /// # Errors
    /// A name that is no token, or a value with control characters: both could smuggle fields.
    pub fn push(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), InvalidHeaderText> {
        let invalid = || InvalidHeaderText {
            name: name.to_owned(),
        };
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let value = value.as_ref();
        HeaderValue::from_bytes(value).map_err(|_| invalid())?;
        self.append(name, value);
        Ok(())
    }

    fn append(&mut self, name: &str, value: &[u8]) {
        self.text.extend_from_slice(name.as_bytes());
        let name = self.text.len();
        self.text.extend_from_slice(value);
        let value = self.text.len();
        self.fields.push(Ends { name, value });
    }

    /// Gives back what memory it does not need.
    pub fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.fields.shrink_to_fit();
    }

    /// Appends a field whose text is known to be valid.
    pub(super) fn push_known(&mut self, name: &str, value: &str) {
        let pushed = self.push(name, value);
        debug_assert!(pushed.is_ok(), "{name}: {value}");
    }

    /// Removes all fields of this name.
    pub fn remove(&mut self, name: &str) {
        if !self.contains(name) {
            return;
        }
        let before = mem::take(self);
        for (other, value) in before.iter() {
            if !other.eq_ignore_ascii_case(name) {
                self.append(other, value);
            }
        }
    }

    /// Whether there is a field of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.get_all(name).next().is_some()
    }

    /// The values of all fields of this name.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let matches = move |(n, _): &(&str, &[u8])| n.eq_ignore_ascii_case(name);
        self.iter().filter(matches).map(|(_, value)| value)
    }

    /// The value of the one field of this name, as ISO 8859-1.
    ///
    /// # Errors
    /// [`HandshakeError::InvalidHeader`] when there are several.
    pub fn get(&self, name: &str) -> Result<Option<Cow<'_, str>>, HandshakeError> {
        let mut values = self.get_all(name);
        let value = values.next();
        match values.next() {
            None => Ok(value.map(latin1)),
            Some(_) => Err(HandshakeError::InvalidHeader {
                name: name.to_owned(),
                value: Some("multiple values".to_owned()),
            }),
        }
    }

    /// The elements of all comma-separated lists of this name.
    pub fn list(&self, name: &str) -> Vec<Cow<'_, str>> {
        let elements = self
            .get_all(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(<[u8]>::trim_ascii);
        elements.filter(|e| !e.is_empty()).map(latin1).collect()
    }

    /// The extensions that the fields of that name list.
    ///
    /// # Errors
    /// A field that does not follow the grammar.
    pub fn extensions(&self) -> Result<Vec<ExtensionHeader>, InvalidExtensionHeader> {
        let mut extensions = Vec::new();
        for value in self.get_all(EXTENSIONS) {
            let value = latin1(value.trim_ascii());
            extensions.extend(extensions::parse(&value)?);
        }
        Ok(extensions)
    }

    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let mut start = 0;
        self.fields.iter().map(move |ends| {
            let name = &self.text[mem::replace(&mut start, ends.value)..ends.name];
            let name = str::from_utf8(name).unwrap_or_default();
            (name, &self.text[ends.name..ends.value])
        })
    }

    /// Writes the fields and the empty line after them.
    pub(super) fn write(&self, output: &mut Vec<u8>) {
        for (name, value) in self.iter() {
            output.extend_from_slice(name.as_bytes());
            output.extend_from_slice(b": ");
            output.extend_from_slice(value);
            output.extend_from_slice(b"\r\n");
        }
        output.extend_from_slice(b"\r\n");
    }
}

/// Credentials and cookies are masked.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, value)| match is_secret(name) {
            true => (name, MASK.into()),
            false => (name, latin1(value)),
        });
        f.debug_map().entries(shown).finish()
    }
}

/// RFC 9110 section 5.5: bytes beyond ASCII are opaque, and ISO 8859-1 keeps them reversible.
pub fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_in_any_case_and_keep_their_own() {
        let mut headers = Headers::new();
        headers.push("X-Tag", "a, b").unwrap();
        headers.push("x-TAG", "c,,").unwrap();
        assert_eq!(headers.list("X-TAG"), ["a", "b", "c"]);
        assert!(headers.get("x-tag").is_err());
        assert_eq!(headers.iter().next().unwrap().0, "X-Tag");
    }

    #[test]
    fn fields_of_one_name_are_removed_and_the_others_stay() {
        let mut headers = Headers::new();
        for (name, value) in [("A", "1"), ("b", ""), ("a", "2"), ("C", "3")] {
            headers.push(name, value).unwrap();
        }
        headers.remove("a");
        let left: Vec<_> = headers.iter().collect();
        assert_eq!(left, [("b", &b""[..]), ("C", b"3")]);
    }

    #[test]
    fn line_breaks_are_refused() {
        let mut headers = Headers::new();
        assert!(headers.push("X-A", "1\r\nX-B: 2").is_err());
        assert!(headers.push("X-A: 1\r\nX-B", "2").is_err());
    }

    #[test]
    fn credentials_are_masked_in_debug_output() {
        let mut headers = Headers::new();
        headers.push("authorization", "Basic c2VjcmV0").unwrap();
        assert!(!format!("{headers:?}").contains("c2VjcmV0"));
    }
}
