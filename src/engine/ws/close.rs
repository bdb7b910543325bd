//! Close frames and their codes, RFC 6455 sections 5.5.1 and 7.4.

use std::fmt;

use super::error::Violation;
use super::frame::MAX_CONTROL_PAYLOAD;
use super::utf8::python_reason;

/// Close codes that this engine sends or tells apart. The registry is
/// <https://www.iana.org/assignments/websocket/websocket.xhtml>.
pub mod code {
    /// The purpose of the connection is fulfilled.
    pub const NORMAL_CLOSURE: u16 = 1000;
    /// A server shuts down, or a page was left.
    pub const GOING_AWAY: u16 = 1001;
    /// The peer broke RFC 6455.
    pub const PROTOCOL_ERROR: u16 = 1002;
    /// Stands for a close frame without a code; never sent.
    pub const NO_STATUS_RCVD: u16 = 1005;
    /// Stands for a connection that ended without a close frame; never sent.
    pub const ABNORMAL_CLOSURE: u16 = 1006;
    /// A text message was not UTF-8.
    pub const INVALID_DATA: u16 = 1007;
    /// A message was larger than the receiver takes.
    pub const MESSAGE_TOO_BIG: u16 = 1009;
    /// The endpoint met a condition that it did not expect.
    pub const INTERNAL_ERROR: u16 = 1011;
}

/// The code and reason of a close frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// A close code; [`code::NO_STATUS_RCVD`] when the frame had none.
    pub code: u16,
    /// At most 123 bytes of text, often empty.
    pub reason: String,
}

impl Close {
    /// A close frame with this code and reason. Nothing is checked before it is sent.
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// Reads the payload of a close frame.
    ///
    /// # Errors
    /// A payload of one byte, a code that may not be sent, or a reason that is not UTF-8.
    pub fn parse(payload: &[u8]) -> Result<Self, Violation> {
        let (code, reason) = match payload {
            [] => return Ok(Self::new(code::NO_STATUS_RCVD, "")),
            [_] => return Err(Violation::Protocol("close frame too short")),
            [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        };
        let reason = std::str::from_utf8(reason).map_err(|error| Violation::InvalidUtf8 {
            reason: python_reason(&reason[error.valid_up_to()..]),
            position: error.valid_up_to(),
        })?;
        check_code(code)?;
        Ok(Self::new(code, reason))
    }

    /// The payload of a close frame with this code and reason.
    ///
    /// # Errors
    /// A code that may not be sent, or a reason that does not fit into a control frame.
    pub fn to_payload(&self) -> Result<Vec<u8>, Violation> {
        check_code(self.code)?;
        let mut payload = Vec::with_capacity(2 + self.reason.len());
        payload.extend_from_slice(&self.code.to_be_bytes());
        payload.extend_from_slice(self.reason.as_bytes());
        if payload.len() > MAX_CONTROL_PAYLOAD {
            return Err(Violation::Protocol("control frame too long"));
        }
        Ok(payload)
    }

    /// Whether the code says that nothing went wrong: 1000, 1001, or none.
    pub fn is_ok(&self) -> bool {
        matches!(
            self.code,
            code::NORMAL_CLOSURE | code::GOING_AWAY | code::NO_STATUS_RCVD
        )
    }
}

/// Written as the `websockets` package writes it: `1000 (OK)`, `4001 (private use) bye`.
impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code, explanation(self.code))?;
        if !self.reason.is_empty() {
            write!(f, " {}", self.reason)?;
        }
        Ok(())
    }
}

fn check_code(code: u16) -> Result<(), Violation> {
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(()),
        _ => Err(Violation::Protocol("invalid status code")),
    }
}

fn explanation(code: u16) -> &'static str {
    match code {
        1000 => "OK",
        1001 => "going away",
        1002 => "protocol error",
        1003 => "unsupported data",
        1005 => "no status received [internal]",
        1006 => "abnormal closure [internal]",
        1007 => "invalid frame payload data",
        1008 => "policy violation",
        1009 => "message too big",
        1010 => "mandatory extension",
        1011 => "internal error",
        1012 => "service restart",
        1013 => "try again later",
        1014 => "bad gateway",
        1015 => "TLS handshake failure [internal]",
        3000..=3999 => "registered",
        4000..=4999 => "private use",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_outside_the_registry_are_refused_both_ways() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] {
            assert!(Close::new(code, "").to_payload().is_err(), "{code}");
            assert!(Close::parse(&u16::to_be_bytes(code)).is_err(), "{code}");
        }
    }

    #[test]
    fn a_payload_comes_back_as_it_was() {
        let close = Close::new(4001, "fin 🦀");
        assert_eq!(Close::parse(&close.to_payload().unwrap()).unwrap(), close);
    }

    #[test]
    fn a_reason_beyond_123_bytes_is_refused() {
        assert!(Close::new(1000, "x".repeat(123)).to_payload().is_ok());
        assert!(Close::new(1000, "x".repeat(124)).to_payload().is_err());
    }
}
