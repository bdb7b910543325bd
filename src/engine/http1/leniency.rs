//! What a parser lets pass that it should not.

/// A set of leniencies. The default is none.
///
/// Each lets messages through that other recipients of the same bytes may understand differently,
/// which is what request smuggling lives on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leniency(u16);

impl Leniency {
    /// Any bytes in a value, folded lines (`obs-fold`), LF alone after such a value, a space before
    /// the first field and before the colon of a field that frames the message.
    pub const HEADERS: Self = Self(1);
    /// Content-Length beside Transfer-Encoding, which then counts.
    pub const CHUNKED_LENGTH: Self = Self(1 << 1);
    /// Further messages after one that was to be the last.
    pub const KEEP_ALIVE: Self = Self(1 << 2);
    /// In a request, codings that do not end with "chunked", or go on after it.
    pub const TRANSFER_ENCODING: Self = Self(1 << 3);
    /// Versions other than 0.9, 1.0, 1.1 and 2.0.
    pub const VERSION: Self = Self(1 << 4);
    /// Bytes after the last message; they are passed over.
    pub const DATA_AFTER_CLOSE: Self = Self(1 << 5);
    /// CR alone at the end of a line that is no field.
    pub const OPTIONAL_LF_AFTER_CR: Self = Self(1 << 6);
    /// LF alone at the end of any line.
    pub const OPTIONAL_CR_BEFORE_LF: Self = Self(1 << 7);
    /// Nothing between a chunk and the next one's size.
    pub const OPTIONAL_CRLF_AFTER_CHUNK: Self = Self(1 << 8);
    /// Spaces and tabs after a chunk's size.
    pub const SPACES_AFTER_CHUNK_SIZE: Self = Self(1 << 9);

    /// Whether all of `other` are in the set.
    #[inline]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The set with `other` put in or taken out.
    #[must_use]
    pub fn with(self, other: Self, is_in: bool) -> Self {
        match is_in {
            true => Self(self.0 | other.0),
            false => Self(self.0 & !other.0),
        }
    }

    /// The set as a number.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The set that a number stands for.
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }
}
