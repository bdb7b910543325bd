//! What separates the parts.

use std::fmt::Write as _;

use crate::engine::error::{Error, Kind};

/// A boundary (RFC 2046, 5.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary(Box<str>);

impl Boundary {
    /// 16 random bytes, in hexadecimal: no content can be made to hold it.
    pub fn random() -> Self {
        let mut text = String::with_capacity(32);
        for byte in rand::random::<[u8; 16]>() {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text.into())
    }

    /// The boundary that the value of a Content-Type field names, read as httpx reads it. `None`
    /// when it is not multipart/form-data or names none.
    ///
    /// # Errors
    /// `LocalProtocol` when it is not printable ASCII.
    pub fn from_content_type(value: &[u8]) -> Result<Option<Self>, Error> {
        if !value.starts_with(b"multipart/form-data") {
            return Ok(None);
        }
        let mut parameters = value.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let boundary = parameters.find_map(|parameter| {
            let (name, value) = parameter.split_at_checked("boundary=".len())?;
            name.eq_ignore_ascii_case(b"boundary=").then_some(value)
        });
        boundary.map(|text| Self::given(unquoted(text))).transpose()
    }

    fn given(text: &[u8]) -> Result<Self, Error> {
        match std::str::from_utf8(text) {
            Ok(text) if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                Ok(Self(text.into()))
            }
            _ => {
                let message = "The boundary in the Content-Type of the request is not printable \
                               ASCII.";
                Err(Error::new(Kind::LocalProtocol, message))
            }
        }
    }

    /// The boundary itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn unquoted(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = text.strip_prefix(b"\"") {
        text = rest;
    }
    while let Some(rest) = text.strip_suffix(b"\"") {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &[u8]) -> Option<String> {
        let boundary = Boundary::from_content_type(value).expect("a valid boundary");
        boundary.map(|it| it.as_str().to_owned())
    }

    #[test]
    fn the_boundary_of_a_content_type_is_found_quoted_or_not() {
        let found = Some("a+b".to_owned());
        assert_eq!(of(b"multipart/form-data; boundary=a+b"), found);
        assert_eq!(of(b"multipart/form-data;x=1;BOUNDARY=\"a+b\" "), found);
        assert_eq!(of(b"multipart/form-data; charset=utf-8"), None);
        assert_eq!(of(b"multipart/form-data"), None);
        assert_eq!(of(b"text/plain; boundary=a"), None);
    }

    #[test]
    fn a_boundary_that_could_inject_a_field_is_refused() {
        for value in [
            &b"multipart/form-data; boundary=a\r\nX: 1"[..],
            b"multipart/form-data; boundary=\xff",
        ] {
            let error = Boundary::from_content_type(value).unwrap_err();
            assert_eq!(error.kind(), Kind::LocalProtocol);
        }
    }

    #[test]
    fn random_boundaries_are_32_digits_and_differ() {
        let (one, other) = (Boundary::random(), Boundary::random());
        assert_eq!(one.as_str().len(), 32);
        assert!(one.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }
}
