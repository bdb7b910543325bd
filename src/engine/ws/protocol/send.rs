//! Frames that this end sends.

use std::cell::Cell;

use bytes::Bytes;

use super::{Protocol, Side, State};
use crate::engine::ws::close::{Close, code};
use crate::engine::ws::error::{SendError, Violation};
use crate::engine::ws::extensions::RawFrame;
use crate::engine::ws::frame::{
    Control, Data, MAX_CONTROL_PAYLOAD, OpCode, RSV1, Start, write_header,
};
use crate::engine::ws::mask;
use crate::engine::ws::message::{Kind, Message};

/// From this size on, bytes, a payload that needs no masking is queued without a copy.
const SHARED_PAYLOAD: usize = 16 * 1024;

/// Room for compressed data that a thread keeps, in bytes.
const KEPT_SCRATCH: usize = 64 * 1024;

thread_local! {
    /// Where small messages are compressed, since their headers come before them.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Protocol {
    /// Queues a message in one frame.
    ///
    /// # Errors
    /// When the connection is not open, or a fragmented message has not ended.
    pub fn send(&mut self, message: Message) -> Result<(), SendError> {
        self.send_fragment(message.kind(), message.into_payload(), true)
    }

    /// Queues a data frame. A message begins with one whose kind is its own, goes on with
    /// continuations, and ends with the one that `is_final`.
    ///
    /// # Errors
    /// When the connection is not open, or the kind is out of turn.
    pub fn send_fragment(
        &mut self,
        kind: Kind,
        payload: Bytes,
        is_final: bool,
    ) -> Result<(), SendError> {
        self.begin_fragment(kind, is_final)?;
        let start = data_start(kind, is_final, 0);
        match self.deflater {
            Some(_) => self.push_compressed(start, &payload),
            None => self.push_data(start, payload),
        }
        Ok(())
    }

    /// Queues a data frame as extensions have made it.
    ///
    /// # Errors
    /// As for [`send_fragment`](Self::send_fragment).
    pub fn send_raw(&mut self, frame: RawFrame) -> Result<(), SendError> {
        self.begin_fragment(frame.kind, frame.is_final)?;
        let start = data_start(frame.kind, frame.is_final, frame.rsv);
        self.push_data(start, frame.payload);
        Ok(())
    }

    /// Whether a fragmented message was begun and not ended by this end.
    pub fn is_sending_message(&self) -> bool {
        self.is_sending_message
    }

    /// Whether messages are compressed.
    pub fn compresses(&self) -> bool {
        self.deflater.is_some()
    }

    fn begin_fragment(&mut self, kind: Kind, is_final: bool) -> Result<(), SendError> {
        match (kind, self.is_sending_message) {
            (Kind::Continuation, false) => {
                return Err(Violation::Protocol("unexpected continuation frame").into());
            }
            (Kind::Text | Kind::Binary, true) => {
                return Err(Violation::Protocol("expected a continuation frame").into());
            }
            _ => self.expect(self.state == State::Open)?,
        }
        self.is_sending_message = !is_final;
        Ok(())
    }

    /// Queues a ping.
    ///
    /// # Errors
    /// When the connection is neither open nor closing, or the payload is over 125 bytes.
    pub fn send_ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.send_control(Control::Ping, payload)
    }

    /// Queues a pong that nobody asked for, a heartbeat in one direction.
    ///
    /// # Errors
    /// As for [`send_ping`](Self::send_ping).
    pub fn send_pong(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.send_control(Control::Pong, payload)
    }

    /// Queues a close frame and starts the closing handshake; `None` sends one without a code.
    ///
    /// # Errors
    /// When the connection is not open, the code may not be sent, or the reason is over 123
    /// bytes.
    pub fn send_close(&mut self, close: Option<Close>) -> Result<(), SendError> {
        self.expect(self.state == State::Open)?;
        let payload = close.as_ref().map_or(Ok(Vec::new()), Close::to_payload)?;
        let close = close.unwrap_or_else(|| Close::new(code::NO_STATUS_RCVD, ""));
        self.push_close(&payload, close);
        Ok(())
    }

    pub(super) fn can_send_control(&self) -> bool {
        matches!(self.state, State::Open | State::Closing)
    }

    fn expect(&self, allowed: bool) -> Result<(), SendError> {
        if allowed {
            return Ok(());
        }
        Err(SendError::InvalidState(self.state))
    }

    fn send_control(&mut self, kind: Control, payload: &[u8]) -> Result<(), SendError> {
        if payload.len() > MAX_CONTROL_PAYLOAD {
            return Err(Violation::Protocol("control frame too long").into());
        }
        self.expect(self.can_send_control())?;
        self.push_control(kind, payload);
        Ok(())
    }

    pub(super) fn push_close(&mut self, payload: &[u8], close: Close) {
        self.push_control(Control::Close, payload);
        self.pending_pong = None;
        self.close_sent = Some(close);
        if self.close_rcvd.is_some() {
            self.rcvd_then_sent = Some(true);
        }
        self.state = State::Closing;
    }

    pub(super) fn push_control(&mut self, kind: Control, payload: &[u8]) {
        self.push_copy(Start::whole(OpCode::Control(kind)), payload);
    }

    fn push_compressed(&mut self, mut start: Start, payload: &[u8]) {
        let Some(deflater) = &mut self.deflater else {
            return;
        };
        let mut compressed = SCRATCH.take();
        if deflater
            .deflate(payload, start.is_final, &mut compressed)
            .is_err()
        {
            return self.fail(Close::new(code::INTERNAL_ERROR, "compression failed"));
        }
        if start.opcode != OpCode::Data(Data::Continue) {
            start.rsv |= RSV1;
        }
        if compressed.len() < SHARED_PAYLOAD {
            self.push_copy(start, &compressed);
        } else {
            let compressed = std::mem::take(&mut compressed);
            self.push_data(start, Bytes::from(compressed));
        }
        if compressed.capacity() <= KEPT_SCRATCH {
            compressed.clear();
            SCRATCH.set(compressed);
        }
    }

    fn push_data(&mut self, start: Start, payload: Bytes) {
        if payload.len() < SHARED_PAYLOAD {
            return self.push_copy(start, &payload);
        }
        let key = self.mask_key();
        let length = payload.len();
        self.output
            .append(|tail| write_header(start, key, length, tail));
        self.output.share(match key {
            Some(key) => masked(payload, key),
            None => payload,
        });
    }

    fn push_copy(&mut self, start: Start, payload: &[u8]) {
        let key = self.mask_key();
        self.output.append(|tail| {
            write_header(start, key, payload.len(), tail);
            let payload_start = tail.len();
            tail.extend_from_slice(payload);
            if let Some(key) = key {
                mask::apply(&mut tail[payload_start..], key, 0);
            }
        });
    }

    fn mask_key(&self) -> Option<mask::MaskKey> {
        (self.side == Side::Client).then(mask::random_key)
    }
}

fn data_start(kind: Kind, is_final: bool, rsv: u8) -> Start {
    let kind = match kind {
        Kind::Continuation => Data::Continue,
        Kind::Text => Data::Text,
        Kind::Binary => Data::Binary,
    };
    Start {
        opcode: OpCode::Data(kind),
        is_final,
        rsv,
    }
}

/// Masks in place when nobody else holds the payload, and a copy otherwise.
fn masked(payload: Bytes, key: mask::MaskKey) -> Bytes {
    let mut payload = Vec::from(payload);
    mask::apply(&mut payload, key, 0);
    Bytes::from(payload)
}
