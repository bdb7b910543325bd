//! hyper over rustls.

use std::sync::Arc;

use futures_util::future::join_all;
use http_body_util::BodyExt as _;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::client::{self, Client, Content};
use super::timed;
use crate::cost::Cost;
use crate::options::Task;
use crate::server::JSON;

/// As in `scripts/measure.py`.
const STREAMS: usize = 100;

/// Over one connection.
pub(super) async fn get(task: &Task) -> Cost {
    let connector = connector(b"http/1.1");
    let mut client = connect(&connector, &task.url).await;
    timed(task.seconds, async || {
        assert_eq!(client.fetch("/json").await.len(), JSON.len());
    })
    .await
}

/// Each over a connection of its own; sessions are resumed.
pub(super) async fn get_anew(task: &Task) -> Cost {
    let connector = connector(b"http/1.1");
    timed(task.seconds, async || {
        let mut client = connect(&connector, &task.url).await;
        assert_eq!(client.fetch("/json").await.len(), JSON.len());
    })
    .await
}

/// Streams of one connection at once; for each of them.
pub(super) async fn http2(task: &Task) -> Cost {
    let stream = open(&connector(b"h2"), &task.url).await;
    let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (sender, connection) = handshake.expect("a handshake");
    tokio::spawn(connection);
    let target = format!("{}/json", task.url);
    let cost = timed(task.seconds, async || {
        let fetches = (0..STREAMS).map(|_| fetch(sender.clone(), &target));
        let lengths = join_all(fetches).await;
        assert!(lengths.iter().all(|length| *length == JSON.len()));
    });
    cost.await / STREAMS as f64
}

async fn fetch(mut sender: SendRequest<Content>, target: &str) -> usize {
    let response = sender.send_request(client::get(target)).await;
    let body = response.expect("a response").into_body().collect().await;
    body.expect("a body").to_bytes().len()
}

async fn connect(connector: &TlsConnector, url: &str) -> Client {
    let address = url.trim_start_matches("https://");
    Client::over(open(connector, url).await, address).await
}

async fn open(connector: &TlsConnector, url: &str) -> TlsStream<TcpStream> {
    let address = url.trim_start_matches("https://");
    let host = address.split(':').next().unwrap_or(address).to_owned();
    let name = ServerName::try_from(host).expect("a name");
    let stream = client::open(address).await;
    let stream = connector.connect(name, stream).await;
    stream.expect("a TLS handshake")
}

fn connector(protocol: &[u8]) -> TlsConnector {
    let path = std::env::var("COMPARE_AUTHORITY").expect("the path of a certificate");
    let authority = CertificateDer::from_pem_file(path).expect("a certificate");
    let mut roots = RootCertStore::empty();
    roots.add(authority).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions();
    let config = config
        .expect("TLS 1.2 and 1.3")
        .with_root_certificates(roots);
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    TlsConnector::from(Arc::new(config))
}
