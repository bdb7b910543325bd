//! gzip (RFC 1952) and deflate (RFC 1950, and what is wrongly sent for it, RFC 1951).

use bytes::{Buf as _, Bytes};
use flate2::{Decompress, FlushDecompress, Status};

use super::coding::Coding;
use crate::engine::error::BoxError;

/// The largest window that the format allows, as a power of two.
const WINDOW_BITS: u8 = 15;

/// Inflates one stream. What follows it is ignored, as zlib's own object in Python does.
pub(super) struct Inflate {
    stream: Decompress,
    ended: bool,
}

impl From<Decompress> for Inflate {
    fn from(stream: Decompress) -> Self {
        let ended = false;
        Self { stream, ended }
    }
}

impl Inflate {
    fn decode(&mut self, input: &mut Bytes, piece: &mut Vec<u8>) -> Result<(), BoxError> {
        if self.ended {
            input.clear();
            return Ok(());
        }
        let before = self.stream.total_in();
        let status = self
            .stream
            .decompress_vec(input, piece, FlushDecompress::None)?;
        input.advance((self.stream.total_in() - before) as usize);
        self.ended = status == Status::StreamEnd;
        if self.ended {
            input.clear();
        }
        Ok(())
    }
}

/// The first member of gzip data; httpx leaves out the others as well.
pub(super) struct Gzip(Inflate);

impl Default for Gzip {
    fn default() -> Self {
        Self(Decompress::new_gzip(WINDOW_BITS).into())
    }
}

impl Coding for Gzip {
    fn decode(&mut self, input: &mut Bytes, piece: &mut Vec<u8>) -> Result<(), BoxError> {
        self.0.decode(input, piece)
    }
}

/// Deflate data with or without the zlib header that belongs there.
#[derive(Default)]
pub(super) enum Deflate {
    /// Nothing came yet.
    #[default]
    Unseen,
    /// The first byte, which may be that of a header.
    First(u8),
    Known(Inflate),
}

impl Coding for Deflate {
    fn decode(&mut self, input: &mut Bytes, piece: &mut Vec<u8>) -> Result<(), BoxError> {
        let first = match self {
            Self::Known(inflate) => return inflate.decode(input, piece),
            Self::First(first) => *first,
            Self::Unseen if input.is_empty() => return Ok(()),
            Self::Unseen => input.get_u8(),
        };
        let Some(&second) = input.first().or((!may_be_zlib(first)).then_some(&0)) else {
            *self = Self::First(first);
            return Ok(());
        };
        let has_header = is_zlib(first, second);
        let mut inflate = Inflate::from(Decompress::new(has_header));
        inflate.decode(&mut Bytes::copy_from_slice(&[first]), piece)?;
        inflate.decode(input, piece)?;
        *self = Self::Known(inflate);
        Ok(())
    }
}

/// RFC 1950, 2.2: the method is 8 and the window is not too large. Raw data cannot start so: it
/// would be a stored block with padding that is not zero.
fn may_be_zlib(first: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7
}

fn is_zlib(first: u8, second: u8) -> bool {
    may_be_zlib(first) && u16::from_be_bytes([first, second]).is_multiple_of(31)
}
