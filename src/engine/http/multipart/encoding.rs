//! The header fields of a part.

use crate::engine::error::{Error, Kind};
use crate::engine::http::request::parse_header;

/// `Content-Disposition: form-data; name="…"; filename="…"`.
pub(super) fn disposition(name: &str, filename: Option<&str>) -> Vec<u8> {
    let mut line = b"Content-Disposition: form-data; name=\"".to_vec();
    quote(&mut line, name);
    if let Some(filename) = filename.filter(|it| !it.is_empty()) {
        line.extend_from_slice(b"; filename=\"");
        quote(&mut line, filename);
    }
    line
}

/// As HTML's forms do it, and httpx besides: a backslash is doubled, and every control character
/// but ESC is percent-encoded.
fn quote(line: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'"' => line.extend_from_slice(b"%22"),
            b'\\' => line.extend_from_slice(b"\\\\"),
            0..0x20 if byte != 0x1b => {
                let digits = [
                    b'%',
                    HEX[usize::from(byte >> 4)],
                    HEX[usize::from(byte & 15)],
                ];
                line.extend_from_slice(&digits);
            }
            _ => line.push(byte),
        }
    }
    line.push(b'"');
}

/// A field of the user's, on a line of its own after the others.
///
/// # Errors
/// `LocalProtocol` for a name that is no token or a value with a control character.
pub(super) fn add_field(lines: &mut Vec<u8>, name: &[u8], value: &[u8]) -> Result<(), Error> {
    parse_header(name, value).map_err(|error| {
        let message = format!("In a part of a multipart body: {error}");
        Error::new(Kind::LocalProtocol, message).caused_by(error)
    })?;
    for text in [b"\r\n", name, b": ", value] {
        lines.extend_from_slice(text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, filename: Option<&str>) -> String {
        String::from_utf8(disposition(name, filename)).expect("UTF-8")
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(
            shown("a\"b\\c\r\nX: 1\u{1b}", Some("ü\0.txt")),
            "Content-Disposition: form-data; name=\"a%22b\\\\c%0D%0AX: 1\u{1b}\"; \
             filename=\"ü%00.txt\""
        );
    }

    #[test]
    fn an_empty_filename_is_left_out() {
        assert_eq!(shown("a", Some("")), shown("a", None));
    }

    #[test]
    fn fields_that_would_inject_others_are_refused() {
        let mut lines = Vec::new();
        assert!(add_field(&mut lines, b"X-A", "ü".as_bytes()).is_ok());
        let before = lines.clone();
        for (name, value) in [("X-B", "1\r\nX-C: 2"), ("X-B\r\n", "1"), ("X B", "1")] {
            let error = add_field(&mut lines, name.as_bytes(), value.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), Kind::LocalProtocol);
        }
        assert_eq!(lines, before);
    }
}
