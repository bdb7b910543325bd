//! A WebSocket server on tokio-tungstenite, for `ws://` and `wss://`:
//!
//! | path | behaviour after the handshake |
//! |---|---|
//! | `/echo` | sends every message back |
//! | `/close/{code}/{reason}` | closes with these at once |
//! | `/drop` | ends the TCP connection without a closing handshake |
//! | `/push/{n}` | sends the texts `0` to `n-1`, then closes with 1000 |
//! | `/silent` | reads, answers pings and a close, sends nothing of its own |
//! | `/headers` | sends the handshake's headers as a JSON object, then closes |

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use percent_encoding::percent_decode_str;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::http::Observer;
use super::server::ServerThread;
use super::stats::{Exchange, Stats};

/// A running WebSocket server. In its [`Stats`] a request is a handshake, and an exchange ended
/// early if the peer left without a closing handshake.
pub struct WebSocketServer {
    thread: ServerThread,
    scheme: &'static str,
    stats: Arc<Stats>,
    observer: Observer,
}

impl WebSocketServer {
    /// Starts a server for `ws://` URLs.
    pub fn start() -> Self {
        let stats = Arc::<Stats>::default();
        let counted = Arc::clone(&stats);
        let thread = ServerThread::start("ws", move |stream| {
            let stats = Arc::clone(&counted);
            async move {
                let _open = stats.socket_opened();
                serve(stream, &stats).await;
            }
        });
        Self::new(thread, "ws", stats)
    }

    /// Starts a server for `wss://` URLs.
    pub fn start_tls(config: Arc<ServerConfig>) -> Self {
        let stats = Arc::<Stats>::default();
        let counted = Arc::clone(&stats);
        let acceptor = TlsAcceptor::from(config);
        let thread = ServerThread::start("wss", move |stream| {
            let (acceptor, stats) = (acceptor.clone(), Arc::clone(&counted));
            async move {
                let _open = stats.socket_opened();
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, &stats).await;
                }
            }
        });
        Self::new(thread, "wss", stats)
    }

    fn new(thread: ServerThread, scheme: &'static str, stats: Arc<Stats>) -> Self {
        Self {
            thread,
            scheme,
            observer: Observer::start(Arc::clone(&stats)),
            stats,
        }
    }

    /// The URL of the server, on `localhost`, without a path.
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

    /// The URL of an HTTP server that answers `/stats` and `/reset-stats` for this one.
    pub fn stats_url(&self) -> String {
        self.observer.url()
    }
}

async fn serve<S>(stream: S, stats: &Arc<Stats>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut handshake = None;
    #[allow(
        clippy::result_large_err,
        reason = "the error type is the callback trait's"
    )]
    let remember = |request: &Request, response: Response| {
        handshake = Some(request.clone());
        Ok(response)
    };
    let accepted = tokio_tungstenite::accept_hdr_async(stream, remember).await;
    // Whoever sends no WebSocket handshake gets no service.
    let (Ok(socket), Some(request)) = (accepted, handshake) else {
        return;
    };
    let mut exchange = stats.exchange_started();
    if behave(socket, &request, &mut exchange).await.is_ok() {
        exchange.finish();
    }
}

/// What the path asks for; an error is a peer that left without a closing handshake.
async fn behave<S>(
    socket: WebSocketStream<S>,
    request: &Request,
    exchange: &mut Exchange,
) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let path = request.uri().path();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        ["close", code, reason] => close(socket, code.parse().unwrap_or(1000), reason).await,
        ["drop"] => {
            exchange.finish();
            Ok(())
        }
        ["push", count] => push(socket, count.parse().unwrap_or(0)).await,
        ["silent"] => read_until_closed(socket).await,
        ["headers"] => send_headers(socket, request).await,
        _ => echo(socket).await,
    }
}

async fn echo<S>(mut socket: WebSocketStream<S>) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() || message.is_binary() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

async fn close<S>(mut socket: WebSocketStream<S>, code: u16, reason: &str) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let reason = percent_decode_str(reason).decode_utf8_lossy().into_owned();
    let frame = CloseFrame {
        code: code.into(),
        reason: reason.into(),
    };
    socket.close(Some(frame)).await?;
    read_until_closed(socket).await
}

async fn push<S>(mut socket: WebSocketStream<S>, count: u32) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for number in 0..count {
        socket.send(Message::text(number.to_string())).await?;
    }
    close(socket, 1000, "").await
}

async fn send_headers<S>(mut socket: WebSocketStream<S>, request: &Request) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let headers: serde_json::Map<String, serde_json::Value> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.into_owned().into())
        })
        .collect();
    let headers = serde_json::Value::Object(headers);
    socket.send(Message::text(headers.to_string())).await?;
    close(socket, 1000, "").await
}

/// Reading is what makes tungstenite answer pings and finish the closing handshake.
async fn read_until_closed<S>(mut socket: WebSocketStream<S>) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = socket.next().await {
        message?;
    }
    Ok(())
}
