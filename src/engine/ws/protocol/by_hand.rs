//! What a caller needs that performs the opening handshake, or fails the connection, by itself.

use super::{Protocol, State};

impl Protocol {
    /// Takes the state from a caller that has done a part of the protocol.
    pub fn assume(&mut self, state: State) {
        self.state = state;
    }

    /// Ignores what the peer sends from now on, and sends no close frame: the stream is broken.
    pub fn abandon(&mut self) {
        self.discard();
    }

    /// Ends this end's direction of the stream, and ignores what the peer sends from now on: the
    /// opening handshake failed.
    pub fn end(&mut self) {
        self.discarding = true;
        self.wants_eof = true;
    }

    /// Whether what the peer sends is ignored.
    pub fn is_discarding(&self) -> bool {
        self.discarding
    }

    /// Whether the peer's close frame came first; `None` unless both were exchanged.
    pub fn rcvd_then_sent(&self) -> Option<bool> {
        self.rcvd_then_sent
    }
}
