//! The line before a chunk: its size and its extensions (RFC 9112, 7.1).

use super::super::chars::{QUOTED, TOKEN, VALUE, end_of, is};
use super::super::error::Error;
use super::super::leniency::Leniency;
use super::{Found, MAX_CHUNK_LINE, Parser, State, Step};

impl Parser {
    pub(super) fn start_chunk_line(&mut self) {
        self.remaining = 0;
        self.allowance = MAX_CHUNK_LINE;
        self.state = State::ChunkSizeStart;
    }

    pub(super) fn chunk_line(&mut self, data: &[u8], at: &mut usize) -> Step {
        let byte = data[*at];
        match self.state {
            State::ChunkSizeStart | State::ChunkSize => self.chunk_size(byte, at),
            State::SpacesAfterChunkSize => self.after_chunk_size(byte, at),
            State::Extension => self.extension(byte),
            State::ExtensionName => self.extension_name(data, at),
            State::ExtensionValue => self.extension_value(data, at),
            State::ExtensionQuoted => self.extension_quoted(data, at),
            State::ExtensionQuotedPair => self.extension_quoted_pair(byte, at),
            State::ExtensionAfterQuoted => {
                let reason = "Invalid character in chunk extensions quote value";
                self.extension_end(byte, at, reason)
            }
            _ => self.chunk_line_lf(byte, at),
        }
    }

    fn chunk_size(&mut self, byte: u8, at: &mut usize) -> Step {
        let Some(digit) = char::from(byte).to_digit(16) else {
            return match self.state {
                State::ChunkSize => self.after_chunk_size(byte, at),
                _ => Err(Error::other("Invalid character in chunk size")),
            };
        };
        if self.remaining >> 60 != 0 {
            return Err(Error::other("Chunk size overflow"));
        }
        self.remaining = self.remaining << 4 | u64::from(digit);
        Ok(self.take(at, State::ChunkSize))
    }

    fn after_chunk_size(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b' ' | b'\t' if self.leniency.has(Leniency::SPACES_AFTER_CHUNK_SIZE) => {
                Ok(self.take(at, State::SpacesAfterChunkSize))
            }
            b'\r' => Ok(self.take(at, State::ChunkLineLf)),
            b'\n' => self.lf_alone(at, "Missing expected CR after chunk size"),
            b';' => Ok(self.take(at, State::Extension)),
            _ => Err(Error::other("Invalid character in chunk size")),
        }
    }

    fn extension(&mut self, byte: u8) -> Step {
        match byte {
            b' ' | b'\r' => Err(Error::other("Invalid character in chunk extensions")),
            _ => Ok(self.goto(State::ExtensionName)),
        }
    }

    fn extension_name(&mut self, data: &[u8], at: &mut usize) -> Step {
        *at = end_of(TOKEN, data, *at);
        match data.get(*at) {
            None => Ok(Found::Nothing),
            Some(b'=') => Ok(self.take(at, State::ExtensionValue)),
            Some(&byte) => {
                let reason = "Invalid character in chunk extensions name";
                self.extension_end(byte, at, reason)
            }
        }
    }

    fn extension_value(&mut self, data: &[u8], at: &mut usize) -> Step {
        *at = end_of(TOKEN, data, *at);
        match data.get(*at) {
            None => Ok(Found::Nothing),
            Some(b'"') => Ok(self.take(at, State::ExtensionQuoted)),
            Some(&byte) => {
                let reason = "Invalid character in chunk extensions value";
                self.extension_end(byte, at, reason)
            }
        }
    }

    fn extension_quoted(&mut self, data: &[u8], at: &mut usize) -> Step {
        *at = end_of(QUOTED, data, *at);
        match data.get(*at) {
            None => Ok(Found::Nothing),
            Some(b'"') => Ok(self.take(at, State::ExtensionAfterQuoted)),
            Some(b'\\') => Ok(self.take(at, State::ExtensionQuotedPair)),
            Some(_) => {
                let reason = "Invalid character in chunk extensions quoted value";
                Err(Error::other(reason))
            }
        }
    }

    fn extension_quoted_pair(&mut self, byte: u8, at: &mut usize) -> Step {
        match is(byte, VALUE) {
            true => Ok(self.take(at, State::ExtensionQuoted)),
            false => {
                let reason = "Invalid quoted-pair in chunk extensions quoted value";
                Err(Error::other(reason))
            }
        }
    }

    fn extension_end(&mut self, byte: u8, at: &mut usize, reason: &'static str) -> Step {
        match byte {
            b';' => Ok(self.take(at, State::Extension)),
            b'\r' => Ok(self.take(at, State::ChunkLineLf)),
            b'\n' => self.lf_alone(at, "Missing expected CR after chunk extensions"),
            _ => Err(Error::other(reason)),
        }
    }

    fn lf_alone(&mut self, at: &mut usize, reason: &'static str) -> Step {
        match self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) {
            true => {
                *at += 1;
                Ok(self.chunk_line_is_read())
            }
            false => Err(Error::other(reason)),
        }
    }

    fn chunk_line_lf(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\n' => *at += 1,
            _ if self.leniency.has(Leniency::OPTIONAL_LF_AFTER_CR) => {}
            _ => return Err(Error::other("Expected LF after chunk size")),
        }
        Ok(self.chunk_line_is_read())
    }

    fn chunk_line_is_read(&mut self) -> Found {
        self.allowance = usize::MAX;
        self.tell(Found::ChunkHeader, State::ChunkLineDone)
    }

    pub(super) fn chunk_line_done(&mut self) -> Found {
        match self.remaining {
            0 => self.start_trailers(),
            _ => self.state = State::ChunkData,
        }
        Found::Step
    }
}
