//! Content codings (RFC 9110, 8.4): from what a response brought to what it means.
//!
//! Data is pushed in as it arrives and pulled out in pieces of at most [`MAX_PIECE`] bytes, so that
//! a few bytes that stand for gigabytes never take more memory than that. Who keeps the pieces
//! asks [`Budget`] how far to go.

mod brotli;
mod budget;
mod chain;
mod coding;
mod deflate;
mod zstd;

pub use budget::Budget;
pub use chain::Decoder;
pub use coding::MAX_PIECE;
