//! Bodies, and what follows the last message.

use super::super::error::Error;
use super::super::leniency::Leniency;
use super::{Found, Parser, State, Step};

impl Parser {
    pub(super) fn body(&mut self, data: &[u8], at: &mut usize) -> Step {
        let byte = data[*at];
        match self.state {
            State::Body => Ok(self.counted(data, at, State::MessageDone)),
            State::ChunkData => Ok(self.counted(data, at, State::ChunkDataCr)),
            State::ChunkDataCr => self.chunk_data_cr(byte, at),
            State::ChunkDataLf => self.chunk_data_lf(byte, at),
            State::Closed => self.closed(byte, data, at),
            _ => {
                self.piece.set(*at, data.len());
                *at = data.len();
                Ok(Found::Body)
            }
        }
    }

    fn counted(&mut self, data: &[u8], at: &mut usize, then: State) -> Found {
        let left = data.len() - *at;
        let remaining = usize::try_from(self.remaining).unwrap_or(usize::MAX);
        let from = *at;
        *at += left.min(remaining);
        self.remaining -= (*at - from) as u64;
        if self.remaining == 0 {
            self.state = then;
        }
        self.piece.set(from, *at);
        Found::Body
    }

    fn chunk_data_cr(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\r' => Ok(self.take(at, State::ChunkDataLf)),
            b'\n' if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                *at += 1;
                Ok(self.chunk_is_complete())
            }
            b'\n' => Err(Error::other("Missing expected CR after chunk data")),
            _ => self.without_line_end(),
        }
    }

    fn chunk_data_lf(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\n' => {
                *at += 1;
                Ok(self.chunk_is_complete())
            }
            _ => self.without_line_end(),
        }
    }

    fn without_line_end(&mut self) -> Step {
        match self.leniency.has(Leniency::OPTIONAL_CRLF_AFTER_CHUNK) {
            true => Ok(self.chunk_is_complete()),
            false => Err(Error::other("Expected LF after chunk data")),
        }
    }

    fn chunk_is_complete(&mut self) -> Found {
        self.start_chunk_line();
        Found::ChunkComplete
    }

    /// Line ends are passed over, as before a first message.
    fn closed(&mut self, byte: u8, data: &[u8], at: &mut usize) -> Step {
        if matches!(byte, b'\r' | b'\n') {
            *at += 1;
            return Ok(Found::Step);
        }
        if self.leniency.has(Leniency::DATA_AFTER_CLOSE) {
            *at = data.len();
            return Ok(Found::Nothing);
        }
        Err(Error::other("Data after `Connection: close`"))
    }
}
