//! Small servers that do exactly what a test says, and shorthands for the client.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

pub mod authority;
pub mod http2;
pub mod proxies;
pub mod tls;

use std::future::Future;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use http::Method;
use tauraro::engine::Error;
use tauraro::engine::http::{
    HttpTransport, Limits, Request, Response, ResponseBody, Timeouts, TransportConfig, Url,
};
use tokio::runtime::{Builder, Runtime};

/// Long enough for a loaded machine; only a hang reaches it.
pub const GUARD: Duration = Duration::from_secs(60);

/// A current-thread runtime, as every user of the engine has.
pub fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// Runs `future` under a runtime of its own; fails instead of hanging.
pub fn run<F: Future>(future: F) -> F::Output {
    run_on(&runtime(), future)
}

/// Runs `future` under `runtime`; fails instead of hanging.
pub fn run_on<F: Future>(runtime: &Runtime, future: F) -> F::Output {
    runtime.block_on(guarded(future))
}

/// Fails instead of hanging.
pub async fn guarded<F: Future>(future: F) -> F::Output {
    let guarded = tokio::time::timeout(GUARD, future);
    guarded.await.expect("the operation hangs")
}

/// Waits until `condition` holds; fails instead of hanging.
pub async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    guarded(wait).await;
}

/// A server that hands each connection to a closure, on a thread of its own.
pub struct Server {
    pub addr: SocketAddr,
    counts: Counts,
}

/// The connections of a server.
#[derive(Clone, Default)]
pub struct Counts {
    accepted: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    peak: Arc<AtomicUsize>,
}

impl Counts {
    /// Counts a connection, whose number from 0 is returned.
    pub fn accept(&self) -> usize {
        let open = self.open.fetch_add(1, SeqCst) + 1;
        self.peak.fetch_max(open, SeqCst);
        self.accepted.fetch_add(1, SeqCst)
    }

    pub fn end(&self) {
        self.open.fetch_sub(1, SeqCst);
    }

    /// Connections so far.
    pub fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }

    /// Connections that the server still has open.
    pub fn open(&self) -> usize {
        self.open.load(SeqCst)
    }
}

impl Server {
    /// `handler` also gets the number of the connection, from 0.
    pub fn start(handler: impl Fn(&mut Peer, usize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = Self {
            addr: listener.local_addr().expect("an address"),
            counts: Counts::default(),
        };
        let (counts, handler) = (server.counts.clone(), Arc::new(handler));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut peer = Peer(stream.expect("a connection"));
                let number = counts.accept();
                let (counts, handler) = (counts.clone(), handler.clone());
                thread::spawn(move || {
                    handler(&mut peer, number);
                    drop(peer);
                    counts.end();
                });
            }
        });
        server
    }

    /// Answers every request with 200 and the body "ok", for as long as the client likes.
    pub fn ok() -> Self {
        Self::start(|peer, _| while peer.request().is_some() && peer.ok("ok") {})
    }

    /// Reads one request, sends `answer` and closes.
    pub fn once(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |peer, _| {
            peer.request();
            peer.send(&answer);
        })
    }

    /// Reads one request, sends `answer` and waits for the client to close.
    pub fn holding(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |peer, _| {
            peer.request();
            peer.send(&answer);
            peer.wait_for_end();
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.addr)
    }

    /// Connections so far.
    pub fn accepted(&self) -> usize {
        self.counts.accepted()
    }

    /// Connections that the server still has open.
    pub fn open(&self) -> usize {
        self.counts.open()
    }

    /// The most connections at a time.
    pub fn peak(&self) -> usize {
        self.counts.peak.load(SeqCst)
    }
}

/// The server's end of a connection.
pub struct Peer(pub TcpStream);

impl Peer {
    /// The next request, head and body (by Content-Length); `None` when the client is gone.
    pub fn request(&mut self) -> Option<String> {
        let head = self.head()?;
        let length = header(&head, "content-length").map_or(0, |n| n.parse().expect("a number"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok()?;
        Some(head + &String::from_utf8_lossy(&body))
    }

    /// The next request's head; its body is left unread.
    pub fn head(&mut self) -> Option<String> {
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            seen.push(self.byte()?);
        }
        Some(String::from_utf8(seen).expect("an ASCII head"))
    }

    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.0.read_exact(&mut byte).ok()?;
        Some(byte[0])
    }

    /// False when the client is gone.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).is_ok()
    }

    pub fn ok(&mut self, body: &str) -> bool {
        self.send(ok(body))
    }

    /// Reads on until the client closes; true when it did so in good order.
    pub fn wait_for_end(&mut self) -> bool {
        std::io::copy(&mut self.0, &mut std::io::sink()).is_ok()
    }

    /// Closes so that the client sees a reset.
    pub fn reset(&mut self) {
        let socket = socket2::SockRef::from(&self.0);
        socket
            .set_linger(Some(Duration::ZERO))
            .expect("a linger option");
    }

    pub fn shut_down(&mut self) {
        self.0.shutdown(Shutdown::Both).expect("an open connection");
    }
}

/// A whole 200 response.
pub fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// The value of a header field in a request as the server saw it.
pub fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

pub fn client() -> HttpTransport {
    HttpTransport::new(TransportConfig::default())
}

/// A client with at most `max` connections.
pub fn client_of(max: usize) -> HttpTransport {
    HttpTransport::new(TransportConfig {
        limits: Limits {
            max_connections: Some(max),
            max_keepalive_connections: None,
            keepalive_expiry: None,
        },
        ..TransportConfig::default()
    })
}

pub fn request(method: Method, url: &str) -> Request {
    let mut request = Request::new(method, Url::parse(url).expect("a URL"));
    request.timeouts = Timeouts::all(Some(GUARD));
    request
}

pub fn get(url: &str) -> Request {
    request(Method::GET, url)
}

pub async fn read(body: &mut ResponseBody) -> Result<String, Error> {
    let bytes = body.read_to_end().await?;
    Ok(String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

/// A GET with its whole body.
pub async fn fetch(client: &HttpTransport, url: &str) -> Result<String, Error> {
    let mut response: Response = client.send(get(url)).await?;
    read(&mut response.body).await
}
