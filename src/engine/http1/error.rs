//! Why bytes are no HTTP/1.x message.

/// What of a message is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request method is unknown, or what follows it is no space.
    Method,
    /// The request target.
    Target,
    /// The status code or the reason phrase.
    Status,
    /// Nothing of the message: what was told of it was met with an error.
    Callback,
    /// Anything else.
    Other,
}

/// Why bytes are no HTTP/1.x message. A parser that met one has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// How it is wrong, in llhttp's words where llhttp has such an error.
    pub reason: &'static str,
}

impl Error {
    pub(super) fn method(reason: &'static str) -> Self {
        let kind = ErrorKind::Method;
        Self { kind, reason }
    }

    pub(super) fn target(reason: &'static str) -> Self {
        let kind = ErrorKind::Target;
        Self { kind, reason }
    }

    pub(super) fn status(reason: &'static str) -> Self {
        let kind = ErrorKind::Status;
        Self { kind, reason }
    }

    /// What was told of the message was met with an error.
    pub fn callback(reason: &'static str) -> Self {
        let kind = ErrorKind::Callback;
        Self { kind, reason }
    }

    pub(super) fn other(reason: &'static str) -> Self {
        let kind = ErrorKind::Other;
        Self { kind, reason }
    }
}
