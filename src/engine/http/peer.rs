//! Who is at the other end of a connection.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;

use crate::engine::net::Transport;

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

/// What a TLS handshake settled.
#[derive(Debug)]
pub struct Secured {
    /// "TLSv1.3" or "TLSv1.2".
    pub version: &'static str,
    /// The protocol that was chosen (ALPN, RFC 7301).
    pub alpn: Option<Vec<u8>>,
    /// The certificate of the other end, as DER.
    pub certificate: Option<CertificateDer<'static>>,
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

impl Secured {
    fn of(session: &rustls::ClientConnection) -> Self {
        let chain = session.peer_certificates().unwrap_or_default();
        Self {
            version: match session.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
                _ => "TLSv1.3",
            },
            alpn: session.alpn_protocol().map(<[u8]>::to_vec),
            certificate: chain.first().map(|leaf| leaf.clone().into_owned()),
        }
    }
}
