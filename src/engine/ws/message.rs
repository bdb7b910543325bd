//! Whole messages, as the user sends and receives them.

use bytes::Bytes;
pub use tungstenite::Utf8Bytes;

/// A message: all fragments together. Cloning shares the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text; `Bytes::from(text)` gives the payload without a copy.
    Text(Utf8Bytes),
    /// Bytes of any kind.
    Binary(Bytes),
}

impl Message {
    /// A text message.
    pub fn text(text: impl Into<Utf8Bytes>) -> Self {
        Self::Text(text.into())
    }

    /// A binary message.
    pub fn binary(data: impl Into<Bytes>) -> Self {
        Self::Binary(data.into())
    }

    /// Length of the payload in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(data) => data.len(),
        }
    }

    /// Whether the payload is empty, which both kinds allow.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
