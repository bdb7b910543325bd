//! Sending without waiting, to one of many connections.

use super::Inner;
use crate::engine::ws::extensions::RawFrame;
use crate::engine::ws::message::Message;
use crate::engine::ws::protocol::State;
use crate::engine::ws::shared::Wakes;

/// Why a message was not sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The connection is not open, or is being closed.
    #[error("the connection is not open")]
    NotOpen,
    /// A message is being sent in fragments, or another call waits for its turn.
    #[error("sending a fragmented message")]
    Busy,
    /// More than `write_limit` bytes are unwritten: the peer reads too slowly.
    #[error("more than write_limit bytes wait to be written")]
    Full,
}

impl Inner {
    /// Queues a message, and writes it if that is asked for; the driver does it otherwise, in its
    /// turn.
    pub(in crate::engine::ws) fn send_now(
        &mut self,
        message: Message,
        write: bool,
        wakes: &mut Wakes,
    ) -> Result<(), NotSent> {
        self.can_send_now()?;
        self.protocol.send(message).map_err(|_| NotSent::Busy)?;
        self.get_written(write, wakes);
        Ok(())
    }

    /// The same for a frame that extensions of the user's have made.
    pub(in crate::engine::ws) fn send_raw_now(
        &mut self,
        frame: RawFrame,
        write: bool,
        wakes: &mut Wakes,
    ) -> Result<(), NotSent> {
        self.protocol.send_raw(frame).map_err(|_| NotSent::Busy)?;
        self.get_written(write, wakes);
        Ok(())
    }

    /// Whether a message can be sent at once.
    pub(in crate::engine::ws) fn can_send_now(&self) -> Result<(), NotSent> {
        if self.protocol.state() != State::Open || self.transport.has_failed() {
            return Err(NotSent::NotOpen);
        }
        if self.transport.is_full() {
            return Err(NotSent::Full);
        }
        match self.protocol.is_sending_message() {
            true => Err(NotSent::Busy),
            false => Ok(()),
        }
    }

    fn get_written(&mut self, write: bool, wakes: &mut Wakes) {
        match write {
            true => self.write_from_handle(wakes),
            false => {
                self.transport.measure(self.protocol.output().len());
                self.wake_driver(wakes);
            }
        }
    }
}
