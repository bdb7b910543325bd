//! Where in a message a parser is.

/// What the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The first of a message, or of an empty line before it.
    Start,
    StartLf,

    Method,
    SpacesBeforeTarget,
    Target,
    /// The LF of a request line without a version.
    TargetLf,
    SpacesAfterTarget,
    /// A letter of "HTTP", "RTSP" or "ICE", or the slash after it.
    Protocol,
    Major,
    Dot,
    Minor,
    RequestLineCr,
    RequestLineLf,
    /// What follows the first line of HTTP/2's preface.
    Preface,

    SpaceAfterVersion,
    StatusDigit,
    AfterStatus,
    Reason,
    StatusLineLf,

    /// The first after the start line.
    FieldsStart,
    FieldStart,
    Name,
    SpacesAfterName,
    SpacesBeforeValue,
    EmptyValueLf,
    /// The first after a line with an empty value.
    AfterEmptyValue,
    Value,
    /// Of a value in which any byte may stand.
    AnyValue,
    ValueLf,
    /// The first after a line with a value.
    AfterValue,
    FieldsLf,
    /// Decides what follows the head; takes no byte.
    HeadDone,

    Body,
    BodyToEnd,

    ChunkSizeStart,
    ChunkSize,
    SpacesAfterChunkSize,
    Extension,
    ExtensionName,
    ExtensionValue,
    ExtensionQuoted,
    ExtensionQuotedPair,
    ExtensionAfterQuoted,
    ChunkLineLf,
    /// Decides whether it is the last chunk; takes no byte.
    ChunkLineDone,
    ChunkData,
    ChunkDataCr,
    ChunkDataLf,

    /// Tells of the end; takes no byte.
    MessageDone,
    /// Tells of the end before another protocol; takes no byte.
    MessageDoneBeforeUpgrade,
    /// Takes no byte.
    Upgrade,
    /// Decides whether another message may follow; takes no byte.
    Cleanup,
    Closed,
}

// The order of the states is that of the parts of a message.
impl State {
    /// Also what comes before it, and the version, which a status line has as well.
    pub(super) fn is_in_request_line(self) -> bool {
        (self as u8) <= (Self::Preface as u8)
    }

    pub(super) fn is_in_status_line(self) -> bool {
        (Self::SpaceAfterVersion as u8..=Self::StatusLineLf as u8).contains(&(self as u8))
    }

    pub(super) fn is_in_fields(self) -> bool {
        (Self::FieldsStart as u8..=Self::FieldsLf as u8).contains(&(self as u8))
    }

    pub(super) fn is_in_chunk_line(self) -> bool {
        (Self::ChunkSizeStart as u8..=Self::ChunkLineLf as u8).contains(&(self as u8))
    }
}
