//! A TCP server that breaks HTTP in one way a path:
//!
//! | path | fault |
//! |---|---|
//! | `/no-response` | closes without an answer |
//! | `/half-header` | closes in the middle of a header line |
//! | `/short-body` | announces 100 bytes, sends 10, closes |
//! | `/long-body` | announces 5 bytes, sends 25 in the same write, keeps the connection |
//! | `/short-chunk` | closes in the middle of a chunk |
//! | `/bad-chunk-size` | a chunk size that is no number |
//! | `/bad-status-line` | a status line without a number |
//! | `/garbage` | bytes that are no HTTP |
//! | `/huge-header` | one header line of 1 MiB |
//! | `/endless-header` | header lines for ever |
//! | `/unasked-response` | a good response, and a second one that nobody asked for |
//! | `/never` | accepts and never answers |
//! | anything else | a good response, so that a client can show that it still works |

use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::server::ServerThread;

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

/// The most bytes of a request's head that are kept.
const MAX_HEAD: usize = 64 << 10;

/// A running server that misbehaves, and beside it a port that answers before it is asked.
pub struct MisbehavingServer {
    thread: ServerThread,
    hasty: ServerThread,
}

impl MisbehavingServer {
    /// Starts both servers.
    pub fn start() -> Self {
        Self {
            thread: ServerThread::start("misbehaving", |mut stream| async move {
                // An error means that the client left, which is what a fault should cause.
                let _ = serve(&mut stream).await;
            }),
            hasty: ServerThread::start("hasty", |mut stream| async move {
                let _ = answer_unasked(&mut stream).await;
            }),
        }
    }

    /// The base URL of the faults, on `localhost`.
    pub fn url(&self) -> String {
        self.thread.url("http")
    }

    /// The URL of a server that writes `404 Too Hasty` as soon as it has accepted, before any request.
    pub fn hasty_url(&self) -> String {
        self.hasty.url("http")
    }

    /// Where the faulty server listens.
    pub fn address(&self) -> SocketAddr {
        self.thread.address()
    }
}

/// A port of 127.0.0.1 that refuses connections, and that nobody else can be given meanwhile.
pub struct RefusingPort(Socket);

impl RefusingPort {
    /// Reserves a port: bound, but not listening.
    pub fn reserve() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("make a socket");
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(&any_port.into()).expect("bind a loopback port");
        Self(socket)
    }

    /// The refusing address.
    pub fn address(&self) -> SocketAddr {
        let address = self.0.local_addr().expect("address of the socket");
        address.as_socket().expect("an IP address")
    }

    /// `scheme://localhost:port`.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://localhost:{}", self.address().port())
    }
}

/// Answers requests until a fault ends the connection.
async fn serve(stream: &mut TcpStream) -> std::io::Result<()> {
    while let Some(path) = read_path(stream).await? {
        match fault(&path) {
            Fault::ThenClose(bytes) => return stream.write_all(bytes).await,
            Fault::ThenGoOn(bytes) => stream.write_all(bytes).await?,
            Fault::HugeHeader => return huge_header(stream).await,
            Fault::EndlessHeader => return endless_header(stream).await,
            Fault::Silence => return wait_for_the_client_to_leave(stream).await,
        }
    }
    Ok(())
}

enum Fault {
    ThenClose(&'static [u8]),
    ThenGoOn(&'static [u8]),
    HugeHeader,
    EndlessHeader,
    Silence,
}

fn fault(path: &str) -> Fault {
    match path {
        "/no-response" => Fault::ThenClose(b""),
        "/half-header" => Fault::ThenClose(b"HTTP/1.1 200 OK\r\nContent-Le"),
        "/short-body" => {
            Fault::ThenClose(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
        }
        "/long-body" => Fault::ThenGoOn(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst, and then twenty more",
        ),
        "/short-chunk" => Fault::ThenClose(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n0123456789",
        ),
        "/bad-chunk-size" => Fault::ThenGoOn(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n0123456789\r\n0\r\n\r\n",
        ),
        "/bad-status-line" => Fault::ThenGoOn(b"HTTP/1.1 fine OK\r\nContent-Length: 0\r\n\r\n"),
        "/garbage" => Fault::ThenGoOn(b"\x16\x03\x01 this is no HTTP \xff\xfe\r\n\r\n"),
        "/huge-header" => Fault::HugeHeader,
        "/endless-header" => Fault::EndlessHeader,
        "/unasked-response" => Fault::ThenGoOn(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nasked\
              HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked",
        ),
        "/never" => Fault::Silence,
        _ => Fault::ThenGoOn(GOOD),
    }
}

async fn huge_header(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nX-Huge: ").await?;
    stream.write_all(&vec![b'x'; 1 << 20]).await?;
    stream.write_all(b"\r\nContent-Length: 0\r\n\r\n").await
}

/// A trickle: every read of the client gets something, and the head never ends.
async fn endless_header(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
    let line = format!("X-More: {}\r\n", "x".repeat(1_000));
    loop {
        stream.write_all(line.as_bytes()).await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn answer_unasked(stream: &mut TcpStream) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 404 Too Hasty\r\nContent-Length: 5\r\n\r\nhasty")
        .await?;
    wait_for_the_client_to_leave(stream).await
}

async fn wait_for_the_client_to_leave(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// The path of the next request, `None` once the client has closed. Bodies are not expected.
async fn read_path(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MAX_HEAD || stream.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8_lossy(&head);
    Ok(head.split(' ').nth(1).map(str::to_owned))
}
