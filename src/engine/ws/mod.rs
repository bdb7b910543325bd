//! WebSocket connections, RFC 6455.
//!
//! Bottom up: `frame` and `mask` are the wire format; `reader` makes frames out of bytes, `extensions`
//! change them, and `output` holds what is to be written; `protocol` is one end of a connection without I/O.
//! `inner` puts a stream, the queues and the clock around it, behind the one lock of `shared`;
//! `driver` is the task that runs it and `connection` the handle on it. [`handshake`] and `uri`
//! come before all that; `client` and `server` lead through it all. Nothing here makes a runtime or knows an interpreter.
//!
//! The names and the behaviour that a user can see (states, limits, timeouts, texts) are those of
//! the `websockets` package.

mod alarm;
mod client;
pub mod close;
mod codecs;
mod connection;
mod driver;
mod error;
pub mod extensions;
mod fragments;
mod frame;
pub mod handshake;
mod inbox;
mod inner;
mod mask;
mod message;
mod options;
mod output;
mod pings;
mod protocol;
mod queue;
mod reader;
mod server;
mod shared;
mod transport;
mod uri;
mod utf8;

pub use client::{
    Connect, ConnectError, Established, Hop, InvalidProxy, MAX_REDIRECTS, ProxyChoice,
    ProxyFailure, ProxySettings, RedirectError, Redirects, Route, redirect,
};
pub use close::Close;
pub use connection::{Connection, PendingPong};
pub use error::{Cause, Closed, ConnectionError, Fault, SendError, Violation};
pub use fragments::{Fragments, Sending};
pub use frame::{MAX_CONTROL_PAYLOAD, serialize as serialize_frame};
pub use inner::NotSent;
pub use mask::apply as apply_mask;
pub use message::{Fragment, Kind, Message, Utf8Bytes, into_string};
pub use options::{Options, Watermarks};
pub use output::Output;
pub use protocol::{Event, Protocol, Side, State};
pub use reader::Limits;
pub use server::{
    Accept, AcceptError, Accepted, Decisions, Incoming, Listener, Undecided, Unselected,
};
pub use uri::{InvalidUri, WebSocketUri};
pub use utf8::TextDecoder;
