//! Why a connection failed, and how it ended.

use std::io;
use std::sync::Arc;
use std::{error, fmt};

use super::close::{Close, code};
use super::protocol::State;

/// A rule of RFC 6455 that the peer, or the caller, broke. The words are sent to the peer as the
/// reason of the close frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A frame or a sequence of frames that is not allowed. Closes with 1002.
    #[error("{0}")]
    Protocol(&'static str),
    /// Text that is not UTF-8. Closes with 1007.
    #[error("{reason} at position {position}")]
    InvalidUtf8 {
        /// What is wrong, in the words of Python's decoder.
        reason: &'static str,
        /// Byte of the message at which the bad sequence starts.
        position: usize,
    },
    /// A message or fragment over the limit. Closes with 1009.
    #[error(
        "frame {}{}exceeds limit of {limit} bytes",
        with(*.size),
        after(*.received)
    )]
    PayloadTooBig {
        /// Payload length that the frame announced; `None` when it got too big by decompression.
        size: Option<u64>,
        /// Bytes of earlier fragments of the same message, if there were fragments.
        received: Option<usize>,
        /// The limit in bytes.
        limit: usize,
    },
    /// Code of the user's, an extension, failed.
    #[error("{}", .0.reason)]
    User(Fault),
}

/// What failed in code of the user's, and how the connection is closed for it.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The close code.
    pub code: u16,
    /// The close reason.
    pub reason: String,
    /// What was raised.
    pub cause: Arc<dyn error::Error + Send + Sync>,
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cause, &other.cause)
    }
}

impl Eq for Fault {}

fn with(size: Option<u64>) -> String {
    size.map_or_else(String::new, |size| format!("with {size} bytes "))
}

fn after(received: Option<usize>) -> String {
    received.map_or_else(String::new, |n| format!("after reading {n} bytes "))
}

impl Violation {
    /// The close code that RFC 6455 section 7.4.1 gives to this violation.
    pub fn close_code(&self) -> u16 {
        match self {
            Self::Protocol(_) => code::PROTOCOL_ERROR,
            Self::InvalidUtf8 { .. } => code::INVALID_DATA,
            Self::PayloadTooBig { .. } => code::MESSAGE_TOO_BIG,
            Self::User(fault) => fault.code,
        }
    }
}

/// A frame that the protocol refuses to send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The connection is not in a state in which such a frame may be sent.
    #[error("connection is {0}")]
    InvalidState(State),
    /// The frame itself is not allowed.
    #[error(transparent)]
    InvalidFrame(#[from] Violation),
}

/// What ended a connection when it was not the closing handshake.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Cause {
    /// The peer broke the protocol.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The stream ended without a close frame.
    #[error("unexpected end of stream")]
    UnexpectedEof,
    /// Reading or writing failed.
    #[error("the connection to the peer failed: {0}")]
    Io(Arc<io::Error>),
    /// The peer did not complete the closing handshake within `close_timeout`.
    #[error("timed out while closing connection")]
    CloseTimeout,
    /// The runtime that the connection was made on is gone, and its sockets with it.
    #[error("the runtime that drove the connection was shut down")]
    RuntimeGone,
}

/// How a connection ended: what was said in close frames, and what else went wrong. Cloning is
/// cheap; everyone who waits on the connection gets the same.
#[derive(Debug, Clone)]
pub struct Closed(Arc<Outcome>);

#[derive(Debug)]
struct Outcome {
    rcvd: Option<Close>,
    sent: Option<Close>,
    rcvd_then_sent: Option<bool>,
    cause: Option<Cause>,
}

impl Closed {
    pub(super) fn new(
        rcvd: Option<Close>,
        sent: Option<Close>,
        rcvd_then_sent: Option<bool>,
        cause: Option<Cause>,
    ) -> Self {
        Self(Arc::new(Outcome {
            rcvd,
            sent,
            rcvd_then_sent,
            cause,
        }))
    }

    /// The close frame that the peer sent.
    pub fn rcvd(&self) -> Option<&Close> {
        self.0.rcvd.as_ref()
    }

    /// The close frame that this end sent.
    pub fn sent(&self) -> Option<&Close> {
        self.0.sent.as_ref()
    }

    /// Whether the peer's close frame came first; `None` unless both were exchanged.
    pub fn rcvd_then_sent(&self) -> Option<bool> {
        self.0.rcvd_then_sent
    }

    /// What went wrong below the closing handshake.
    pub fn cause(&self) -> Option<&Cause> {
        self.0.cause.as_ref()
    }

    /// Whether both ends closed with 1000, 1001 or no code at all.
    pub fn is_ok(&self) -> bool {
        self.rcvd().is_some_and(Close::is_ok) && self.sent().is_some_and(Close::is_ok)
    }
}

/// Written as the `websockets` package writes it.
impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rcvd(), self.sent()) {
            (None, None) => f.write_str("no close frame received or sent"),
            (None, Some(sent)) => write!(f, "sent {sent}; no close frame received"),
            (Some(rcvd), None) => write!(f, "received {rcvd}; no close frame sent"),
            (Some(rcvd), Some(sent)) if self.rcvd_then_sent() == Some(true) => {
                write!(f, "received {rcvd}; then sent {sent}")
            }
            (Some(rcvd), Some(sent)) => write!(f, "sent {sent}; then received {rcvd}"),
        }
    }
}

impl error::Error for Closed {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.cause()
            .map(|cause| cause as &(dyn error::Error + 'static))
    }
}

/// Why an operation on a connection failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectionError {
    /// The connection is closed.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// Somebody else is receiving.
    #[error("cannot call recv while another coroutine is already running recv or recv_streaming")]
    ConcurrentRecv,
    /// Somebody else is receiving; this one wanted fragments.
    #[error(
        "cannot call recv_streaming while another coroutine is already running recv or recv_streaming"
    )]
    ConcurrentStream,
    /// A ping with the same payload has not been answered yet.
    #[error("already waiting for a pong with the same data")]
    ConcurrentPing,
    /// The caller asked for a frame that RFC 6455 does not allow; the connection is unharmed.
    #[error(transparent)]
    InvalidFrame(#[from] Violation),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(rcvd: Option<u16>, sent: Option<u16>, order: Option<bool>) -> Closed {
        let close = |code| Close::new(code, "");
        Closed::new(rcvd.map(close), sent.map(close), order, None)
    }

    #[test]
    fn endings_are_worded_as_the_package_words_them() {
        for (ending, text) in [
            (closed(None, None, None), "no close frame received or sent"),
            (
                closed(Some(1000), Some(1000), Some(true)),
                "received 1000 (OK); then sent 1000 (OK)",
            ),
            (
                closed(Some(1000), Some(1001), Some(false)),
                "sent 1001 (going away); then received 1000 (OK)",
            ),
            (
                closed(None, Some(1011), None),
                "sent 1011 (internal error); no close frame received",
            ),
            (
                closed(Some(1002), None, None),
                "received 1002 (protocol error); no close frame sent",
            ),
        ] {
            assert_eq!(ending.to_string(), text);
        }
    }

    #[test]
    fn only_two_good_codes_make_a_good_ending() {
        assert!(closed(Some(1000), Some(1001), Some(true)).is_ok());
        assert!(closed(Some(1005), Some(1005), Some(true)).is_ok());
        assert!(!closed(Some(1000), None, None).is_ok());
        assert!(!closed(Some(4000), Some(4000), Some(true)).is_ok());
    }

    #[test]
    fn a_big_payload_is_described_by_what_was_read_before_it() {
        let mut error = Violation::PayloadTooBig {
            size: Some(9),
            received: None,
            limit: 8,
        };
        assert_eq!(
            error.to_string(),
            "frame with 9 bytes exceeds limit of 8 bytes"
        );
        if let Violation::PayloadTooBig { received, .. } = &mut error {
            *received = Some(4);
        }
        assert_eq!(
            error.to_string(),
            "frame with 9 bytes after reading 4 bytes exceeds limit of 8 bytes"
        );
    }
}
