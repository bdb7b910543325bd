//! The first line of a response (RFC 9112, 4), from behind the version on.

use super::super::chars::{VALUE, end_of};
use super::super::error::Error;
use super::super::leniency::Leniency;
use super::{Found, Parser, State, Step};

impl Parser {
    pub(super) fn status_line(&mut self, data: &[u8], at: &mut usize) -> Step {
        let byte = data[*at];
        match self.state {
            State::SpaceAfterVersion => self.space_after_version(byte, at),
            State::StatusDigit => self.status_digit(byte, at),
            State::AfterStatus => self.after_status(byte, at),
            State::Reason => self.read_reason(data, at),
            _ => self.status_line_lf(byte, at),
        }
    }

    fn space_after_version(&mut self, byte: u8, at: &mut usize) -> Step {
        if byte != b' ' {
            return Err(Error::other("Expected space after version"));
        }
        self.status = 0;
        self.word_length = 0;
        Ok(self.take(at, State::StatusDigit))
    }

    fn status_digit(&mut self, byte: u8, at: &mut usize) -> Step {
        if !byte.is_ascii_digit() {
            return Err(Error::status("Invalid status code"));
        }
        self.status = self.status * 10 + u16::from(byte - b'0');
        self.push_word(byte);
        let state = match self.word_length {
            3 => State::AfterStatus,
            _ => State::StatusDigit,
        };
        Ok(self.take(at, state))
    }

    fn after_status(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b' ' => {
                self.is_reason_told = false;
                Ok(self.take(at, State::Reason))
            }
            b'\r' => Ok(self.take(at, State::StatusLineLf)),
            b'\n' if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                Ok(self.take(at, State::FieldsStart))
            }
            _ => Err(Error::status("Invalid response status")),
        }
    }

    /// Tells of the piece first, and of what ends it at the next call.
    fn read_reason(&mut self, data: &[u8], at: &mut usize) -> Step {
        let from = *at;
        *at = match self.leniency.has(Leniency::HEADERS) {
            true => line_end(data, from),
            false => end_of(VALUE, data, from),
        };
        let byte = data.get(*at);
        let is_empty_phrase = !self.is_reason_told && matches!(byte, Some(b'\r' | b'\n'));
        if *at > from || is_empty_phrase {
            self.is_reason_told = true;
            self.piece.set(from, *at);
            return Ok(Found::Reason);
        }
        match byte {
            None => Ok(Found::Nothing),
            Some(b'\r') => Ok(self.take(at, State::StatusLineLf)),
            Some(b'\n') if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                Ok(self.take(at, State::FieldsStart))
            }
            Some(b'\n') => Err(Error::other("Missing expected CR after response line")),
            Some(_) => Err(Error::status("Invalid response status")),
        }
    }

    fn status_line_lf(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\n' => Ok(self.take(at, State::FieldsStart)),
            _ if self.leniency.has(Leniency::OPTIONAL_LF_AFTER_CR) => {
                Ok(self.goto(State::FieldsStart))
            }
            _ => Err(Error::other("Expected LF after CR")),
        }
    }
}

/// Where the next CR or LF is.
pub(super) fn line_end(data: &[u8], from: usize) -> usize {
    let rest = &data[from..];
    let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    from + length.unwrap_or(rest.len())
}
