//! HTTP/2 (RFC 9113), by the h2 crate.
//!
//! A connection is shared by all requests to its origin, and so by threads, runtimes and blocking
//! calls. So its frames are read and written by the process's I/O thread
//! ([`background`](crate::engine::net::background)), whoever pauses. A request's body is polled in
//! the request's own future, and given to the connection as far as flow control allows; a
//! response's body opens the windows as it is taken.
//!
//! The h2 crate is used without hyper, whose client would poll the request's body on the thread of
//! the connection, and does not tell the stream's id nor whether a stream was opened at all.

mod connection;
mod exchange;
mod failure;
mod head;
mod incoming;
mod upload;

pub(super) use connection::Connection;
pub(super) use exchange::exchange;
pub(super) use incoming::Incoming;
