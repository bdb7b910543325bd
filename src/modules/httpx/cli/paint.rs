//! Colours, and what a terminal is spared.

use anstyle::{AnsiColor, Effects, Style};
use std::borrow::Cow;
use std::fmt::Write as _;

/// What a piece of the output is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ink {
    Method,
    Target,
    Version,
    /// A status below 300.
    Success,
    /// A status from 300 to 399.
    Redirect,
    /// A status from 400 on, and the name of an error.
    Failure,
    Reason,
    FieldName,
    JsonName,
    JsonText,
    /// A number, `true`, `false` or `null`.
    JsonLiteral,
    Option,
    Metavariable,
}

impl Ink {
    fn style(self) -> Style {
        let color = match self {
            Self::Method | Self::Success => AnsiColor::BrightGreen,
            Self::Target => return AnsiColor::BrightCyan.on_default() | Effects::UNDERLINE,
            Self::Version | Self::JsonName => AnsiColor::BrightBlue,
            Self::Redirect | Self::JsonText => AnsiColor::Yellow,
            Self::Failure => AnsiColor::BrightRed,
            Self::Reason | Self::FieldName => AnsiColor::BrightCyan,
            Self::JsonLiteral => AnsiColor::BrightMagenta,
            Self::Option => return Style::new().bold(),
            Self::Metavariable => AnsiColor::Cyan,
        };
        color.on_default()
    }
}

/// Paints, or does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) coloured: bool,
}

impl Paint {
    /// Adds `text` to `out`.
    pub(super) fn put(self, out: &mut String, ink: Ink, text: &str) {
        if self.coloured {
            let style = ink.style();
            // Writing to a String does not fail.
            let _ = write!(out, "{style}{text}{style:#}");
        } else {
            out.push_str(text);
        }
    }
}

/// `text` with its control characters replaced, but for line breaks and tabs: a server must not
/// steer the terminal of whoever looks at its answers.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    let is_harmless = |char: char| !char.is_control() || matches!(char, '\n' | '\t');
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let shown = text.chars().map(|char| match char {
        char if is_harmless(char) => char,
        // The picture of a C0 control character.
        '\0'..'\x20' => char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        _ => '\u{fffd}',
    });
    Cow::Owned(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::{Ink, Paint, printable};

    #[test]
    fn without_colours_there_is_only_the_text() {
        let mut out = String::new();
        Paint { coloured: false }.put(&mut out, Ink::Reason, "OK");
        assert_eq!(out, "OK");
        Paint { coloured: true }.put(&mut out, Ink::Reason, "OK");
        assert_eq!(out, "OK\x1b[96mOK\x1b[0m");
    }

    #[test]
    fn control_characters_become_pictures_of_themselves() {
        assert_eq!(printable("a\tb\r\nc"), "a\tb\nc");
        assert_eq!(printable("\x1b[31mred\x07\x7f\u{9b}"), "␛[31mred␇␡\u{fffd}");
    }
}
