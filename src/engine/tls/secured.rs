//! What a TLS handshake comes to.

use rustls::CommonState;
use rustls::pki_types::CertificateDer;

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

impl Secured {
    /// What was settled by the handshake of a connection, either end of it.
    pub(crate) fn of(session: &CommonState) -> Self {
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
