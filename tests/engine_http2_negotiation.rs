//! Which version of HTTP is spoken, and how many connections are opened to find out.

mod engine_support;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use bytes::Bytes;
use engine_support::tls::Identity;
use engine_support::*;
use futures_util::future::join_all;
use http::Version;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tauraro::engine::Kind;
use tauraro::engine::http::{HttpTransport, Limits, Stats, TransportConfig};
use tauraro::engine::tls::{TlsSettings, Verify};
use tokio_rustls::TlsAcceptor;

/// A TLS server that answers "ok" in whatever version was agreed on.
struct TlsServer {
    addr: SocketAddr,
    accepted: Arc<AtomicUsize>,
}

impl TlsServer {
    fn start(alpn: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::new(folder.path(), "localhost");
        let mut config = (*identity.config).clone();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let server = Self {
            addr: listener.local_addr().unwrap(),
            accepted: Arc::default(),
        };
        let accepted = server.accepted.clone();
        thread::spawn(move || {
            runtime().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    accepted.fetch_add(1, SeqCst);
                    tokio::spawn(serve(acceptor.clone(), stream));
                }
            });
        });
        server
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/", self.addr.port())
    }

    fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

async fn serve(acceptor: TlsAcceptor, stream: tokio::net::TcpStream) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let answer = service_fn(|_| async {
        let body = Full::new(Bytes::from_static(b"ok"));
        Ok::<_, Infallible>(http::Response::new(body))
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    // The client may leave.
    let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
}

fn client(http1: bool, http2: bool) -> HttpTransport {
    HttpTransport::new(TransportConfig {
        limits: Limits {
            max_connections: Some(5),
            ..Limits::default()
        },
        tls: TlsSettings {
            verify: Verify::Disabled,
            ..TlsSettings::default()
        },
        http1,
        http2,
        ..TransportConfig::default()
    })
}

/// The versions of so many responses to requests that start at once.
fn versions(client: &HttpTransport, url: &str, count: usize) -> Vec<Version> {
    let request = async || {
        let mut response = client.send(get(url)).await.expect("a response");
        assert_eq!(read(&mut response.body).await.unwrap(), "ok");
        response.version
    };
    run(join_all((0..count).map(|_| request())))
}

#[test]
fn requests_that_start_at_once_share_the_connection_that_turns_out_to_be_http2() {
    let server = TlsServer::start(&["h2", "http/1.1"]);
    let client = client(true, true);
    for _ in 0..2 {
        assert_eq!(versions(&client, &server.url(), 50), [Version::HTTP_2; 50]);
    }
    assert_eq!(server.accepted(), 1);
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn requests_that_start_at_once_get_connections_of_their_own_from_a_server_without_http2() {
    for alpn in [&["http/1.1"][..], &[]] {
        let server = TlsServer::start(alpn);
        let client = client(true, true);
        assert_eq!(versions(&client, &server.url(), 50), [Version::HTTP_11; 50]);
        assert!(
            (2..=5).contains(&server.accepted()),
            "{}",
            server.accepted()
        );
        let Stats { open, idle } = client.stats();
        assert_eq!(open, idle);
    }
}

#[test]
fn http2_is_spoken_only_when_asked_for() {
    let server = TlsServer::start(&["h2", "http/1.1"]);
    assert_eq!(
        versions(&client(true, false), &server.url(), 1),
        [Version::HTTP_11]
    );
    assert_eq!(
        versions(&client(false, true), &server.url(), 1),
        [Version::HTTP_2]
    );
    // Over plain TCP nothing is negotiated.
    let plain = Server::ok();
    assert_eq!(
        versions(&client(true, true), &plain.url(), 1),
        [Version::HTTP_11]
    );
}

#[test]
fn all_requests_are_told_of_a_server_that_cannot_be_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    drop(listener);
    let client = client(true, true);
    let results = run(join_all((0..20).map(|_| fetch(&client, &url))));
    for result in results {
        assert_eq!(result.expect_err("nobody there").kind(), Kind::Connect);
    }
    assert_eq!(client.stats(), Stats { open: 0, idle: 0 });
}

#[test]
fn a_connection_serves_threads_and_outlives_the_runtime_that_opened_it() {
    let server = TlsServer::start(&["h2"]);
    let client = client(true, true);
    assert_eq!(versions(&client, &server.url(), 1), [Version::HTTP_2]);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    versions(&client, &server.url(), 5);
                }
            });
        }
    });
    assert_eq!(server.accepted(), 1);
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn an_http2_connection_makes_way_for_another_origin() {
    let servers: Vec<_> = (0..8).map(|_| TlsServer::start(&["h2"])).collect();
    let client = client(true, true);
    for _ in 0..2 {
        for server in &servers {
            assert_eq!(versions(&client, &server.url(), 3), [Version::HTTP_2; 3]);
            assert!(client.stats().open <= 5);
        }
    }
}
