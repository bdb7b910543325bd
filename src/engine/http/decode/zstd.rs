//! zstd (RFC 8878): frames, one after the other.

use std::io;

use bytes::{Buf as _, Bytes};
use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

use super::coding::Coding;
use crate::engine::error::BoxError;

pub(super) struct Zstd {
    /// Takes windows of up to 128 MiB, the library's bound.
    decoder: Decoder<'static>,
    in_frame: bool,
}

impl Zstd {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            decoder: Decoder::new()?,
            in_frame: false,
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("it ends within a frame")]
struct Incomplete;

impl Coding for Zstd {
    fn decode(&mut self, input: &mut Bytes, piece: &mut Vec<u8>) -> Result<(), BoxError> {
        let mut source = InBuffer::around(input);
        let mut target = OutBuffer::around(piece);
        while target.pos() < target.capacity() {
            let before = (source.pos(), target.pos());
            let hint = self.decoder.run(&mut source, &mut target)?;
            let is_idle = before == (source.pos(), target.pos());
            // Without input it cannot tell whether it is in a frame.
            self.in_frame = hint != 0 && (self.in_frame || !is_idle);
            if is_idle {
                break;
            }
        }
        let used = source.pos();
        input.advance(used);
        Ok(())
    }

    fn finish(&self) -> Result<(), BoxError> {
        if self.in_frame {
            return Err(Incomplete.into());
        }
        Ok(())
    }
}
