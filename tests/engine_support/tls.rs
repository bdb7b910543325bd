//! A server's certificate that is its own authority.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tauraro::engine::tls::{TlsSettings, Verify};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::runtime;

/// A certificate for some names, and settings that trust it.
pub struct Identity {
    pub config: Arc<ServerConfig>,
    pub trust: TlsSettings,
}

impl Identity {
    /// Writes the certificate to `folder`.
    pub fn new(folder: &Path, name: &str) -> Self {
        let signed = generate_simple_self_signed([name.to_owned()]);
        let CertifiedKey { cert, signing_key } = signed.expect("a certificate");
        let file = folder.join(format!("{name}.pem"));
        std::fs::write(&file, cert.pem()).expect("a file");
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the default versions")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a key for the certificate");
        Self {
            config: Arc::new(config),
            trust: TlsSettings {
                verify: Verify::from_path(file).expect("the certificate"),
                ..TlsSettings::default()
            },
        }
    }

    /// A port that speaks TLS and passes what is within on to `inner`.
    pub fn in_front_of(&self, inner: SocketAddr) -> SocketAddr {
        let acceptor = TlsAcceptor::from(self.config.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("an address");
        listener.set_nonblocking(true).expect("a socket");
        thread::spawn(move || {
            runtime().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                while let Ok((stream, _)) = listener.accept().await {
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        let mut outer = acceptor.accept(stream).await?;
                        let mut inner = TcpStream::connect(inner).await?;
                        copy_bidirectional(&mut outer, &mut inner).await
                    });
                }
            });
        });
        addr
    }
}
