//! What a parser tells.

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// None: a message may begin.
    Between,
    /// The start line and the header fields.
    Head,
    /// A body whose length is known.
    Body,
    /// A body that ends with the connection.
    BodyToEnd,
    /// A body in chunks, and the trailer fields after it.
    Chunks,
}

/// What a parser comes across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The first byte of a message.
    MessageBegin,
    /// A piece of the request target.
    Target(&'a [u8]),
    /// A piece of the reason phrase, which may be empty.
    Reason(&'a [u8]),
    /// A header field, or after the last chunk a trailer field.
    Field {
        /// As it was sent.
        name: &'a [u8],
        /// Without the spaces before it.
        value: &'a [u8],
    },
    /// The empty line after the header fields.
    HeadersComplete,
    /// A piece of the body, without chunk framing.
    Body(&'a [u8]),
    /// The line before a chunk; also before the last one, which is empty.
    ChunkHeader,
    /// The end of a chunk; of the last one, after the trailer fields.
    ChunkComplete,
    /// The end of a message.
    MessageComplete,
    /// What follows is another protocol (Upgrade, CONNECT). The parser goes on after it if it is
    /// given further bytes.
    Upgrade,
}

/// An event without the bytes it carries.
#[derive(Debug)]
pub struct Token(pub(super) Found);

impl Token {
    /// Whether it is a field or a piece of a body, of which there are many.
    #[inline]
    pub fn is_frequent(&self) -> bool {
        matches!(self.0, Found::Field | Found::Body)
    }
}

/// What a step came across, without what it refers to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    /// Nothing that is to be told; there may be more in what is left.
    Step,
    /// Nothing, and no byte is left.
    Nothing,
    MessageBegin,
    Target,
    Reason,
    Field,
    HeadersComplete,
    Body,
    ChunkHeader,
    ChunkComplete,
    MessageComplete,
    Upgrade,
}
