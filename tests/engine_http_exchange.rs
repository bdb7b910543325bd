//! What goes over the wire, and what of a response comes out.

mod engine_support;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc;
use std::task::{Context, Poll};

use bytes::Bytes;
use engine_support::*;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{Method, StatusCode, Version};
use tauraro::engine::http::request::parse_header;
use tauraro::engine::http::{Body, BodySource, Request, Url};
use tauraro::engine::{BoxError, Error, Kind};

/// A server that answers "ok" and reports each request that it got.
fn recorder() -> (Server, mpsc::Receiver<String>) {
    let (seen, requests) = mpsc::channel();
    let seen = Mutex::new(seen);
    let server = Server::start(move |peer, _| {
        while let Some(request) = peer.request() {
            seen.lock()
                .unwrap()
                .send(request)
                .expect("a test that waits");
            peer.ok("ok");
        }
    });
    (server, requests)
}

/// The request as the server saw it.
fn sent(request: impl FnOnce(&Server) -> Request) -> String {
    let (server, requests) = recorder();
    let request = request(&server);
    run(async { client().send(request).await }).expect("a response");
    requests.recv().expect("a request")
}

fn failure(response: impl Into<Vec<u8>>) -> Error {
    let server = Server::once(response);
    run(fetch(&client(), &server.url())).expect_err("a bad response")
}

#[test]
fn the_head_starts_with_the_host() {
    let head = sent(|server| {
        let mut request = get(&format!("{}p?q=1#no", server.url()));
        request.headers_mut().append(b"x-a", b"1");
        request
    });
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("GET /p?q=1 HTTP/1.1"));
    assert!(
        lines.next().unwrap().starts_with("host: 127.0.0.1:"),
        "{head}"
    );
    assert_eq!(lines.next(), Some("x-a: 1"));
    assert_eq!(lines.next(), Some(""), "{head}");
}

#[test]
fn a_host_field_of_the_users_wins() {
    let head = sent(|server| {
        let mut request = get(&server.url());
        request.headers_mut().set(b"x-first", b"1");
        request
            .headers_mut()
            .set(HOST.as_str().as_bytes(), b"other");
        request
    });
    assert!(
        head.starts_with("GET / HTTP/1.1\r\nx-first: 1\r\nhost: other\r\n\r\n"),
        "{head}"
    );
}

#[test]
fn userinfo_is_not_sent() {
    let head = sent(|server| get(&format!("http://user:secret@{}/", server.addr)));
    assert!(!head.contains("secret") && !head.contains('@'), "{head}");
}

#[test]
fn a_body_in_memory_has_its_length() {
    let head = sent(|server| {
        let mut request = request(Method::POST, &server.url());
        request.body = Body::Bytes(Bytes::from_static(b"hello"));
        request
    });
    assert_eq!(header(&head, "content-length"), Some("5"));
    assert!(head.ends_with("\r\n\r\nhello"), "{head}");
}

#[test]
fn no_body_has_a_length_only_where_one_is_expected() {
    for (method, length) in [
        (Method::POST, Some("0")),
        (Method::PUT, Some("0")),
        (Method::PATCH, Some("0")),
        (Method::GET, None),
        (Method::DELETE, None),
    ] {
        let head = sent(|server| request(method.clone(), &server.url()));
        assert_eq!(header(&head, "content-length"), length, "{method}");
        assert_eq!(header(&head, "transfer-encoding"), None, "{method}");
    }
}

/// Gives its chunks one by one, and waits once before each.
struct Chunks {
    chunks: Vec<Result<Bytes, BoxError>>,
    length: Option<u64>,
    waited: bool,
}

impl Chunks {
    fn body(chunks: &[&'static str], length: Option<u64>) -> Body {
        let chunks = chunks
            .iter()
            .rev()
            .map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())));
        Body::Stream(Box::new(Self {
            chunks: chunks.collect(),
            length,
            waited: false,
        }))
    }
}

impl BodySource for Chunks {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.waited = !self.waited;
        if self.waited {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.chunks.pop())
    }

    fn content_length(&self) -> Option<u64> {
        self.length
    }
}

fn upload(server: &Server, body: Body) -> Request {
    let mut request = request(Method::POST, &server.url());
    request.body = body;
    request
}

#[test]
fn a_stream_of_known_length_is_sent_as_such() {
    let head = sent(|server| upload(server, Chunks::body(&["hel", "", "lo"], Some(5))));
    assert_eq!(header(&head, "content-length"), Some("5"));
    assert!(head.ends_with("\r\n\r\nhello"), "{head}");
}

#[test]
fn a_stream_of_unknown_length_is_sent_in_chunks_even_with_get() {
    for method in [Method::POST, Method::GET] {
        let (seen, received) = mpsc::channel();
        let seen = Mutex::new(seen);
        let server = Server::start(move |peer, _| {
            let mut request = peer.head().expect("a head");
            while !request.ends_with("0\r\n\r\n") {
                let mut byte = [0];
                std::io::Read::read_exact(&mut peer.0, &mut byte).expect("a chunk");
                request.push(char::from(byte[0]));
            }
            peer.ok("ok");
            seen.lock()
                .unwrap()
                .send(request)
                .expect("a test that waits");
        });
        let mut request = upload(&server, Chunks::body(&["hel", "lo"], None));
        Arc::make_mut(&mut request.head).method = method;
        run(async { client().send(request).await }).expect("a response");
        let request = received.recv().expect("a request");
        assert_eq!(header(&request, "transfer-encoding"), Some("chunked"));
        assert_eq!(header(&request, "content-length"), None);
        assert!(
            request.ends_with("\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
            "{request}"
        );
    }
}

fn upload_failure(chunks: &[&'static str], length: u64) -> Error {
    let server = Server::ok();
    let sending = client().send(upload(&server, Chunks::body(chunks, Some(length))));
    run(sending).expect_err("a bad body")
}

#[test]
fn a_stream_has_to_keep_to_its_length() {
    for (chunks, length) in [
        (&["hello"][..], 6),
        (&["hello", "!"], 5),
        (&["hello"], 4),
        (&[], 1),
    ] {
        let error = upload_failure(chunks, length);
        assert_eq!(
            error.kind(),
            Kind::LocalProtocol,
            "{chunks:?} {length}: {error}"
        );
        assert!(error.to_string().contains("Content-Length"), "{error}");
    }
}

#[test]
fn an_error_of_the_users_stream_comes_out_unchanged() {
    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct Full;

    let server = Server::ok();
    let body = Body::Stream(Box::new(Chunks {
        chunks: vec![Err(Box::new(Full)), Ok(Bytes::from_static(b"first"))],
        length: None,
        waited: false,
    }));
    let error = run(client().send(upload(&server, body))).expect_err("the user's error");
    assert_eq!(error.kind(), Kind::User);
    let error = error.into_user().expect("the user's error");
    assert!(error.is::<Full>());
}

#[test]
fn header_fields_that_contradict_the_body_are_refused() {
    let server = Server::ok();
    for length in ["4", "-5", "5, 5", "x"] {
        let mut request = upload(&server, Body::Bytes(Bytes::from_static(b"hello")));
        let headers = request.headers_mut();
        headers.append(b"content-length", length.as_bytes());
        let error = run(client().send(request)).expect_err(length);
        assert_eq!(error.kind(), Kind::LocalProtocol, "{length}");
        assert!(error.to_string().contains("Content-Length"), "{error}");
    }
    assert_eq!(server.accepted(), 0);
}

#[test]
fn transfer_encoding_and_content_length_are_not_sent_together() {
    let (seen, received) = mpsc::channel();
    let seen = Mutex::new(seen);
    let server = Server::start(move |peer, _| {
        let request = peer.request().expect("a head");
        seen.lock()
            .unwrap()
            .send(request)
            .expect("a test that waits");
        peer.ok("ok");
    });
    let mut request = upload(&server, Body::Bytes(Bytes::from_static(b"hello")));
    request
        .headers_mut()
        .set(CONTENT_LENGTH.as_str().as_bytes(), b"5");
    request
        .headers_mut()
        .set(TRANSFER_ENCODING.as_str().as_bytes(), b"chunked");
    let _ = run(client().send(request));
    let head = received.recv().expect("a head");
    assert_eq!(header(&head, "content-length"), None, "{head}");
    assert_eq!(header(&head, "transfer-encoding"), Some("chunked"));
}

#[test]
fn header_fields_are_checked_and_values_never_shown() {
    assert!(parse_header(b"X-Ok", "va\tlue \u{e9}".as_bytes()).is_ok());
    for (name, value) in [
        (&b"bad name"[..], &b"secret"[..]),
        (b"", b"secret"),
        (b"x\r\n", b"secret"),
        (b"x-a", b"secret\r\nx-b: 1"),
        (b"x-a", b"secret\0"),
        (b"x-a", b"secret\n"),
    ] {
        let error = parse_header(name, value).expect_err("a bad field");
        assert_eq!(error.kind(), Kind::LocalProtocol);
        let shown = name.escape_ascii().to_string();
        assert!(error.to_string().contains(&format!("'{shown}'")), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
}

#[test]
fn a_response_has_its_head_and_body() {
    let server = Server::holding(
        "HTTP/1.1 299 Rather Fine\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello",
    );
    run(async {
        let mut response = client().send(get(&server.url())).await.expect("a response");
        assert_eq!(response.status, StatusCode::from_u16(299).unwrap());
        assert_eq!(response.version, Version::HTTP_11);
        let reason = response.reason.expect("a reason");
        assert_eq!(reason.as_bytes(), b"Rather Fine");
        let values: Vec<_> = response.headers.get_all("x-a").iter().collect();
        assert_eq!(values, ["1", "2"]);
        assert_eq!(response.url.as_str(), server.url());
        assert_eq!(read(&mut response.body).await.unwrap(), "hello");
        assert_eq!(response.body.received(), 5);
        assert_eq!(response.body.chunk().await.unwrap(), None);
    });
}

#[test]
fn bodies_end_as_their_framing_says() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;ext\r\nhe\r\n3\r\nllo\r\n0\r\nx: y\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ] {
        let server = Server::once(response);
        let body = run(fetch(&client(), &server.url()));
        assert_eq!(body.expect(response), "hello", "{response}");
    }
}

#[test]
fn responses_without_a_body_leave_the_connection_for_the_next() {
    for (method, response) in [
        (Method::HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        (
            Method::HEAD,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        (Method::GET, "HTTP/1.1 204 No Content\r\n\r\n"),
        (
            Method::GET,
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        ),
        (Method::GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let server = Server::start(
            move |peer, _| {
                while peer.request().is_some() && peer.send(response) {}
            },
        );
        let client = client();
        run(async {
            for _ in 0..3 {
                let request = request(method.clone(), &server.url());
                let mut response = client.send(request).await.expect("a response");
                // Back in the pool before anybody reads the body.
                assert_eq!(client.stats().idle, 1, "{response:?}");
                assert_eq!(read(&mut response.body).await.unwrap(), "");
            }
        });
        assert_eq!(server.accepted(), 1, "{method} {response}");
    }
}

#[test]
fn chunks_come_as_they_arrive() {
    let (go, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let server = Server::start(move |peer, _| {
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
        for part in ["ab", "cd", "ef"] {
            gate.lock().unwrap().recv().expect("a go");
            peer.send(part);
        }
        peer.wait_for_end();
    });
    run(async {
        let mut response = client().send(get(&server.url())).await.expect("a response");
        for (part, count) in [("ab", 2), ("cd", 4), ("ef", 6)] {
            go.send(()).expect("a server that waits");
            let chunk = response.body.chunk().await.unwrap().expect("a chunk");
            assert_eq!(chunk, part);
            assert_eq!(response.body.received(), count);
        }
        assert!(response.body.is_done());
        assert_eq!(response.body.chunk().await.unwrap(), None);
    });
}

#[test]
fn a_dropped_wait_for_a_chunk_loses_nothing() {
    let (go, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let server = Server::start(move |peer, _| {
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        gate.lock().unwrap().recv().expect("a go");
        peer.send("hello");
        peer.wait_for_end();
    });
    run(async {
        let mut response = client().send(get(&server.url())).await.expect("a response");
        for _ in 0..3 {
            let mut waiting = Box::pin(response.body.chunk());
            let polled = std::future::poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx)));
            assert!(polled.await.is_pending());
        }
        go.send(()).expect("a server that waits");
        assert_eq!(read(&mut response.body).await.unwrap(), "hello");
    });
}

#[test]
fn a_large_body_arrives_whole() {
    let body: Vec<u8> = (0..20_000_000_u32).map(|i| (i % 251) as u8).collect();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let server = Server::once([head.as_bytes(), &body].concat());
    run(async {
        let mut response = client().send(get(&server.url())).await.expect("a response");
        assert_eq!(response.body.read_to_end().await.expect("a body"), body);
    });
}

#[test]
fn a_large_upload_is_not_held_up_by_an_early_response() {
    let (end, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let server = Server::start(move |peer, _| {
        peer.head();
        peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!");
        // The body is never read, so it cannot be sent whole.
        let _ = gate.lock().unwrap().recv();
    });
    let client = client();
    run(async {
        let body = Body::Bytes(Bytes::from(vec![0; 32 << 20]));
        let mut response = client
            .send(upload(&server, body))
            .await
            .expect("a response");
        assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(read(&mut response.body).await.unwrap(), "no!");
    });
    assert_eq!(
        client.stats().open,
        0,
        "half a request was left on a pooled connection"
    );
    drop(end);
}

#[test]
fn a_connection_closed_too_soon_is_told_by_what_was_missing() {
    for (response, message) in [
        ("", "closed the connection without sending a response"),
        (
            "HTTP/1.1 200 OK\r\nX-A:",
            "closed the connection in the middle of the response head",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "sent 5 of the 10 bytes that its Content-Length promised",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
            "sent 0 of the 10 bytes that its Content-Length promised",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "in the middle of the response body, after 3 bytes",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "in the middle of the response body, after 5 bytes",
        ),
    ] {
        let error = failure(response);
        assert_eq!(error.kind(), Kind::RemoteProtocol, "{response}: {error}");
        assert!(error.to_string().contains(message), "{response}: {error}");
        assert!(error.to_string().contains("http://127.0.0.1:"), "{error}");
    }
}

#[test]
fn malformed_responses_are_told() {
    for (response, message) in [
        ("GARBAGE\r\n\r\n", "sent an invalid status line"),
        ("HTTP/1.1 abc\r\n\r\n", "sent an invalid status line"),
        ("HTTP/9.9 200 OK\r\n\r\n", "sent an invalid status line"),
        ("HTTP/1.1 99 Low\r\n\r\n", "sent an invalid status line"),
        (
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "sent an invalid response head",
        ),
        (
            "HTTP/1.1 200 OK\r\nbad name: 1\r\n\r\n",
            "sent an invalid response head",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "sent an invalid response head",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "sent an invalid response head",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "sent an invalid chunk",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello",
            "sent an invalid chunk",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "sent an invalid chunk",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
            "sent an invalid chunk",
        ),
    ] {
        let error = failure(response);
        assert_eq!(error.kind(), Kind::RemoteProtocol, "{response}: {error}");
        assert!(error.to_string().contains(message), "{response}: {error}");
    }
}

#[test]
fn bytes_after_the_end_of_a_response_belong_to_no_response_and_end_its_connection() {
    let surplus = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    for (head, body, content) in [
        ("Content-Length: 5", "hello", "hello"),
        ("Connection: close\r\nContent-Length: 5", "hello", "hello"),
        ("Content-Length: 0", "", ""),
        ("Transfer-Encoding: chunked", "2\r\nok\r\n0\r\n\r\n", "ok"),
    ] {
        let server = Server::holding(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}{surplus}"));
        let client = client();
        run(async {
            for count in 1..=2 {
                assert_eq!(fetch(&client, &server.url()).await.expect(head), content);
                assert_eq!(client.stats().open, 0, "{head}");
                assert_eq!(server.accepted(), count, "{head}");
            }
            until(|| server.open() == 0).await;
        });
    }
}

#[test]
fn a_failed_body_goes_on_failing() {
    let server = Server::once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    run(async {
        let mut response = client().send(get(&server.url())).await.expect("a response");
        assert_eq!(response.body.chunk().await.unwrap().unwrap(), "hello");
        for _ in 0..3 {
            let error = response.body.chunk().await.expect_err("half a body");
            assert!(
                error.to_string().contains("sent 5 of the 10 bytes"),
                "{error}"
            );
        }
    });
}

#[test]
fn response_heads_are_bounded() {
    let line = format!("HTTP/1.1 200 OK\r\nX-A: {}\r\n\r\n", "a".repeat(1 << 20));
    let fields = "X-A: 1\r\n".repeat(10_000);
    let fields = format!("HTTP/1.1 200 OK\r\n{fields}\r\n");
    let reason = format!("HTTP/1.1 200 {}\r\n\r\n", "a".repeat(1 << 20));
    for response in [line, fields, reason] {
        let error = failure(response);
        assert_eq!(error.kind(), Kind::RemoteProtocol, "{error}");
        assert!(
            error
                .to_string()
                .contains("sent a response head of more than"),
            "{error}"
        );
    }
    let fields = "X-A: 1\r\n".repeat(90);
    let server = Server::once(format!(
        "HTTP/1.1 200 OK\r\n{fields}Content-Length: 2\r\n\r\nok"
    ));
    assert_eq!(run(fetch(&client(), &server.url())).unwrap(), "ok");
}

#[test]
fn a_reset_is_a_read_error() {
    let server = Server::start(|peer, _| {
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        peer.request();
        peer.reset();
    });
    run(async {
        let mut response = client().send(get(&server.url())).await.expect("a response");
        assert_eq!(response.body.chunk().await.unwrap().unwrap(), "hello");
    });
    let server = Server::start(|peer, _| {
        peer.request();
        peer.reset();
    });
    let error = run(fetch(&client(), &server.url())).expect_err("a reset");
    assert_eq!(error.kind(), Kind::Read, "{error}");
    assert!(
        error
            .to_string()
            .contains("broke while the response was being read"),
        "{error}"
    );
}

#[test]
fn urls_that_cannot_be_requested_are_refused() {
    for (url, message) in [
        (
            "example.org/",
            "missing an 'http://' or 'https://' protocol",
        ),
        ("/path", "missing an 'http://' or 'https://' protocol"),
        ("ftp://example.org/", "unsupported protocol 'ftp://'"),
        ("http://", "missing a host"),
        ("https:///path", "missing a host"),
    ] {
        let request = Request::new(Method::GET, Url::parse(url).expect(url));
        let error = run(client().send(request)).expect_err(url);
        assert_eq!(error.kind(), Kind::UnsupportedProtocol, "{url}");
        assert!(error.to_string().contains(message), "{url}: {error}");
    }
}

#[test]
fn a_refused_connection_names_the_peer_and_the_url() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("an address");
    drop(listener);
    let url = format!("http://user:secret@{addr}/");
    let error = run(fetch(&client(), &url)).expect_err("nobody listens");
    assert_eq!(error.kind(), Kind::Connect);
    let expected = format!("Connection refused by {addr} while connecting to http://{addr}/");
    assert_eq!(error.to_string(), expected);
    assert_eq!(
        error.url().map(Url::as_str),
        Some(&*format!("http://{addr}/"))
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn an_unknown_host_is_named() {
    let error = run(fetch(&client(), "http://nosuch.invalid/")).expect_err("no such host");
    assert_eq!(error.kind(), Kind::Connect);
    let message = error.to_string();
    let start = "Could not resolve host 'nosuch.invalid' of http://nosuch.invalid/: ";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn localhost_is_resolved() {
    let server = Server::ok();
    let url = format!("http://localhost:{}/", server.addr.port());
    assert_eq!(run(fetch(&client(), &url)).unwrap(), "ok");
}
