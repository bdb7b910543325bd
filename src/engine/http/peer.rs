//! Who is at the other end of a connection.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::engine::net::Transport;
pub use crate::engine::tls::Secured;

/// The two ends of a connection, as they were when it was opened.
#[derive(Debug)]
pub struct Peer {
    /// The address of this end; none of a unix socket.
    pub local: Option<SocketAddr>,
    /// The address of the other end of the socket: a proxy's, if there is one.
    pub remote: Option<SocketAddr>,
    /// What the TLS handshake settled.
    pub tls: Option<Arc<Secured>>,
}

impl Peer {
    pub(super) fn of(transport: &Transport) -> Self {
        Self {
            local: transport.local_addr().ok(),
            remote: transport.peer_addr().ok(),
            tls: transport.tls_session().map(|it| Arc::new(Secured::of(it))),
        }
    }
}
