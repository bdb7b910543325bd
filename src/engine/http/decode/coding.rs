//! What every content coding does, and a coding in a chain.

use bytes::Bytes;

use super::{brotli::Brotli, deflate::Deflate, deflate::Gzip, zstd::Zstd};
use crate::engine::error::{BoxError, Error, Kind};

/// The most that comes out of a decoder at once, in bytes.
pub const MAX_PIECE: usize = 64 * 1024;

/// The least that is set aside for a piece: short input often stands for more.
const MIN_PIECE: usize = 1024;

/// The most that one content coding may be wrapped in others. More is an attack.
pub(super) const MAX_CHAIN: usize = 5;

/// A content coding, undone as its data arrives.
pub(super) trait Coding: Send {
    /// Decodes from the front of `input` into the spare capacity of `piece`, until the one is
    /// used up or the other full.
    ///
    /// # Errors
    /// The data is malformed.
    fn decode(&mut self, input: &mut Bytes, piece: &mut Vec<u8>) -> Result<(), BoxError>;

    /// Tells that there is no more input.
    ///
    /// # Errors
    /// The data ended too early, in a coding whose end httpx looks at.
    fn finish(&self) -> Result<(), BoxError> {
        Ok(())
    }
}

/// One coding of a chain, and its input.
pub(super) struct Stage {
    name: &'static str,
    coding: Box<dyn Coding>,
    pub(super) input: Bytes,
    /// The last piece was full, so the coding may hold more that needs no input.
    holds_more: bool,
}

impl Stage {
    /// The coding of that name, in lower case. `None` if it is not known.
    ///
    /// # Errors
    /// `Decoding` when there is no memory for it.
    pub(super) fn named(name: &str) -> Result<Option<Self>, Error> {
        let (name, coding): (_, Box<dyn Coding>) = match name {
            "gzip" => ("gzip", Box::new(Gzip::default())),
            "deflate" => ("deflate", Box::new(Deflate::default())),
            "br" => ("br", Box::new(Brotli::default())),
            "zstd" => {
                let zstd = Zstd::new().map_err(|error| malformed("zstd", error.into()))?;
                ("zstd", Box::new(zstd))
            }
            _ => return Ok(None),
        };
        Ok(Some(Self {
            name,
            coding,
            input: Bytes::new(),
            holds_more: false,
        }))
    }

    /// The next piece of what the input says, or `None` when more input is needed.
    pub(super) fn step(&mut self) -> Result<Option<Bytes>, Error> {
        if self.input.is_empty() && !self.holds_more {
            return Ok(None);
        }
        let mut piece = Vec::with_capacity(self.room());
        let decoded = self.coding.decode(&mut self.input, &mut piece);
        decoded.map_err(|cause| malformed(self.name, cause))?;
        self.holds_more = piece.len() == piece.capacity();
        Ok((!piece.is_empty()).then(|| piece.into()))
    }

    pub(super) fn finish(&self) -> Result<(), Error> {
        self.coding
            .finish()
            .map_err(|cause| malformed(self.name, cause))
    }

    fn room(&self) -> usize {
        if self.holds_more {
            return MAX_PIECE;
        }
        (4 * self.input.len()).clamp(MIN_PIECE, MAX_PIECE)
    }
}

fn malformed(name: &str, cause: BoxError) -> Error {
    let message = format!(
        "The response body could not be decoded: its Content-Encoding says {name}, but it is no \
         valid {name} data ({cause})."
    );
    Error::new(Kind::Decoding, message).caused_by(cause)
}
