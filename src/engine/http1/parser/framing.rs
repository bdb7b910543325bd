//! What the header fields say of the body and of the connection (RFC 9112, 6 and 9).

use super::super::error::Error;
use super::super::leniency::Leniency;
use super::super::method::Method;
use super::{Found, Parser, State, Step};

/// A field that says something of the framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Connection,
    ContentLength,
    TransferEncoding,
    Upgrade,
    Other,
}

impl Field {
    #[inline]
    pub(super) fn of(name: &[u8]) -> Self {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        match name.len() {
            7 if is("upgrade") => Self::Upgrade,
            10 if is("connection") => Self::Connection,
            14 if is("content-length") => Self::ContentLength,
            // What clients once sent to proxies instead of Connection.
            16 if is("proxy-connection") => Self::Connection,
            17 if is("transfer-encoding") => Self::TransferEncoding,
            _ => Self::Other,
        }
    }
}

/// What the fields of a message have said so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    keep_alive: bool,
    close: bool,
    connection_upgrade: bool,
    upgrade: bool,
    content_length: bool,
    transfer_encoding: bool,
    /// The last coding is "chunked".
    chunked: bool,
    pub(super) trailing: bool,
}

impl Parser {
    /// Whether the field may be there at all.
    pub(super) fn check_presence(&self) -> Result<(), Error> {
        if self.leniency.has(Leniency::CHUNKED_LENGTH) {
            return Ok(());
        }
        match self.field {
            Field::TransferEncoding if self.seen.content_length => Err(Error::other(
                "Transfer-Encoding can't be present with Content-Length",
            )),
            Field::ContentLength if self.seen.transfer_encoding => Err(Error::other(
                "Content-Length can't be present with Transfer-Encoding",
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn check_empty_value(&self) -> Result<(), Error> {
        match self.field {
            Field::ContentLength => Err(Error::other("Empty Content-Length")),
            Field::TransferEncoding => Err(Error::other("Empty Transfer-Encoding")),
            _ => Ok(()),
        }
    }

    pub(super) fn check_value(&mut self, data: &[u8]) -> Result<(), Error> {
        let value = self.value.bytes(data);
        match self.field {
            Field::Connection => self.seen.note_connection(value),
            Field::Upgrade => self.seen.upgrade = true,
            Field::ContentLength => {
                if self.seen.content_length {
                    return Err(Error::other("Duplicate Content-Length"));
                }
                self.remaining = parse_length(value)?;
                self.seen.content_length = true;
            }
            Field::TransferEncoding => {
                let is_chunked = self.check_codings(value)?;
                self.seen.chunked = is_chunked;
                self.seen.transfer_encoding = true;
            }
            Field::Other => {}
        }
        Ok(())
    }

    /// Whether "chunked" is the last of the codings. In a request nothing may follow it.
    fn check_codings(&self, value: &[u8]) -> Result<bool, Error> {
        let may_repeat = !self.is_request() || self.leniency.has(Leniency::TRANSFER_ENCODING);
        // Several fields are one list (RFC 9110, 5.3).
        let mut is_chunked = self.seen.chunked && !self.is_folded;
        for (index, coding) in value.split(|&byte| byte == b',').enumerate() {
            if is_chunked && !may_repeat {
                return Err(Error::other("Invalid `Transfer-Encoding` header value"));
            }
            let start = coding
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'));
            let coding = match index {
                0 if self.is_folded => coding,
                _ => &coding[start.count()..],
            };
            let spaces = coding.iter().rev().take_while(|&&byte| byte == b' ');
            let coding = &coding[..coding.len() - spaces.count()];
            is_chunked = coding.eq_ignore_ascii_case(b"chunked");
        }
        Ok(is_chunked)
    }

    /// Whether the head asks for another protocol. In a response other than 101 the two fields only
    /// offer one.
    pub(super) fn asks_for_upgrade(&self) -> bool {
        match self.seen.upgrade && self.seen.connection_upgrade {
            true => self.is_request() || self.status == 101,
            false => self.is_request() && self.method == Method::CONNECT,
        }
    }

    /// What follows the head (RFC 9112, 6.3).
    pub(super) fn head_done(&mut self) -> Step {
        if self.upgrade || (!self.is_request() && self.status == 101) {
            return Ok(self.goto(State::MessageDoneBeforeUpgrade));
        }
        let is_bodiless = matches!(self.status, 100 | 102 | 103 | 204 | 304);
        if !self.is_request() && is_bodiless {
            return Ok(self.goto(State::MessageDone));
        }
        let state = match self.seen {
            Seen { chunked: true, .. } => State::ChunkSizeStart,
            Seen {
                transfer_encoding: true,
                ..
            } => self.after_other_codings()?,
            Seen {
                content_length: true,
                ..
            } if self.remaining > 0 => State::Body,
            _ if self.ends_with_connection() => State::BodyToEnd,
            _ => State::MessageDone,
        };
        if state == State::ChunkSizeStart {
            self.start_chunk_line();
        }
        Ok(self.goto(state))
    }

    /// A request whose length cannot be known is refused.
    fn after_other_codings(&self) -> Result<State, Error> {
        let lenient = self.leniency.has(Leniency::CHUNKED_LENGTH)
            || self.leniency.has(Leniency::TRANSFER_ENCODING);
        match self.is_request() && !lenient {
            true => Err(Error::other("Request has invalid `Transfer-Encoding`")),
            false => Ok(State::BodyToEnd),
        }
    }

    fn ends_with_connection(&self) -> bool {
        if self.is_request() || matches!(self.status, 100..200 | 204 | 304) {
            return false;
        }
        match self.seen.transfer_encoding {
            true => !self.seen.chunked,
            false => !self.seen.content_length,
        }
    }

    /// Whether the connection may be used for another message after this one.
    pub fn should_keep_alive(&self) -> bool {
        let (major, minor) = self.version;
        let wants_to = match major > 0 && minor > 0 {
            true => !self.seen.close,
            false => self.seen.keep_alive,
        };
        wants_to && !self.ends_with_connection()
    }

    pub(super) fn upgraded(&mut self) -> Step {
        match self.upgrade {
            true => Ok(self.tell(Found::Upgrade, State::Cleanup)),
            // A 101 that does not say which protocol follows.
            false => Err(Error::other("Pause on CONNECT/Upgrade")),
        }
    }

    pub(super) fn cleanup(&mut self) -> Found {
        let goes_on = self.should_keep_alive() || self.leniency.has(Leniency::KEEP_ALIVE);
        self.seen = Seen::default();
        self.remaining = 0;
        self.goto(match goes_on {
            true => State::Start,
            false => State::Closed,
        })
    }
}

impl Seen {
    fn note_connection(&mut self, value: &[u8]) {
        for option in value.split(|&byte| byte == b',') {
            let option = option.trim_ascii();
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
            self.connection_upgrade |= option.eq_ignore_ascii_case(b"upgrade");
        }
    }
}

fn parse_length(value: &[u8]) -> Result<u64, Error> {
    let mut length = 0_u64;
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit());
    let digits = &value[..digits.count()];
    for digit in digits {
        let shifted = length.checked_mul(10);
        let added = shifted.and_then(|length| length.checked_add(u64::from(digit - b'0')));
        length = added.ok_or(Error::other("Content-Length overflow"))?;
    }
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    match !digits.is_empty() && value[digits.len()..].iter().all(is_blank) {
        true => Ok(length),
        false => Err(Error::other("Invalid character in Content-Length")),
    }
}
