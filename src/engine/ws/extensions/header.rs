//! The field `Sec-WebSocket-Extensions`, RFC 6455 section 9.1.

use std::fmt::Write as _;

use crate::engine::ws::handshake::{is_token, is_token_byte};

/// A parameter of an extension: its name, and its value if it has one.
pub type Parameter = (String, Option<String>);

/// An extension as it stands in a header: its name and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionHeader {
    /// The registered name, such as `permessage-deflate`.
    pub name: String,
    /// In their order; a name may come twice, which is for the extension to judge.
    pub parameters: Vec<Parameter>,
}

/// A field that does not follow the grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expected} at {position} in {header}")]
pub struct InvalidExtensionHeader {
    /// What is wrong, such as `expected token`.
    pub expected: &'static str,
    /// The field's value.
    pub header: String,
    /// Where in it, in characters.
    pub position: usize,
}

/// Reads the value of one field, without the whitespace around it.
///
/// # Errors
/// Where it departs from the grammar.
pub fn parse(header: &str) -> Result<Vec<ExtensionHeader>, InvalidExtensionHeader> {
    let mut cursor = Cursor { header, at: 0 };
    let mut extensions = Vec::new();
    cursor.skip_commas();
    loop {
        extensions.push(cursor.extension()?);
        cursor.skip_whitespace();
        if cursor.is_at_end() {
            return Ok(extensions);
        }
        if cursor.peek() != Some(b',') {
            return Err(cursor.error("expected comma"));
        }
        cursor.skip_commas();
        if cursor.is_at_end() {
            return Ok(extensions);
        }
    }
}

/// Writes the value of a field. The values are tokens, as those of every known extension.
pub fn build(extensions: &[ExtensionHeader]) -> String {
    let mut header = String::new();
    for extension in extensions {
        if !header.is_empty() {
            header.push_str(", ");
        }
        header.push_str(&extension.name);
        for (name, value) in &extension.parameters {
            // Writing to a String does not fail.
            let _ = match value {
                Some(value) => write!(header, "; {name}={value}"),
                None => write!(header, "; {name}"),
            };
        }
    }
    header
}

struct Cursor<'a> {
    header: &'a str,
    /// In bytes; between characters.
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.header.as_bytes().get(self.at).copied()
    }

    fn is_at_end(&self) -> bool {
        self.at == self.header.len()
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Empty elements are allowed in lists, RFC 9110 section 5.6.1.
    fn skip_commas(&mut self) {
        while self.peek() == Some(b',') {
            self.at += 1;
            self.skip_whitespace();
        }
    }

    fn error(&self, expected: &'static str) -> InvalidExtensionHeader {
        InvalidExtensionHeader {
            expected,
            header: self.header.to_owned(),
            position: self.header[..self.at].chars().count(),
        }
    }

    fn extension(&mut self) -> Result<ExtensionHeader, InvalidExtensionHeader> {
        let name = self.token()?;
        self.skip_whitespace();
        let mut parameters = Vec::new();
        while self.peek() == Some(b';') {
            self.at += 1;
            self.skip_whitespace();
            parameters.push(self.parameter()?);
        }
        Ok(ExtensionHeader { name, parameters })
    }

    fn parameter(&mut self) -> Result<Parameter, InvalidExtensionHeader> {
        let name = self.token()?;
        self.skip_whitespace();
        if self.peek() != Some(b'=') {
            return Ok((name, None));
        }
        self.at += 1;
        self.skip_whitespace();
        let value = match self.peek() {
            Some(b'"') => self.quoted_token()?,
            _ => self.token()?,
        };
        self.skip_whitespace();
        Ok((name, Some(value)))
    }

    fn token(&mut self) -> Result<String, InvalidExtensionHeader> {
        let rest = &self.header[self.at..];
        let length = rest.bytes().take_while(|&byte| is_token_byte(byte)).count();
        if length == 0 {
            return Err(self.error("expected token"));
        }
        self.at += length;
        Ok(rest[..length].to_owned())
    }

    /// What is in the quotes has to be a token all the same.
    fn quoted_token(&mut self) -> Result<String, InvalidExtensionHeader> {
        let rest = &self.header[self.at + 1..];
        let mut value = String::new();
        let mut characters = rest.char_indices();
        loop {
            match characters.next() {
                Some((end, '"')) => {
                    if !is_token(&value) {
                        return Err(self.error("invalid quoted header content"));
                    }
                    self.at += 1 + end + 1;
                    return Ok(value);
                }
                Some((_, '\\')) => value.extend(characters.next().map(|(_, escaped)| escaped)),
                Some((_, character)) => value.push(character),
                None => return Err(self.error("expected quoted string")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(header: &str) -> String {
        match parse(header) {
            Ok(extensions) => build(&extensions),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_header_comes_back_in_its_plainest_form() {
        for (header, expected) in [
            ("foo", "foo"),
            ("foo, bar", "foo, bar"),
            (
                "foo; name; token=token; quoted=\"quoted\"",
                "foo; name; token=token; quoted=quoted",
            ),
            (",, foo ,  , bar;baz = 42,,", "foo, bar; baz=42"),
            ("foo;a=\"\\b\\c\"", "foo; a=bc"),
        ] {
            assert_eq!(shown(header), expected, "{header}");
        }
    }

    #[test]
    fn errors_say_where_they_are() {
        for (header, expected) in [
            ("", "expected token at 0 in "),
            ("foo bar", "expected comma at 4 in foo bar"),
            ("foo; é", "expected token at 5 in foo; é"),
            ("foo; a=\"b", "expected quoted string at 7 in foo; a=\"b"),
            (
                "foo; a=\"b c\"",
                "invalid quoted header content at 7 in foo; a=\"b c\"",
            ),
        ] {
            assert_eq!(shown(header), expected, "{header}");
        }
    }
}
