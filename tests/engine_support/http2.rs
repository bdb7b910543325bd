//! HTTP/2 servers that do exactly what a test says, with prior knowledge over plain TCP.

use std::future::{Future, poll_fn};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use h2::server::{Builder, Connection, SendResponse};
use h2::{RecvStream, SendStream};
use http::{Request, Response};
use tauraro::engine::http::{HttpTransport, Limits, TransportConfig};
use tokio::net::TcpStream;

use super::Counts;

pub type Peer = Connection<TcpStream, Bytes>;
pub type Asked = (Request<RecvStream>, SendResponse<Bytes>);

/// A server that hands each connection to a closure, all on one thread.
pub struct Server {
    pub addr: SocketAddr,
    counts: Counts,
}

impl Server {
    /// `handler` also gets the number of the connection, from 0.
    pub fn start<Handled>(handler: impl Fn(Peer, usize) -> Handled + Send + Sync + 'static) -> Self
    where
        Handled: Future<Output = ()> + 'static,
    {
        Self::with(Builder::new(), handler)
    }

    /// With settings of its own.
    pub fn with<Handled>(
        builder: Builder,
        handler: impl Fn(Peer, usize) -> Handled + Send + Sync + 'static,
    ) -> Self
    where
        Handled: Future<Output = ()> + 'static,
    {
        let handler = Arc::new(handler);
        Self::raw(move |stream, number| {
            let (shaking, handler) = (builder.handshake(stream), handler.clone());
            async move {
                // A client may leave before it has said anything.
                if let Ok(peer) = shaking.await {
                    handler(peer, number).await;
                }
            }
        })
    }

    /// Answers every request with `answer`, all at once, for as long as the client likes.
    pub fn answering<Answered>(answer: impl Fn(Asked) -> Answered + Send + Sync + 'static) -> Self
    where
        Answered: Future<Output = ()> + 'static,
    {
        let answer = Arc::new(answer);
        Self::start(move |peer, _| serve(peer, answer.clone()))
    }

    /// Answers every request with 200 and the body "ok".
    pub fn ok() -> Self {
        Self::answering(|(_, respond)| async { ok(respond) })
    }

    /// `handler` gets the bare connection.
    pub fn raw<Handled>(handler: impl Fn(TcpStream, usize) -> Handled + Send + 'static) -> Self
    where
        Handled: Future<Output = ()> + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = Self {
            addr: listener.local_addr().expect("an address"),
            counts: Counts::default(),
        };
        let counts = server.counts.clone();
        thread::spawn(move || {
            let local = tokio::task::LocalSet::new();
            local.block_on(&super::runtime(), async move {
                listener.set_nonblocking(true).expect("a listener");
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                loop {
                    let (stream, _) = listener.accept().await.expect("a connection");
                    let handled = handler(stream, counts.accept());
                    let counts = counts.clone();
                    tokio::task::spawn_local(async move {
                        handled.await;
                        counts.end();
                    });
                }
            });
        });
        server
    }
}

impl Server {
    pub fn url(&self) -> String {
        format!("http://{}/", self.addr)
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

/// Serves a connection to its end, each request in a task of its own.
pub async fn serve<Answered>(mut peer: Peer, answer: Arc<impl Fn(Asked) -> Answered>)
where
    Answered: Future<Output = ()> + 'static,
{
    while let Some(Ok(asked)) = peer.accept().await {
        tokio::task::spawn_local(answer(asked));
    }
}

/// Answers 200 with the body "ok".
pub fn ok(mut respond: SendResponse<Bytes>) {
    let body = Bytes::from_static(b"ok");
    // The client may have left.
    if let Ok(mut stream) = respond.send_response(Response::new(()), false) {
        let _ = stream.send_data(body, true);
    }
}

/// Answers 200 and leaves the body to the caller.
pub fn begin(respond: &mut SendResponse<Bytes>) -> SendStream<Bytes> {
    let sent = respond.send_response(Response::new(()), false);
    sent.expect("a client that waits")
}

/// Sends all of `bytes`, no faster than flow control allows. False when the client has left.
pub async fn send(stream: &mut SendStream<Bytes>, mut bytes: Bytes) -> bool {
    while !bytes.is_empty() {
        stream.reserve_capacity(bytes.len());
        let capacity = match stream.capacity() {
            0 => poll_fn(|cx| stream.poll_capacity(cx)).await,
            capacity => Some(Ok(capacity)),
        };
        let Some(Ok(capacity)) = capacity else {
            return false;
        };
        if stream
            .send_data(bytes.split_to(capacity.min(bytes.len())), false)
            .is_err()
        {
            return false;
        }
    }
    true
}

/// The whole body of a request.
pub async fn read_body(body: &mut RecvStream) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(Ok(chunk)) = body.data().await {
        all.extend_from_slice(&chunk);
        let _ = body.flow_control().release_capacity(chunk.len());
    }
    all
}

/// A client that speaks HTTP/2 alone, over at most `max` connections.
pub fn client_of(max: usize) -> HttpTransport {
    HttpTransport::new(TransportConfig {
        limits: Limits {
            max_connections: Some(max),
            max_keepalive_connections: None,
            keepalive_expiry: None,
        },
        http1: false,
        http2: true,
        ..TransportConfig::default()
    })
}

pub fn client() -> HttpTransport {
    client_of(100)
}
