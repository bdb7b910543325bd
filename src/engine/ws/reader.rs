//! Frames out of bytes, and messages out of frames.

use bytes::Bytes;

use super::error::Violation;
use super::frame::{Control, Data, Header, HeaderReader, OpCode};
use super::mask;
use super::message::{Message, Utf8Bytes};
use super::utf8::Utf8Check;

/// Memory taken for a payload on the word of its header alone, in bytes.
const TRUSTED_LENGTH: usize = 64 * 1024;

/// Limits on what the peer may send, in bytes; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of a message, all fragments together.
    pub message: Option<usize>,
    /// Size of one fragment.
    pub fragment: Option<usize>,
}

impl Default for Limits {
    /// Messages of up to 1 MiB.
    fn default() -> Self {
        Self {
            message: Some(1 << 20),
            fragment: None,
        }
    }
}

impl Limits {
    fn check(&self, size: u64, received: Option<usize>) -> Result<(), Violation> {
        let sum = size.saturating_add(received.unwrap_or(0) as u64);
        let exceeded = |value: u64, limit: Option<usize>| limit.filter(|&l| value > l as u64);
        match exceeded(sum, self.message).or(exceeded(size, self.fragment)) {
            None => Ok(()),
            Some(limit) => Err(Violation::PayloadTooBig {
                size,
                received,
                limit,
            }),
        }
    }
}

/// What a run of frames amounts to.
#[derive(Debug)]
pub(super) enum Received {
    Message(Message),
    Ping(Bytes),
    Pong(Bytes),
    /// The payload of a close frame, not looked at yet.
    Close(Bytes),
}

/// Reads what one peer sends. After an error it must not be used again.
#[derive(Debug)]
pub(super) struct Reader {
    masked: bool,
    limits: Limits,
    header: HeaderReader,
    frame: Option<Frame>,
    message: Option<Partial>,
}

/// The frame whose payload is arriving.
#[derive(Debug)]
struct Frame {
    header: Header,
    read: u64,
    /// Payload of a control frame; data frames add to the message.
    control: Vec<u8>,
}

/// The message whose fragments are arriving.
#[derive(Debug)]
struct Partial {
    payload: Vec<u8>,
    /// Only for text.
    utf8: Option<Utf8Check>,
    fragments: usize,
}

impl Reader {
    /// `masked` says whether the peer is a client, which has to mask.
    pub(super) fn new(masked: bool, limits: Limits) -> Self {
        Self {
            masked,
            limits,
            header: HeaderReader::default(),
            frame: None,
            message: None,
        }
    }

    /// Takes bytes from the front of `input` until something is complete. `None` means that all
    /// of `input` was taken and more is needed.
    pub(super) fn read(&mut self, input: &mut &[u8]) -> Result<Option<Received>, Violation> {
        loop {
            if self.frame.is_none() {
                let Some(header) = self.header.read(input, self.masked)? else {
                    return Ok(None);
                };
                self.begin(header)?;
            }
            if !self.take_payload(input)? {
                return Ok(None);
            }
            if let Some(received) = self.end_frame()? {
                return Ok(Some(received));
            }
        }
    }

    /// Whether a fragmented message has begun and not ended.
    pub(super) fn is_inside_message(&self) -> bool {
        self.message.is_some()
    }

    /// Payload bytes of the current frame that have not arrived.
    pub(super) fn missing(&self) -> u64 {
        let missing = |frame: &Frame| frame.header.length - frame.read;
        self.frame.as_ref().map_or(0, missing)
    }

    fn begin(&mut self, header: Header) -> Result<(), Violation> {
        if let OpCode::Data(kind) = header.opcode {
            self.check_sequence(kind)?;
            let received = self.message.as_ref().map(|message| message.payload.len());
            self.limits.check(header.length, received)?;
            let message = self.message.get_or_insert_with(|| Partial::new(kind));
            message.fragments += 1;
        }
        self.frame = Some(Frame {
            header,
            read: 0,
            control: Vec::new(),
        });
        Ok(())
    }

    fn check_sequence(&self, kind: Data) -> Result<(), Violation> {
        match (kind, self.is_inside_message()) {
            (Data::Continue, false) => Err(Violation::Protocol("unexpected continuation frame")),
            (Data::Text | Data::Binary, true) => {
                Err(Violation::Protocol("expected a continuation frame"))
            }
            _ => Ok(()),
        }
    }

    /// Takes what there is of the payload, and says whether that was the last of it.
    fn take_payload(&mut self, input: &mut &[u8]) -> Result<bool, Violation> {
        let Some(frame) = &mut self.frame else {
            return Ok(false);
        };
        let missing = frame.header.length - frame.read;
        let taken = usize::try_from(missing).map_or(input.len(), |n| n.min(input.len()));
        let (piece, rest) = input.split_at(taken);
        *input = rest;
        match (frame.header.opcode, &mut self.message) {
            (OpCode::Data(_), Some(message)) => message.extend(frame, piece)?,
            _ => frame.unmask_into(None, piece),
        }
        frame.read += taken as u64;
        Ok(frame.read == frame.header.length)
    }

    fn end_frame(&mut self) -> Result<Option<Received>, Violation> {
        let Some(frame) = self.frame.take() else {
            return Ok(None);
        };
        let payload = || Bytes::from(frame.control);
        match frame.header.opcode {
            OpCode::Control(Control::Ping) => Ok(Some(Received::Ping(payload()))),
            OpCode::Control(Control::Pong) => Ok(Some(Received::Pong(payload()))),
            OpCode::Control(_) => Ok(Some(Received::Close(payload()))),
            OpCode::Data(_) if frame.header.is_final => self.end_message(),
            OpCode::Data(_) => Ok(None),
        }
    }

    fn end_message(&mut self) -> Result<Option<Received>, Violation> {
        let message = self.message.take().map(Partial::finish).transpose()?;
        Ok(message.map(Received::Message))
    }
}

impl Frame {
    /// Appends `piece`, which comes next in the frame, to `target` or to the control payload.
    fn unmask_into(&mut self, target: Option<&mut Vec<u8>>, piece: &[u8]) {
        let target = target.unwrap_or(&mut self.control);
        let start = target.len();
        target.extend_from_slice(piece);
        if let Some(key) = self.header.mask {
            mask::apply(&mut target[start..], key, (self.read % 4) as usize);
        }
    }
}

impl Partial {
    fn new(kind: Data) -> Self {
        Self {
            payload: Vec::new(),
            utf8: (kind == Data::Text).then(Utf8Check::default),
            fragments: 0,
        }
    }

    fn extend(&mut self, frame: &mut Frame, piece: &[u8]) -> Result<(), Violation> {
        self.reserve(piece.len(), frame.header.length - frame.read);
        frame.unmask_into(Some(&mut self.payload), piece);
        match &mut self.utf8 {
            Some(check) => check.advance(&self.payload),
            None => Ok(()),
        }
    }

    /// Grows the buffer for `arrived` bytes. A single frame ends in a buffer of just its size;
    /// the peer gets no more memory for an announced length than for what it has sent.
    fn reserve(&mut self, arrived: usize, missing: u64) {
        if self.payload.capacity() - self.payload.len() >= arrived {
            return;
        }
        if self.fragments > 1 {
            return self.payload.reserve(arrived);
        }
        let trusted = self.payload.len().max(TRUSTED_LENGTH).max(arrived);
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        self.payload.reserve_exact(trusted.min(missing));
    }

    fn finish(self) -> Result<Message, Violation> {
        let Some(check) = self.utf8 else {
            return Ok(Message::Binary(Bytes::from(self.payload)));
        };
        check.finish(&self.payload)?;
        // SAFETY: the check has seen every byte and found whole characters only.
        let text = unsafe { Utf8Bytes::from_bytes_unchecked(Bytes::from(self.payload)) };
        Ok(Message::Text(text))
    }
}
