//! Frames that this end sends.

use bytes::Bytes;

use super::{Protocol, Side, State};
use crate::engine::ws::close::{Close, code};
use crate::engine::ws::error::{SendError, Violation};
use crate::engine::ws::frame::{Control, Data, MAX_CONTROL_PAYLOAD, OpCode, write_header};
use crate::engine::ws::mask;
use crate::engine::ws::message::Message;

/// From this size on, bytes, a payload that needs no masking is queued without a copy.
const SHARED_PAYLOAD: usize = 16 * 1024;
impl Protocol {
    /// Queues a message in one frame.
    ///
    /// # Errors
    /// When the connection is not open.
    pub fn send(&mut self, message: Message) -> Result<(), SendError> {
        self.expect(self.state == State::Open)?;
        match message {
            Message::Text(text) => self.push_data(Data::Text, text.into()),
            Message::Binary(data) => self.push_data(Data::Binary, data),
        }
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
        self.push_copy(OpCode::Control(kind), payload);
    }

    fn push_data(&mut self, kind: Data, payload: Bytes) {
        let opcode = OpCode::Data(kind);
        if payload.len() < SHARED_PAYLOAD {
            return self.push_copy(opcode, &payload);
        }
        let key = self.mask_key();
        let length = payload.len();
        self.output
            .append(|tail| write_header(opcode, key, length, tail));
        self.output.share(match key {
            Some(key) => masked(payload, key),
            None => payload,
        });
    }

    fn push_copy(&mut self, opcode: OpCode, payload: &[u8]) {
        let key = self.mask_key();
        self.output.append(|tail| {
            write_header(opcode, key, payload.len(), tail);
            let start = tail.len();
            tail.extend_from_slice(payload);
            if let Some(key) = key {
                mask::apply(&mut tail[start..], key, 0);
            }
        });
    }

    fn mask_key(&self) -> Option<mask::MaskKey> {
        (self.side == Side::Client).then(mask::random_key)
    }
}

/// Masks in place when nobody else holds the payload, and a copy otherwise.
fn masked(payload: Bytes, key: mask::MaskKey) -> Bytes {
    let mut payload = Vec::from(payload);
    mask::apply(&mut payload, key, 0);
    Bytes::from(payload)
}
