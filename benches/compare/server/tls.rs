//! The same server behind TLS, in the protocol that the client chooses by ALPN (RFC 7301).

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::answer::answer;
use super::gate::Gate;
use crate::options::products;

/// Signs the server's certificate.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let name = DnType::CommonName;
        params.distinguished_name.push(name, "The comparison's own");
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// Writes its certificate to a file for the clients.
    pub(super) fn write(&self) -> PathBuf {
        let path = products().join(format!("authority-{}.pem", std::process::id()));
        fs::create_dir_all(products()).expect("a directory");
        fs::write(&path, &self.pem).expect("a file");
        path
    }

    fn acceptor(&self) -> TlsAcceptor {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
        // OpenSSL's strict checks want it.
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions();
        let config = config.expect("TLS 1.2 and 1.3").with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], key);
        let mut config = config.expect("a certificate and its key");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Takes clients, for ever.
pub(super) async fn accept(listener: TcpListener, authority: Authority, gate: Rc<Gate>) {
    let acceptor = authority.acceptor();
    loop {
        let (stream, _) = listener.accept().await.expect("a client");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        let (acceptor, gate) = (acceptor.clone(), gate.clone());
        tokio::task::spawn_local(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, gate).await;
            }
        });
    }
}

async fn serve(stream: TlsStream<TcpStream>, gate: Rc<Gate>) {
    let protocol = stream.get_ref().1.alpn_protocol();
    let is_http2 = protocol == Some(b"h2");
    let service = service_fn(move |request| answer(request, gate.clone()));
    let stream = TokioIo::new(stream);
    // A client that is done closes the connection.
    let _ = match is_http2 {
        true => {
            http2::Builder::new(Local)
                .serve_connection(stream, service)
                .await
        }
        false => {
            http1::Builder::new()
                .serve_connection(stream, service)
                .await
        }
    };
}

/// Runs the streams of a connection on its own thread.
#[derive(Clone)]
struct Local;

impl<F> Executor<F> for Local
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn execute(&self, stream: F) {
        tokio::task::spawn_local(stream);
    }
}
