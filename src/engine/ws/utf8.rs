//! UTF-8 checked while a message arrives, so that a bad byte fails the connection at once.

use super::error::Violation;

/// How much of a text message is known to be whole, valid characters.
#[derive(Debug, Default)]
pub(super) struct Utf8Check {
    valid: usize,
}

impl Utf8Check {
    /// Checks the part of `text` that was not checked before. A character cut off at the end is
    /// accepted until [`finish`](Self::finish).
    pub(super) fn advance(&mut self, text: &[u8]) -> Result<(), Violation> {
        match simdutf8::compat::from_utf8(&text[self.valid..]) {
            Ok(_) => self.valid = text.len(),
            Err(error) => {
                self.valid += error.valid_up_to();
                if error.error_len().is_some() {
                    return Err(self.violation(text));
                }
            }
        }
        Ok(())
    }

    /// Refuses a message that ends inside a character.
    pub(super) fn finish(&self, text: &[u8]) -> Result<(), Violation> {
        if self.valid == text.len() {
            return Ok(());
        }
        Err(self.violation(text))
    }

    fn violation(&self, text: &[u8]) -> Violation {
        Violation::InvalidUtf8 {
            reason: python_reason(&text[self.valid..]),
            position: self.valid,
        }
    }
}

/// The words of Python's `UnicodeDecodeError` for the sequence that `bad` starts with.
pub(super) fn python_reason(bad: &[u8]) -> &'static str {
    match std::str::from_utf8(bad) {
        Err(error) if error.error_len().is_none() => "unexpected end of data",
        _ if matches!(bad.first(), Some(0xc2..=0xf4)) => "invalid continuation byte",
        _ => "invalid start byte",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(pieces: &[&[u8]]) -> Result<(), Violation> {
        let mut check = Utf8Check::default();
        let mut text = Vec::new();
        for piece in pieces {
            text.extend_from_slice(piece);
            check.advance(&text)?;
        }
        check.finish(&text)
    }

    #[test]
    fn a_character_may_be_split_anywhere() {
        let text = "κόσμε 🦀 ascii".as_bytes();
        for at in 0..=text.len() {
            assert!(feed(&[&text[..at], &text[at..]]).is_ok(), "split at {at}");
        }
    }

    #[test]
    fn a_bad_byte_is_found_before_the_message_ends() {
        let mut check = Utf8Check::default();
        let error = check.advance(b"ok \xf4\x90").unwrap_err();
        assert_eq!(error.to_string(), "invalid continuation byte at position 3");
    }

    #[test]
    fn faults_are_named_as_python_names_them() {
        for (bytes, reason) in [
            (&b"\x80"[..], "invalid start byte at position 0"),
            (b"ab\xff", "invalid start byte at position 2"),
            (b"\xc3(", "invalid continuation byte at position 0"),
            (b"a\xe2\x82", "unexpected end of data at position 1"),
        ] {
            assert_eq!(feed(&[bytes]).unwrap_err().to_string(), reason);
        }
    }
}
