//! Messages and their fragments, as the user sends and receives them.

use bytes::Bytes;
pub use tungstenite::Utf8Bytes;

use super::error::Violation;
use super::utf8::Utf8Check;

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

    /// What the opcode of its first frame says.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Binary(_) => Kind::Binary,
        }
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

    /// The text, also of a binary message.
    ///
    /// # Errors
    /// What of a binary message is no UTF-8.
    pub fn into_text(self) -> Result<Utf8Bytes, Violation> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Binary(data) => {
                let mut check = Utf8Check::default();
                check.advance(&data)?;
                check.finish()?;
                // The check has seen all of it.
                Ok(Utf8Bytes::try_from(data).unwrap_or_default())
            }
        }
    }

    /// The payload.
    pub fn into_payload(self) -> Bytes {
        match self {
            Self::Text(text) => text.into(),
            Self::Binary(data) => data,
        }
    }
}

/// A string of its own, without a copy if nobody else has the text.
pub fn into_string(text: Utf8Bytes) -> String {
    // SAFETY: they were the bytes of UTF-8 text.
    unsafe { String::from_utf8_unchecked(Bytes::from(text).into()) }
}

/// The opcode of a data frame, RFC 6455 section 5.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Goes on with a message.
    Continuation,
    /// Begins a text message.
    Text,
    /// Begins a binary message.
    Binary,
}

/// A data frame that arrived: a message, or a part of one.
///
/// The fragments of a text message are valid UTF-8 together; a character may be cut between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    pub(super) kind: Kind,
    pub(super) is_final: bool,
    pub(super) rsv: u8,
    pub(super) payload: Bytes,
    /// Whether text was checked; the message it belongs to may be taken for UTF-8 then.
    pub(super) checked: bool,
}

impl Fragment {
    /// What its opcode says.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is the last of its message.
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// The reserved bits that no extension of the engine's has used: RSV1 is 4, RSV2 2, RSV3 1.
    pub fn rsv(&self) -> u8 {
        self.rsv
    }

    /// The payload.
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The payload itself.
    pub fn into_payload(self) -> Bytes {
        self.payload
    }
}

impl Fragment {
    /// The message, from its only fragment or from all of them joined.
    pub(super) fn into_message(self) -> Message {
        match self.kind {
            Kind::Text if self.checked => {
                // SAFETY: what makes fragments with `checked` set has looked at every byte of the
                // message they belong to, and this is all of it.
                Message::Text(unsafe { Utf8Bytes::from_bytes_unchecked(self.payload) })
            }
            Kind::Text => match Utf8Bytes::try_from(self.payload.clone()) {
                Ok(text) => Message::Text(text),
                Err(_) => Message::Binary(self.payload),
            },
            Kind::Binary | Kind::Continuation => Message::Binary(self.payload),
        }
    }
}

/// The first fragments of a message, put together.
#[derive(Debug)]
pub(super) struct Joined {
    kind: Kind,
    checked: bool,
    payload: Vec<u8>,
}

impl Joined {
    /// Nothing yet, of the message that begins with `first`.
    pub(super) fn new(first: &Fragment) -> Self {
        Self {
            kind: first.kind,
            checked: first.checked,
            payload: Vec::new(),
        }
    }

    /// Adds the next fragment.
    pub(super) fn push(&mut self, next: Fragment) {
        self.checked &= next.checked;
        match self.payload.is_empty() {
            // The only one that holds its bytes gives them up without a copy.
            true => self.payload = Vec::from(next.payload),
            false => self.payload.extend_from_slice(&next.payload),
        }
    }

    /// One fragment in place of all.
    pub(super) fn into_fragment(self, is_final: bool) -> Fragment {
        Fragment {
            kind: self.kind,
            is_final,
            rsv: 0,
            payload: Bytes::from(self.payload),
            checked: self.checked,
        }
    }
}
