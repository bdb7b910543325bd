//! Extensions that the engine does not have itself.

use std::any::Any;
use std::fmt;

use bytes::Bytes;

use crate::engine::ws::error::Violation;
use crate::engine::ws::message::Kind;

/// A data frame as it is on the wire, but unmasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// What the opcode says.
    pub kind: Kind,
    /// Whether it is the last of its message.
    pub is_final: bool,
    /// The three reserved bits; RSV1 is 4, RSV2 is 2, RSV3 is 1.
    pub rsv: u8,
    /// The payload.
    pub payload: Bytes,
}

/// Changes the data frames of one connection, each direction in the order of the wire. It is
/// called outside of any lock.
pub trait Codec: fmt::Debug + Send + Sync {
    /// The extension's registered name.
    fn name(&self) -> String;

    /// Itself, for those who want to know what it is.
    fn as_any(&self) -> &dyn Any;

    /// Changes a frame that is to be sent.
    ///
    /// # Errors
    /// When it cannot be sent.
    fn encode(&self, frame: RawFrame) -> Result<RawFrame, Violation>;

    /// Changes back a frame that arrived, to one of at most `max_size` bytes.
    ///
    /// # Errors
    /// When the peer broke the extension's rules or the limit.
    fn decode(&self, frame: RawFrame, max_size: Option<usize>) -> Result<RawFrame, Violation>;
}
