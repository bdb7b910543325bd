//! Each kind of wait has its own limit and its own error.

mod engine_support;

use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use engine_support::*;
use http::Method;
use tauraro::engine::http::{Body, BodySource, Request, Timeouts};
use tauraro::engine::{BoxError, Error, Kind};

const SHORT: Duration = Duration::from_millis(50);

/// Only the named limit is short.
fn hurried(mut request: Request, choose: impl FnOnce(&mut Timeouts)) -> Request {
    choose(&mut request.timeouts);
    request
}

fn failure(request: Request) -> Error {
    run(async {
        let mut response = client().send(request).await?;
        read(&mut response.body).await
    })
    .expect_err("a timeout")
}

fn assert_says(error: &Error, kind: Kind, message: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(
        error.to_string().starts_with("Timed out after 0.05 s "),
        "{error}"
    );
    assert!(error.to_string().contains(message), "{error}");
    assert!(error.to_string().contains("http"), "{error}");
}

/// A listener whose queue is full: the system leaves further connections unanswered.
fn full_listener() -> (TcpListener, Vec<socket2::Socket>) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    socket.listen(0).unwrap();
    let listener = TcpListener::from(socket);
    let addr = listener.local_addr().unwrap();
    let fill = |_| {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let socket = socket.unwrap();
        socket.set_nonblocking(true).unwrap();
        let _ = socket.connect(&addr.into());
        socket
    };
    let queue = (0..8).map(fill).collect();
    (listener, queue)
}

#[test]
fn a_connection_that_takes_too_long() {
    let (listener, _queue) = full_listener();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let request = hurried(get(&url), |limits| limits.connect = Some(SHORT));
    assert_says(
        &failure(request),
        Kind::ConnectTimeout,
        "connecting to http://",
    );
}

#[test]
fn a_tls_handshake_that_takes_too_long() {
    let server = Server::start(|peer, _| {
        peer.wait_for_end();
    });
    let url = format!("https://{}/", server.addr);
    let request = hurried(get(&url), |limits| limits.connect = Some(SHORT));
    assert_says(
        &failure(request),
        Kind::ConnectTimeout,
        "connecting to https://",
    );
}

#[test]
fn a_response_that_does_not_come() {
    let server = Server::holding("");
    let request = hurried(get(&server.url()), |limits| limits.read = Some(SHORT));
    assert_says(
        &failure(request),
        Kind::ReadTimeout,
        "waiting for a response from http://",
    );
}

#[test]
fn a_head_or_body_that_stops_half_way() {
    for (response, part) in [
        ("HTTP/1.1 200 OK\r\nX-A:", "a response from"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "more of the response body of",
        ),
        ("HTTP/1.1 100 Continue\r\n\r\n", "a response from"),
    ] {
        let server = Server::holding(response);
        let request = hurried(get(&server.url()), |limits| limits.read = Some(SHORT));
        assert_says(&failure(request), Kind::ReadTimeout, part);
    }
}

#[test]
fn a_timed_out_exchange_closes_its_connection() {
    let server = Server::holding("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    let client = client();
    run(async {
        let request = hurried(get(&server.url()), |limits| limits.read = Some(SHORT));
        let mut response = client.send(request).await.unwrap();
        let error = response.body.read_to_end().await.expect_err("half a body");
        assert_eq!(error.kind(), Kind::ReadTimeout);
        assert_eq!(client.stats().open, 0);
        until(|| server.open() == 0).await;
    });
}

/// Twenty pieces, each well within the limit, that together take far longer than it.
#[test]
fn each_wait_for_bytes_has_the_whole_limit() {
    let limit = Duration::from_millis(800);
    let server = Server::start(|peer, _| {
        peer.request();
        for byte in "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate".bytes() {
            std::thread::sleep(Duration::from_millis(40));
            peer.send([byte]);
        }
        peer.wait_for_end();
    });
    let request = hurried(get(&server.url()), |limits| limits.read = Some(limit));
    let body = run(async {
        let mut response = client().send(request).await?;
        read(&mut response.body).await
    });
    assert_eq!(body.expect("no wait was too long"), "late");
}

#[test]
fn a_server_that_does_not_read() {
    let (end, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let server = Server::start(move |_, _| {
        let _ = gate.lock().unwrap().recv();
    });
    let mut request = request(Method::POST, &server.url());
    request.body = Body::Bytes(Bytes::from(vec![0; 64 << 20]));
    let request = hurried(request, |limits| limits.write = Some(SHORT));
    assert_says(
        &failure(request),
        Kind::WriteTimeout,
        "waiting to send more of the request",
    );
    drop(end);
}

/// Produces its only chunk when told.
struct Slow(tokio::sync::oneshot::Receiver<Bytes>);

impl BodySource for Slow {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        if self.0.is_terminated() {
            return Poll::Ready(None);
        }
        std::pin::Pin::new(&mut self.0)
            .poll(cx)
            .map(|chunk| chunk.ok().map(Ok))
    }

    fn content_length(&self) -> Option<u64> {
        Some(4)
    }
}

/// The user's own code may take its time: it is no fault of the peer's.
#[test]
fn no_limit_runs_while_the_body_source_is_at_work() {
    let server = Server::ok();
    run(async {
        let (produce, source) = tokio::sync::oneshot::channel();
        let mut request = request(Method::POST, &server.url());
        request.body = Body::Stream(Box::new(Slow(source)));
        let tiny = Some(Duration::from_millis(100));
        (request.timeouts.read, request.timeouts.write) = (tiny, tiny);
        let client = client();
        let sending = client.send(request);
        let working = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            produce
                .send(Bytes::from_static(b"done"))
                .expect("a sender that waits");
        };
        let (response, ()) = tokio::join!(sending, working);
        assert_eq!(
            read(&mut response.expect("a response").body).await.unwrap(),
            "ok"
        );
    });
}
