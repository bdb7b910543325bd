//! The opening handshake, RFC 6455 section 4, on httparse.
//!
//! tungstenite's own client refuses `Connection: keep-alive, Upgrade`, and its server has to
//! decide without waiting.

mod chunked;
mod client;
mod error;
mod headers;
mod io;
mod message;
mod server;

use bytes::Bytes;

use super::extensions::Agreed;

pub use client::ClientHandshake;
pub use error::{HandshakeError, SecurityError};
pub(super) use headers::is_token_byte;
pub use headers::{Headers, InvalidHeaderText, MASK, is_secret, is_token, latin1};
pub use message::{Request, Response};
pub use server::{ServerHandshake, select_subprotocol};
pub(in crate::engine::ws) use server::{internal_error, refusal, unavailable};

/// A stream on which frames may be exchanged.
#[derive(Debug)]
pub struct Upgraded<S> {
    /// The stream.
    pub stream: S,
    /// What came after the handshake already; for
    /// [`Options::leftover`](super::Options::leftover).
    pub leftover: Bytes,
    /// The request.
    pub request: Request,
    /// The response.
    pub response: Response,
    /// The subprotocol that both ends agreed on.
    pub subprotocol: Option<String>,
    /// The extensions that both ends agreed on.
    pub extensions: Vec<Agreed>,
}

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`, RFC 6455 section 4.2.2.
pub fn accept_key(key: &str) -> String {
    tungstenite::handshake::derive_accept_key(key.as_bytes())
}
