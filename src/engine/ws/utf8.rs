//! UTF-8 checked while a message arrives, so that a bad byte fails the connection at once.

use super::error::Violation;

/// Longest encoding of a character, in bytes.
const MAX_CHARACTER: usize = 4;

/// How much of a text message is known to be whole, valid characters.
#[derive(Debug, Default)]
pub(super) struct Utf8Check {
    /// Bytes of whole characters.
    valid: usize,
    /// The start of a character that was cut off.
    cut: [u8; MAX_CHARACTER],
    cut_len: usize,
}

impl Utf8Check {
    /// Checks what comes next. A character cut off at the end is accepted until
    /// [`finish`](Self::finish).
    pub(super) fn advance(&mut self, mut text: &[u8]) -> Result<(), Violation> {
        while self.cut_len > 0 {
            let Some((&byte, rest)) = text.split_first() else {
                return Ok(());
            };
            self.complete(byte)?;
            text = rest;
        }
        let Err(error) = simdutf8::compat::from_utf8(text) else {
            self.valid += text.len();
            return Ok(());
        };
        let (whole, rest) = text.split_at(error.valid_up_to());
        self.valid += whole.len();
        if error.error_len().is_some() {
            return Err(self.violation(rest));
        }
        self.cut[..rest.len()].copy_from_slice(rest);
        self.cut_len = rest.len();
        Ok(())
    }

    /// Adds a byte to the character that was cut off.
    fn complete(&mut self, byte: u8) -> Result<(), Violation> {
        self.cut[self.cut_len] = byte;
        self.cut_len += 1;
        let character = &self.cut[..self.cut_len];
        match std::str::from_utf8(character) {
            Ok(_) => {
                self.valid += self.cut_len;
                self.cut_len = 0;
                Ok(())
            }
            Err(error) if error.error_len().is_none() => Ok(()),
            Err(_) => Err(self.violation(character)),
        }
    }

    /// Refuses a message that ends inside a character.
    pub(super) fn finish(&self) -> Result<(), Violation> {
        if self.cut_len == 0 {
            return Ok(());
        }
        Err(self.violation(&self.cut[..self.cut_len]))
    }

    fn violation(&self, bad: &[u8]) -> Violation {
        Violation::InvalidUtf8 {
            reason: python_reason(bad),
            position: self.valid,
        }
    }
}

/// Text out of fragments that may cut characters.
#[derive(Debug, Default)]
pub struct TextDecoder {
    check: Utf8Check,
}

impl TextDecoder {
    /// The text of the next fragment, with what was cut off from the one before.
    ///
    /// # Errors
    /// What is no UTF-8; a character that the last fragment cuts is none.
    pub fn decode(&mut self, fragment: &[u8], is_final: bool) -> Result<String, Violation> {
        let mut text = self.check.cut[..self.check.cut_len].to_vec();
        self.check.advance(fragment)?;
        if is_final {
            self.check.finish()?;
        }
        text.extend_from_slice(fragment);
        text.truncate(text.len() - self.check.cut_len);
        // The check has seen all of it.
        Ok(String::from_utf8(text).unwrap_or_default())
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

    fn feed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Violation> {
        let mut check = Utf8Check::default();
        for piece in pieces {
            check.advance(piece)?;
        }
        check.finish()
    }

    #[test]
    fn a_character_may_be_split_anywhere() {
        let text = "κόσμε 🦀 ascii".as_bytes();
        for at in 0..=text.len() {
            assert!(feed([&text[..at], &text[at..]]).is_ok(), "split at {at}");
        }
        assert!(feed(text.chunks(1)).is_ok());
    }

    #[test]
    fn fragments_are_decoded_up_to_the_characters_that_they_cut() {
        let text = "κό 🦀!";
        let mut decoder = TextDecoder::default();
        let pieces = text.as_bytes().chunks(3);
        let count = pieces.len();
        let decoded = pieces
            .enumerate()
            .map(|(i, piece)| decoder.decode(piece, i + 1 == count).expect("valid text"));
        assert_eq!(
            decoded.collect::<Vec<_>>(),
            ["κ", "ό ", "🦀", "!"].map(String::from)
        );
        assert!(TextDecoder::default().decode(b"a\xe2\x82", true).is_err());
    }

    #[test]
    fn a_bad_byte_is_found_before_the_message_ends() {
        let mut check = Utf8Check::default();
        let error = check.advance(b"ok \xf4\x90").unwrap_err();
        assert_eq!(error.to_string(), "invalid continuation byte at position 3");
    }

    #[test]
    fn faults_are_named_as_python_names_them_wherever_the_text_is_cut() {
        for (bytes, reason) in [
            (&b"\x80"[..], "invalid start byte at position 0"),
            (b"ab\xff", "invalid start byte at position 2"),
            (b"\xc3(", "invalid continuation byte at position 0"),
            ("ž\u{1f980}\u{fffd}".as_bytes(), ""),
            (
                b"\xc5\xbe\xf0\x9f\xa6(",
                "invalid continuation byte at position 2",
            ),
            (b"a\xe2\x82", "unexpected end of data at position 1"),
            (b"\xed\xa0\x80", "invalid continuation byte at position 0"),
        ] {
            for size in 1..=bytes.len() {
                let result = feed(bytes.chunks(size));
                let shown = result.map_or_else(|e| e.to_string(), |()| String::new());
                assert_eq!(shown, reason, "{bytes:x?} in pieces of {size}");
            }
        }
    }
}
