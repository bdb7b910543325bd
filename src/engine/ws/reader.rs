//! Frames out of bytes.

mod data;

use bytes::Bytes;
use tokio::io::ReadBuf;

use self::data::{Payload, Sequence};
use super::error::Violation;
use super::extensions::Inflater;
use super::frame::{Control, Header, HeaderReader, OpCode};
use super::mask;
use super::message::Fragment;

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
    /// What the next fragment may have, when those before it had `received` bytes.
    pub(super) fn left(&self, received: usize) -> Option<usize> {
        let message = self.message.map(|limit| limit.saturating_sub(received));
        match (message, self.fragment) {
            (Some(message), Some(fragment)) => Some(message.min(fragment)),
            (message, fragment) => message.or(fragment),
        }
    }
}

/// A frame that has arrived.
#[derive(Debug)]
pub(super) enum Received {
    Data(Fragment),
    Ping(Bytes),
    Pong(Bytes),
    /// The payload of a close frame, not looked at yet.
    Close(Bytes),
}

/// Reads what one peer sends. After an error it must not be used again.
#[derive(Debug)]
pub(super) struct Reader {
    masked: bool,
    header: HeaderReader,
    frame: Option<Frame>,
    sequence: Sequence,
}

/// The frame whose payload is arriving.
#[derive(Debug)]
struct Frame {
    header: Header,
    read: u64,
    payload: Payload,
}

impl Reader {
    /// `masked` says whether the peer is a client, which has to mask.
    pub(super) fn new(masked: bool, limits: Limits) -> Self {
        Self {
            masked,
            header: HeaderReader::default(),
            frame: None,
            sequence: Sequence::new(limits),
        }
    }

    /// Decompresses messages from now on.
    pub(super) fn decompress(&mut self, inflater: Inflater) {
        self.sequence.decompress(inflater);
    }

    /// Hands on reserved bits, and text unchecked, from now on.
    pub(super) fn hand_on_raw(&mut self) {
        self.sequence.hand_on_raw();
    }

    /// Hands on text unchecked from now on.
    pub(super) fn skip_text_check(&mut self) {
        self.sequence.skip_text_check();
    }

    /// The limits.
    pub(super) fn limits(&self) -> &Limits {
        self.sequence.limits()
    }

    /// Takes bytes from the front of `input` until a frame is complete. `None` means that all of
    /// `input` was taken and more is needed.
    pub(super) fn read(&mut self, input: &mut &[u8]) -> Result<Option<Received>, Violation> {
        if self.frame.is_none() {
            let Some(header) = self.header.read(input, self.masked)? else {
                return Ok(None);
            };
            self.begin(header)?;
        }
        match self.take_payload(input)? {
            true => self.end_frame(),
            false => Ok(None),
        }
    }

    /// Whether [`fill`](Self::fill) can take what comes next, and more than `size` bytes of it.
    pub(super) fn takes_in_place(&self, size: u64) -> bool {
        let compressed = |frame: &Frame| frame.payload.compressed;
        self.missing() > size && !self.frame.as_ref().is_none_or(compressed)
    }

    /// Takes what `read` puts into the payload of the current frame, as [`read`](Self::read) does.
    pub(super) fn fill(
        &mut self,
        read: impl FnOnce(&mut ReadBuf<'_>),
    ) -> Result<Option<Received>, Violation> {
        let Some(frame) = &mut self.frame else {
            return Ok(None);
        };
        let Header { mask, length, .. } = frame.header;
        let at = ((frame.read % 4) as usize, length - frame.read);
        frame.read += self.sequence.fill(&mut frame.payload, mask, at, read)? as u64;
        match frame.read == length {
            true => self.end_frame(),
            false => Ok(None),
        }
    }

    /// Whether a fragmented message has begun and not ended.
    pub(super) fn is_inside_message(&self) -> bool {
        self.sequence.is_inside_message()
    }

    /// Payload bytes of the current frame that have not arrived.
    fn missing(&self) -> u64 {
        let missing = |frame: &Frame| frame.header.length - frame.read;
        self.frame.as_ref().map_or(0, missing)
    }

    fn begin(&mut self, header: Header) -> Result<(), Violation> {
        let payload = match header.opcode {
            OpCode::Data(kind) => self.sequence.begin(kind, &header)?,
            OpCode::Control(_) => Payload::default(),
        };
        self.frame = Some(Frame {
            header,
            read: 0,
            payload,
        });
        Ok(())
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
        let masked = Masked {
            piece,
            key: frame.header.mask,
            offset: (frame.read % 4) as usize,
        };
        self.sequence.extend(&mut frame.payload, masked, missing)?;
        frame.read += taken as u64;
        Ok(frame.read == frame.header.length)
    }

    fn end_frame(&mut self) -> Result<Option<Received>, Violation> {
        let Some(frame) = self.frame.take() else {
            return Ok(None);
        };
        let received = match frame.header.opcode {
            OpCode::Control(Control::Ping) => Received::Ping(frame.payload.into()),
            OpCode::Control(Control::Pong) => Received::Pong(frame.payload.into()),
            OpCode::Control(_) => Received::Close(frame.payload.into()),
            OpCode::Data(kind) => {
                let fragment = self.sequence.end(kind, &frame.header, frame.payload)?;
                Received::Data(fragment)
            }
        };
        Ok(Some(received))
    }
}

/// A piece of a payload as it came.
struct Masked<'a> {
    piece: &'a [u8],
    key: Option<mask::MaskKey>,
    /// Where the piece begins in the payload, modulo 4.
    offset: usize,
}

impl Masked<'_> {
    /// Appends the piece to `target`, unmasked.
    fn append_to(&self, target: &mut Vec<u8>) {
        let start = target.len();
        target.extend_from_slice(self.piece);
        if let Some(key) = self.key {
            mask::apply(&mut target[start..], key, self.offset);
        }
    }
}
