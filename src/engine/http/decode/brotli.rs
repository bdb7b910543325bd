//! br (RFC 7932).

use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, HeapAlloc, HuffmanCode};
use bytes::{Buf as _, Bytes};

use super::coding::Coding;
use crate::engine::error::BoxError;

type State = BrotliState<HeapAlloc<u8>, HeapAlloc<u32>, HeapAlloc<HuffmanCode>>;

pub(super) struct Brotli {
    /// Several kilobytes large.
    state: Box<State>,
    ended: bool,
}

impl Default for Brotli {
    fn default() -> Self {
        let codes = HeapAlloc::new(HuffmanCode::default());
        // Strict: without the large windows that are no part of the RFC, and take up to 1 GiB.
        let state = BrotliState::new_strict(HeapAlloc::new(0), HeapAlloc::new(0), codes);
        Self {
            state: Box::new(state),
            ended: false,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the brotli decoder failed")]
    Malformed,
    #[error("data follows the end of the brotli stream")]
    Surplus,
}

impl Coding for Brotli {
    fn decode(&mut self, input: &mut Bytes, piece: &mut Vec<u8>) -> Result<(), BoxError> {
        if self.ended {
            return self.refuse_surplus(input);
        }
        let (mut available_in, mut used) = (input.len(), 0);
        piece.resize(piece.capacity(), 0);
        let (mut available_out, mut written) = (piece.len(), 0);
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut used,
            input,
            &mut available_out,
            &mut written,
            piece,
            &mut 0,
            &mut self.state,
        );
        input.advance(used);
        piece.truncate(written);
        match result {
            BrotliResult::ResultFailure => Err(Failure::Malformed.into()),
            BrotliResult::ResultSuccess => {
                self.ended = true;
                self.refuse_surplus(input)
            }
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => Ok(()),
        }
    }
}

impl Brotli {
    fn refuse_surplus(&self, input: &Bytes) -> Result<(), BoxError> {
        if input.is_empty() {
            return Ok(());
        }
        Err(Failure::Surplus.into())
    }
}
