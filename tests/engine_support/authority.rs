//! Authorities, servers that speak TLS, and clients of them.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{
    ConfigBuilder, RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion,
    WantsVerifier,
};
use tauraro::engine::http::{HttpTransport, TransportConfig};
use tauraro::engine::tls::{TlsSettings, Verify};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use super::{ok, runtime};

/// A certificate authority.
pub struct Authority {
    pub issuer: Issuer<'static, KeyPair>,
    pub certificate: Certificate,
}

impl Authority {
    pub fn new() -> Self {
        Self::named("tests")
    }

    pub fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    pub fn write(&self, path: &Path) -> PathBuf {
        fs::write(path, self.certificate.pem()).unwrap();
        path.to_owned()
    }

    /// A server with a certificate for `names`, changed by `adjust`, that answers "ok".
    pub fn serve(&self, names: &[&str], adjust: impl FnOnce(&mut CertificateParams)) -> SocketAddr {
        let (chain, key) = self.sign(names, adjust);
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = server_builder(&[&TLS13, &TLS12])
            .with_no_client_auth()
            .with_single_cert(vec![chain.der().clone()], key)
            .unwrap();
        answer_over_tls(config)
    }

    /// A server for localhost with a configuration that `adjust` changes.
    pub fn serve_with(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        adjust: impl FnOnce(&mut ServerConfig),
    ) -> SocketAddr {
        let (chain, key) = self.sign(&["localhost"], |_| {});
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config = server_builder(versions)
            .with_no_client_auth()
            .with_single_cert(vec![chain.der().clone()], key)
            .unwrap();
        adjust(&mut config);
        answer_over_tls(config)
    }

    /// A server for localhost that turns away clients without a certificate of this authority.
    pub fn serve_known_clients(&self, version: &'static SupportedProtocolVersion) -> SocketAddr {
        let (chain, key) = self.sign(&["localhost"], |_| {});
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let config = server_builder(&[version])
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(vec![chain.der().clone()], key)
            .unwrap();
        answer_over_tls(config)
    }

    /// A new certificate and its key.
    pub fn sign(
        &self,
        names: &[&str],
        adjust: impl FnOnce(&mut CertificateParams),
    ) -> (Certificate, KeyPair) {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        adjust(&mut params);
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

fn server_builder(
    versions: &[&'static SupportedProtocolVersion],
) -> ConfigBuilder<ServerConfig, WantsVerifier> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    builder.with_protocol_versions(versions).unwrap()
}

/// Answers `/about` with a line on the TLS of the connection, anything else with "ok".
pub fn answer_over_tls(config: ServerConfig) -> SocketAddr {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    thread::spawn(move || {
        runtime().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer_requests(acceptor.clone(), stream));
            }
        });
    });
    addr
}

async fn answer_requests(acceptor: TlsAcceptor, stream: tokio::net::TcpStream) {
    let Ok(mut stream) = acceptor.accept(stream).await else {
        return;
    };
    let mut seen = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut seen).await {
        if seen.ends_with(b"\r\n\r\n") {
            let answer = match seen.starts_with(b"GET /about ") {
                true => ok(&about(stream.get_ref().1)),
                false => ok("ok"),
            };
            seen.clear();
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    }
}

/// Such as `TLSv1_3 alpn=- client=0 Full`.
fn about(connection: &ServerConnection) -> String {
    let version = connection.protocol_version().unwrap();
    let alpn = String::from_utf8_lossy(connection.alpn_protocol().unwrap_or(b"-"));
    let client = connection.peer_certificates().map_or(0, <[_]>::len);
    let kind = connection.handshake_kind().unwrap();
    format!("{version:?} alpn={alpn} client={client} {kind:?}")
}

pub fn client_that(verify: Verify) -> HttpTransport {
    client_with(TlsSettings {
        verify,
        ..TlsSettings::default()
    })
}

pub fn client_with(tls: TlsSettings) -> HttpTransport {
    HttpTransport::new(TransportConfig {
        tls,
        ..TransportConfig::default()
    })
}

pub fn trusting(path: &Path) -> Verify {
    Verify::from_path(path.to_owned()).unwrap()
}

pub fn at(addr: SocketAddr) -> String {
    format!("https://localhost:{}/", addr.port())
}
