//! An HTTP/1.1 server on hyper, plain or with TLS, and HTTP/2 where TLS negotiates it. Its paths are listed in `http/routes.rs`.

mod body;
mod routes;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use super::server::ServerThread;
use super::stats::Stats;
use body::Counted;

/// A running HTTP server and, beside it, one on a port of its own that answers `/stats` and
/// `/reset-stats` without being counted.
pub struct HttpServer {
    thread: ServerThread,
    scheme: &'static str,
    stats: Arc<Stats>,
    observer: Observer,
}

impl HttpServer {
    /// Starts a server for `http://` URLs.
    pub fn start() -> Self {
        let stats = Arc::<Stats>::default();
        let counted = Arc::clone(&stats);
        let thread = ServerThread::start("http", move |stream| {
            serve_counted(stream, Arc::clone(&counted))
        });
        Self::new(thread, "http", stats)
    }

    /// Starts a server for `https://` URLs. A failed TLS handshake is the peer's right and fails
    /// no test.
    pub fn start_tls(config: Arc<ServerConfig>) -> Self {
        let stats = Arc::<Stats>::default();
        let counted = Arc::clone(&stats);
        let acceptor = TlsAcceptor::from(config);
        let thread = ServerThread::start("https", move |stream| {
            let (acceptor, stats) = (acceptor.clone(), Arc::clone(&counted));
            async move {
                let _open = stats.socket_opened();
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let number = stats.accepted();
                match stream.get_ref().1.alpn_protocol() {
                    Some(b"h2") => serve_http2(stream, stats, number).await,
                    _ => serve(stream, stats, number).await,
                }
            }
        });
        Self::new(thread, "https", stats)
    }

    fn new(thread: ServerThread, scheme: &'static str, stats: Arc<Stats>) -> Self {
        Self {
            thread,
            scheme,
            observer: Observer::start(Arc::clone(&stats)),
            stats,
        }
    }

    /// The URL of `/`, on `localhost`, without the slash at the end.
    pub fn url(&self) -> String {
        self.thread.url(self.scheme)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.thread.address()
    }

    /// What the server saw so far.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The URL of the uncounted server that answers `/stats` and `/reset-stats` for this one.
    pub fn stats_url(&self) -> String {
        self.observer.url()
    }
}

/// Shows another server's [`Stats`] over HTTP, so that a script can ask without being counted.
pub struct Observer(ServerThread);

impl Observer {
    /// Starts an observer of `stats`.
    pub fn start(stats: Arc<Stats>) -> Self {
        Self(ServerThread::start("stats", move |stream| {
            let stats = Arc::clone(&stats);
            async move {
                let service = service_fn(|request| {
                    let response = routes::answer_stats(request.uri().path(), &stats);
                    async { Ok::<_, Infallible>(response) }
                });
                // An error here is the client's own: it left, or sent no HTTP.
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        }))
    }

    /// `http://localhost:port`.
    pub fn url(&self) -> String {
        self.0.url("http")
    }
}

async fn serve_counted(stream: tokio::net::TcpStream, stats: Arc<Stats>) {
    let _open = stats.socket_opened();
    let number = stats.accepted();
    serve(stream, stats, number).await;
}

/// Serves one connection until either side closes it.
async fn serve<S>(stream: S, stats: Arc<Stats>, connection: usize)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| answer(request, connection, Arc::clone(&stats)));
    // hyper reports a peer that left early as an error; `closed_early` has counted it.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// As [`serve`], many requests at once.
async fn serve_http2<S>(stream: S, stats: Arc<Stats>, connection: usize)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| answer(request, connection, Arc::clone(&stats)));
    let _ = http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    connection: usize,
    stats: Arc<Stats>,
) -> Result<Response<Counted>, Infallible> {
    let mut exchange = stats.exchange_started();
    let response = routes::answer(request, connection, &stats).await;
    if response.body().is_finished() {
        exchange.finish();
    }
    Ok(response.map(|body| Counted::new(body, exchange)))
}
