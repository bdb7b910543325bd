//! A proxy behind which every host is the same server, so that a script may name hosts of the
//! internet and stays on loopback.
//!
//! It takes CONNECT alone, so URLs are `https://`. Every answer is the JSON of a user.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::server::ServerThread;
use super::tls::{Authority, Certificate};

/// The body of every answer.
pub const ANSWER: &str = r#"{"id": 123, "name": "Alice"}"#;

/// The most bytes of a CONNECT's head.
const MAX_HEAD: usize = 16 << 10;

/// A request that came through the proxy.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `GET https://host/path?query`.
    pub line: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The content.
    pub body: Bytes,
}

impl Seen {
    /// The value of a header field; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The content as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The proxy and the server behind it.
pub struct StandIn {
    thread: ServerThread,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl StandIn {
    /// Starts it. Its certificate is for the hosts of [`Certificate::Document`].
    pub fn start(authority: &Authority) -> Self {
        let acceptor = TlsAcceptor::from(authority.server_config(Certificate::Document));
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let kept = Arc::clone(&seen);
        let thread = ServerThread::start("stand-in", move |stream| {
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&kept));
            async move {
                // An error is the client's own: it left, or did not trust the certificate.
                let _ = serve(stream, acceptor, seen).await;
            }
        });
        Self { thread, seen }
    }

    /// The proxy's URL.
    pub fn url(&self) -> String {
        self.thread.url("http")
    }

    /// The requests so far, in the order of their coming.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no handler panicked").clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    acceptor: TlsAcceptor,
    seen: Arc<Mutex<Vec<Seen>>>,
) -> std::io::Result<()> {
    let Some(host) = read_connect(&mut stream).await? else {
        let refusal = b"HTTP/1.1 405 CONNECT alone\r\nContent-Length: 0\r\n\r\n";
        return stream.write_all(refusal).await;
    };
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    let stream = acceptor.accept(stream).await?;
    let service = service_fn(|request| {
        let (seen, host) = (Arc::clone(&seen), host.clone());
        async move {
            let request = note(request, &host).await;
            seen.lock().expect("no handler panicked").push(request);
            Ok::<_, Infallible>(answer())
        }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    served.await.map_err(std::io::Error::other)
}

/// The host of a CONNECT; `None` for anything else.
async fn read_connect(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MAX_HEAD || stream.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8_lossy(&head);
    let target = head
        .strip_prefix("CONNECT ")
        .and_then(|rest| rest.split(' ').next());
    Ok(target.map(|target| target.trim_end_matches(":443").to_owned()))
}

async fn note(request: Request<Incoming>, host: &str) -> Seen {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|whole| whole.to_bytes());
    Seen {
        line: format!("{} https://{host}{}", head.method, head.uri),
        headers: head.headers,
        body: body.unwrap_or_default(),
    }
}

fn answer() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(ANSWER));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
