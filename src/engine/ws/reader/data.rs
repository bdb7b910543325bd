//! Data frames: their order, their limits, decompression, and the check of text.

use bytes::Bytes;
use tokio::io::ReadBuf;

use super::{Limits, Masked};
use crate::engine::ws::error::Violation;
use crate::engine::ws::extensions::{InflateFault, Inflater};
use crate::engine::ws::frame::{Data, Header, RSV1, check_rsv};
use crate::engine::ws::mask;
use crate::engine::ws::message::{Fragment, Kind};
use crate::engine::ws::utf8::Utf8Check;

/// Memory taken for a payload on the word of its header alone, in bytes.
const TRUSTED_LENGTH: usize = 64 * 1024;

/// Compressed bytes that are unmasked at a time, on the stack.
const UNMASKED_SIZE: usize = 4 * 1024;

/// The payload of a frame, as far as it has arrived.
#[derive(Debug, Default)]
pub(super) struct Payload {
    bytes: Vec<u8>,
    pub(super) compressed: bool,
    /// Whether it belongs to a message.
    is_data: bool,
}

impl Payload {
    /// Lets `read` put bytes at the end, `missing` at most, and says how many it put there.
    fn fill(&mut self, missing: u64, read: impl FnOnce(&mut ReadBuf<'_>)) -> usize {
        reserve(&mut self.bytes, 1, missing);
        let length = self.bytes.len();
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        let spare = self.bytes.spare_capacity_mut();
        let size = spare.len().min(missing);
        let mut buffer = ReadBuf::uninit(&mut spare[..size]);
        read(&mut buffer);
        let count = buffer.filled().len();
        // SAFETY: so many bytes after the first `length` are filled, in the capacity of the vector.
        unsafe { self.bytes.set_len(length + count) };
        count
    }
}

impl From<Payload> for Bytes {
    fn from(payload: Payload) -> Self {
        Self::from(payload.bytes)
    }
}

/// Where in a sequence of data frames the peer is.
#[derive(Debug)]
pub(super) struct Sequence {
    limits: Limits,
    inflater: Option<Box<Inflater>>,
    raw: bool,
    unchecked: bool,
    message: Option<Partial>,
}

/// The message whose frames are arriving.
#[derive(Debug)]
struct Partial {
    /// Bytes of whole fragments; `None` in the first.
    received: Option<usize>,
    compressed: bool,
    /// Only for text.
    utf8: Option<Utf8Check>,
}

impl Sequence {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            inflater: None,
            raw: false,
            unchecked: false,
            message: None,
        }
    }

    pub(super) fn decompress(&mut self, inflater: Inflater) {
        self.inflater = Some(Box::new(inflater));
    }

    pub(super) fn hand_on_raw(&mut self) {
        self.raw = true;
        self.unchecked = true;
    }

    pub(super) fn skip_text_check(&mut self) {
        self.unchecked = true;
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn is_inside_message(&self) -> bool {
        self.message.is_some()
    }

    /// Begins a frame.
    pub(super) fn begin(&mut self, kind: Data, header: &Header) -> Result<Payload, Violation> {
        let compressed = self.check(kind, header.rsv)?;
        let received = self.message.as_ref().and_then(|message| message.received);
        let left = self.limits.left(received.unwrap_or(0));
        if left.is_some_and(|left| header.length > left as u64) {
            return Err(too_big(Some(header.length), received, left));
        }
        let checks_text = kind == Data::Text && !self.unchecked;
        self.message.get_or_insert_with(|| Partial {
            received: None,
            compressed,
            utf8: checks_text.then(Utf8Check::default),
        });
        Ok(Payload {
            bytes: Vec::new(),
            compressed,
            is_data: true,
        })
    }

    /// Checks order and reserved bits, and says whether the frame is compressed.
    fn check(&self, kind: Data, rsv: u8) -> Result<bool, Violation> {
        let compressed = match (kind, &self.message) {
            (Data::Continue, None) => {
                return Err(Violation::Protocol("unexpected continuation frame"));
            }
            (Data::Continue, Some(message)) if message.compressed && rsv & RSV1 != 0 => {
                return Err(Violation::Protocol("RSV1 bit set in continuation frame"));
            }
            (Data::Continue, Some(message)) => {
                self.check_rsv(rsv)?;
                return Ok(message.compressed);
            }
            (_, Some(_)) => return Err(Violation::Protocol("expected a continuation frame")),
            (_, None) => self.inflater.is_some() && rsv & RSV1 != 0,
        };
        self.check_rsv(if compressed { rsv & !RSV1 } else { rsv })?;
        Ok(compressed)
    }

    fn check_rsv(&self, rsv: u8) -> Result<(), Violation> {
        match self.raw {
            true => Ok(()),
            false => check_rsv(rsv),
        }
    }

    /// Adds a piece to a frame; `missing` bytes of it had not arrived before.
    pub(super) fn extend(
        &mut self,
        payload: &mut Payload,
        masked: Masked<'_>,
        missing: u64,
    ) -> Result<(), Violation> {
        let start = payload.bytes.len();
        if payload.compressed {
            self.inflate(payload, &masked)?;
        } else {
            reserve(&mut payload.bytes, masked.piece.len(), missing);
            masked.append_to(&mut payload.bytes);
        }
        self.check_text(payload, start)
    }

    /// Adds what `read` puts into the payload itself, which is not to be inflated, and says how
    /// much that was. `offset` and `missing` are where the payload stands.
    pub(super) fn fill(
        &mut self,
        payload: &mut Payload,
        key: Option<mask::MaskKey>,
        (offset, missing): (usize, u64),
        read: impl FnOnce(&mut ReadBuf<'_>),
    ) -> Result<usize, Violation> {
        let start = payload.bytes.len();
        let count = payload.fill(missing, read);
        if let Some(key) = key {
            mask::apply(&mut payload.bytes[start..], key, offset);
        }
        self.check_text(payload, start)?;
        Ok(count)
    }

    fn check_text(&mut self, payload: &Payload, start: usize) -> Result<(), Violation> {
        match &mut self.message {
            // A control frame may come between the fragments of a text.
            Some(Partial {
                utf8: Some(check), ..
            }) if payload.is_data => check.advance(&payload.bytes[start..]),
            _ => Ok(()),
        }
    }

    fn inflate(&mut self, payload: &mut Payload, masked: &Masked<'_>) -> Result<(), Violation> {
        let Some(key) = masked.key else {
            return self.inflate_with(payload, |inflater, output, limit| {
                inflater.inflate(masked.piece, output, limit)
            });
        };
        let mut plain = [0; UNMASKED_SIZE];
        let mut offset = masked.offset;
        for chunk in masked.piece.chunks(UNMASKED_SIZE) {
            let plain = &mut plain[..chunk.len()];
            plain.copy_from_slice(chunk);
            mask::apply(plain, key, offset);
            offset = (offset + chunk.len()) % 4;
            self.inflate_with(payload, |inflater, output, limit| {
                inflater.inflate(plain, output, limit)
            })?;
        }
        Ok(())
    }

    fn inflate_with(
        &mut self,
        payload: &mut Payload,
        inflate: impl FnOnce(&mut Inflater, &mut Vec<u8>, Option<usize>) -> Result<(), InflateFault>,
    ) -> Result<(), Violation> {
        let Some(inflater) = &mut self.inflater else {
            return Ok(());
        };
        let received = self.message.as_ref().and_then(|message| message.received);
        let left = self.limits.left(received.unwrap_or(0));
        inflate(inflater, &mut payload.bytes, left).map_err(|fault| match fault {
            InflateFault::TooBig => too_big(None, received, left),
            InflateFault::Corrupt => Violation::Protocol("decompression failed"),
        })
    }

    /// Ends a frame.
    pub(super) fn end(
        &mut self,
        kind: Data,
        header: &Header,
        mut payload: Payload,
    ) -> Result<Fragment, Violation> {
        if payload.compressed && header.is_final {
            let start = payload.bytes.len();
            self.inflate_with(&mut payload, Inflater::finish)?;
            self.check_text(&payload, start)?;
        }
        self.count(header.is_final, payload.bytes.len())?;
        Ok(Fragment {
            kind: match kind {
                Data::Text => Kind::Text,
                Data::Binary => Kind::Binary,
                _ => Kind::Continuation,
            },
            is_final: header.is_final,
            rsv: if self.raw { header.rsv } else { 0 },
            payload: Bytes::from(payload.bytes),
            checked: !self.unchecked,
        })
    }

    fn count(&mut self, is_final: bool, length: usize) -> Result<(), Violation> {
        let Some(message) = &mut self.message else {
            return Ok(());
        };
        if !is_final {
            message.received = Some(message.received.unwrap_or(0).saturating_add(length));
            return Ok(());
        }
        let checked = message.utf8.as_ref().map_or(Ok(()), Utf8Check::finish);
        self.message = None;
        checked
    }
}

/// Grows a buffer for `arrived` bytes of `missing`. A frame ends in a buffer of just its size; for
/// an announced length the peer gets no more memory than for four times what it has sent.
fn reserve(bytes: &mut Vec<u8>, arrived: usize, missing: u64) {
    if bytes.capacity() - bytes.len() >= arrived {
        return;
    }
    let trusted = (3 * bytes.len()).max(TRUSTED_LENGTH).max(arrived);
    let missing = usize::try_from(missing).unwrap_or(usize::MAX);
    bytes.reserve_exact(trusted.min(missing));
}

/// The limit that is told counts what came before, as the `websockets` package has it.
fn too_big(size: Option<u64>, received: Option<usize>, left: Option<usize>) -> Violation {
    Violation::PayloadTooBig {
        size,
        received,
        limit: left
            .unwrap_or(usize::MAX)
            .saturating_add(received.unwrap_or(0)),
    }
}
