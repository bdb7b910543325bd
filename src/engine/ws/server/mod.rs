//! A server's way to its connections: listening, TLS, the opening handshake.
//!
//! Sans-I/O parts of the handshake are in [`handshake`](super::handshake). What is the user's to
//! decide is behind [`Decisions`], which the same future asks in a loop and in a thread.

mod accept;
mod decisions;
mod incoming;
mod listener;

pub use accept::{Accept, AcceptError, Accepted};
pub use decisions::{Decisions, Undecided, Unselected};
pub use incoming::Incoming;
pub use listener::Listener;
