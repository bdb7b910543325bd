//! The server's end of TLS.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::config::{provider, versions};
use super::key_log::KeyLogFile;
use super::settings::{TlsSettings, Verify};
use super::trust;

/// What a server speaks TLS with.
#[derive(Debug)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
}

impl ServerTls {
    /// Makes a server's configuration of the settings: their identity is what clients are shown,
    /// and clients show a certificate of their own if `verify` is not `Disabled`; those without
    /// one are let in too when it is `optional`.
    ///
    /// # Errors
    /// The sentence to tell when there is no certificate, or when something cannot be used.
    pub fn new(settings: &TlsSettings, optional: bool) -> Result<Self, String> {
        let identity = settings
            .identity
            .as_ref()
            .ok_or("it has no certificate to show: call load_cert_chain() first")?;
        let certified = identity
            .certified()
            .map_err(|error| format!("the server's certificate cannot be used ({error})"))?;
        let resolver: SingleCertAndKey = CertifiedKey::clone(&certified).into();
        let mut config = ServerConfig::builder_with_provider(provider(settings))
            .with_protocol_versions(&versions(settings))
            .map_err(|error| format!("no TLS version and cipher suite is left ({error})"))?
            .with_client_cert_verifier(verifier_of(settings, optional)?)
            .with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols.clone_from(&settings.alpn);
        if let Some(log) = KeyLogFile::of(settings)? {
            config.key_log = log;
        }
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// Shakes hands with a client. There is no timeout in it; the future may be dropped.
    ///
    /// # Errors
    /// What is wrong with the client, which was told by an alert.
    pub async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        TlsAcceptor::from(self.config.clone()).accept(stream).await
    }
}

fn verifier_of(
    settings: &TlsSettings,
    optional: bool,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let roots = match &settings.verify {
        Verify::Disabled => return Ok(Arc::new(NoClientAuth)),
        Verify::System => trust::system(settings.trust_env)?.roots,
        Verify::Roots(roots) => Arc::new(roots.store()?),
    };
    let builder = WebPkiClientVerifier::builder_with_provider(roots, provider(settings));
    let builder = match optional {
        true => builder.allow_unauthenticated(),
        false => builder,
    };
    let built = builder.build();
    built.map_err(|error| format!("the trusted certificates cannot be used ({error})"))
}
