//! HTTP/2: what goes over the wire, what of a response comes out, and what a bad peer gets.

mod engine_support;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bytes::Bytes;
use engine_support::http2::{self, Server, begin, client, client_of, ok, read_body};
use engine_support::{fetch, get, read, request, run, until};
use futures_util::future::join_all;
use h2::Reason;
use h2::server::Builder;
use http::header::HeaderValue;
use http::{Method, Response, Version};
use tauraro::engine::Kind;
use tauraro::engine::http::{Body, HttpTransport, Limits, Stats, TransportConfig};

#[test]
fn a_request_and_its_response() {
    let (seen, requests) = mpsc::channel();
    let seen = Mutex::new(seen);
    let server = Server::answering(move |(request, mut respond)| {
        let seen = seen.lock().unwrap().clone();
        async move {
            let (parts, mut body) = request.into_parts();
            let body = read_body(&mut body).await;
            seen.send((parts, body)).unwrap();
            let head = Response::builder().status(203).header("X-A", "1");
            let mut stream = respond
                .send_response(head.body(()).unwrap(), false)
                .unwrap();
            stream
                .send_data(Bytes::from_static(b"hello"), true)
                .unwrap();
        }
    });
    let mut request = request(Method::POST, &format!("{}p?q=1#no", server.url()));
    for (name, value) in [
        ("connection", "keep-alive"),
        ("keep-alive", "1"),
        ("x-b", "2"),
    ] {
        let fields = request.headers_mut();
        fields.append(name.as_bytes(), value.as_bytes());
    }
    request.body = Body::Bytes(Bytes::from_static(b"body"));
    let client = client();
    run(async {
        let mut response = client.send(request).await.unwrap();
        assert_eq!(response.version, Version::HTTP_2);
        assert_eq!(response.status, 203);
        assert_eq!(response.stream_id, Some(1));
        assert_eq!(response.headers["x-a"], "1");
        assert_eq!(read(&mut response.body).await.unwrap(), "hello");
    });
    let (parts, body) = requests.recv().unwrap();
    assert_eq!(body, b"body");
    assert_eq!(parts.uri, format!("{}p?q=1", server.url()).as_str());
    let mut names: Vec<_> = parts.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "x-b"]);
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn many_requests_share_one_connection() {
    let server = Server::ok();
    let client = client_of(1);
    let url = server.url();
    for _ in 0..2 {
        let bodies = run(join_all((0..300).map(|_| fetch(&client, &url))));
        assert!(bodies.into_iter().all(|body| body.unwrap() == "ok"));
        assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
    }
    assert_eq!(server.counts().accepted(), 1);
}

#[test]
fn requests_wait_while_the_server_allows_no_more_streams() {
    let mut builder = Builder::new();
    builder.max_concurrent_streams(1);
    let server = Server::with(builder, |peer, _| {
        http2::serve(peer, Arc::new(|(_, respond)| async { ok(respond) }))
    });
    let client = client();
    run(async {
        let url = server.url();
        let bodies = join_all((0..100).map(|_| fetch(&client, &url))).await;
        assert!(bodies.into_iter().all(|body| body.unwrap() == "ok"));
    });
    assert_eq!(server.counts().accepted(), 1);
}

#[test]
fn a_dropped_request_resets_its_stream_and_no_other() {
    let (told, resets) = mpsc::channel();
    let told = Mutex::new(told);
    let arrived = Arc::new(tokio::sync::Notify::new());
    let arrival = arrived.clone();
    let server = Server::answering(move |(request, mut respond)| {
        let told = told.lock().unwrap().clone();
        let arrival = arrival.clone();
        async move {
            if request.uri().path() == "/never" {
                arrival.notify_one();
                let reason = std::future::poll_fn(|cx| respond.poll_reset(cx)).await;
                told.send(reason.unwrap()).unwrap();
            } else {
                ok(respond);
            }
        }
    });
    let client = client();
    run(async {
        let never = get(&format!("{}never", server.url()));
        let mut sending = Box::pin(client.send(never));
        let url = server.url();
        tokio::select! {
            _ = &mut sending => panic!("nobody answered"),
            body = fetch(&client, &url) => assert_eq!(body.unwrap(), "ok"),
        }
        // Dropped before it is sent, it would have no stream to reset.
        tokio::select! {
            _ = &mut sending => panic!("nobody answered"),
            () = arrived.notified() => {}
        }
        assert_eq!(client.stats(), Stats { open: 1, idle: 0 });
        drop(sending);
        assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
        assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
    });
    assert_eq!(resets.recv().unwrap(), Reason::CANCEL);
    assert_eq!(server.counts().accepted(), 1);
}

#[test]
fn a_slow_reader_holds_the_sender_back() {
    const CHUNK: usize = 64 * 1024;
    let sent = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = sent.clone();
    let server = Server::answering(move |(request, mut respond)| {
        let count = count.clone();
        async move {
            if request.uri().path() == "/ok" {
                return ok(respond);
            }
            let mut stream = begin(&mut respond);
            while http2::send(&mut stream, Bytes::from(vec![b'x'; CHUNK])).await {
                count.fetch_add(CHUNK, std::sync::atomic::Ordering::SeqCst);
            }
        }
    });
    let client = client();
    run(async {
        let mut response = client.send(get(&server.url())).await.unwrap();
        let mut last = None;
        loop {
            // Others go on meanwhile.
            fetch(&client, &format!("{}ok", server.url()))
                .await
                .unwrap();
            let now = sent.load(std::sync::atomic::Ordering::SeqCst);
            if now > 0 && last == Some(now) {
                break;
            }
            last = Some(now);
        }
        let held = sent.load(std::sync::atomic::Ordering::SeqCst);
        assert!(held < 1 << 20, "{held} bytes ahead of the reader");
        let mut read = 0;
        while read < 16 << 20 {
            read += response.body.chunk().await.unwrap().unwrap().len();
        }
    });
}

#[test]
fn a_goaway_moves_what_was_not_processed_to_another_connection() {
    let server = Server::start(|mut peer, number| async move {
        let mut answers = 0;
        while let Some(Ok((_, respond))) = peer.accept().await {
            ok(respond);
            answers += 1;
            if number < 3 && answers == 2 {
                peer.graceful_shutdown();
            }
        }
    });
    let client = client();
    run(async {
        for _ in 0..3 {
            let url = server.url();
            let bodies = join_all((0..10).map(|_| fetch(&client, &url))).await;
            assert!(bodies.into_iter().all(|body| body.unwrap() == "ok"));
        }
    });
    assert!(server.counts().accepted() > 1);
    // None, when the last connection was told to end by its last answer.
    let Stats { open, idle } = client.stats();
    assert_eq!(open, idle);
    assert!(open <= 1);
}

#[test]
fn a_refused_stream_is_tried_again_whatever_its_method() {
    let server = Server::start(|mut peer, _| async move {
        let mut refused = false;
        while let Some(Ok((_, mut respond))) = peer.accept().await {
            if !std::mem::replace(&mut refused, true) {
                respond.send_reset(Reason::REFUSED_STREAM);
            } else {
                ok(respond);
            }
        }
    });
    run(async {
        let mut request = request(Method::POST, &server.url());
        request.body = Body::Bytes(Bytes::from_static(b"body"));
        let mut response = client().send(request).await.unwrap();
        assert_eq!(read(&mut response.body).await.unwrap(), "ok");
        assert_eq!(response.stream_id, Some(3));
    });
}

#[test]
fn a_server_that_refuses_for_ever_is_told_of() {
    let server = Server::answering(|(_, mut respond)| async move {
        respond.send_reset(Reason::REFUSED_STREAM);
    });
    let client = client();
    let error = run(fetch(&client, &server.url())).expect_err("a refusal");
    assert_eq!(error.kind(), Kind::RemoteProtocol);
    assert!(error.to_string().contains("(REFUSED_STREAM)"), "{error}");
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn a_reset_stream_is_told_and_its_connection_goes_on() {
    let server = Server::answering(|(request, mut respond)| async move {
        match request.uri().path() {
            "/head" => respond.send_reset(Reason::INTERNAL_ERROR),
            "/body" => {
                let mut stream = begin(&mut respond);
                http2::send(&mut stream, Bytes::from_static(b"half")).await;
                stream.send_reset(Reason::ENHANCE_YOUR_CALM);
            }
            _ => ok(respond),
        }
    });
    let client = client();
    for (path, reason) in [("head", "INTERNAL_ERROR"), ("body", "ENHANCE_YOUR_CALM")] {
        let url = format!("{}{path}", server.url());
        let error = run(fetch(&client, &url)).expect_err("a reset");
        assert_eq!(error.kind(), Kind::RemoteProtocol);
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(run(fetch(&client, &server.url())).unwrap(), "ok");
    }
    assert_eq!(server.counts().accepted(), 1);
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn a_kept_connection_that_breaks_is_replaced_when_that_is_safe() {
    let serve = |mut peer: http2::Peer, number: usize| async move {
        let mut answers = 0;
        while let Some(Ok((_, respond))) = peer.accept().await {
            if number == 0 && answers == 1 {
                peer.abrupt_shutdown(Reason::INTERNAL_ERROR);
                return;
            }
            ok(respond);
            answers += 1;
        }
    };
    for (method, safe) in [(Method::GET, true), (Method::POST, false)] {
        let server = Server::start(serve);
        let client = client();
        run(async {
            fetch(&client, &server.url()).await.unwrap();
            let result = client.send(request(method.clone(), &server.url())).await;
            assert_eq!(result.is_ok(), safe, "{method}: {result:?}");
        });
    }
}

#[test]
fn a_server_that_speaks_no_http2_is_told_of() {
    for answer in ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", ""] {
        let server = engine_support::Server::start(move |peer, _| {
            peer.send(answer);
        });
        let client = client();
        let error = run(fetch(&client, &server.url())).expect_err("no HTTP/2");
        assert!(
            matches!(error.kind(), Kind::RemoteProtocol | Kind::Read),
            "{:?}: {error}",
            error.kind()
        );
        run(until(|| client.stats().open == 0));
    }
}

#[test]
fn each_timeout_has_its_own_error() {
    let silent = Server::answering(|(request, mut respond)| async move {
        match request.uri().path() {
            "/head" => std::future::pending().await,
            _ => {
                let stream = begin(&mut respond);
                std::future::pending::<()>().await;
                drop(stream);
            }
        }
    });
    let client = client();
    run(async {
        for path in ["head", "body"] {
            let mut request = get(&format!("{}{path}", silent.url()));
            request.timeouts.read = Some(Duration::from_millis(20));
            let error = match client.send(request).await {
                Ok(mut response) => read(&mut response.body).await.expect_err("silence"),
                Err(error) => error,
            };
            assert_eq!(error.kind(), Kind::ReadTimeout, "{path}");
        }
        let mut request = request(Method::POST, &format!("{}head", silent.url()));
        request.body = Body::Bytes(Bytes::from(vec![0; 1 << 20]));
        request.timeouts.write = Some(Duration::from_millis(20));
        let error = client.send(request).await.expect_err("a closed window");
        assert_eq!(error.kind(), Kind::WriteTimeout);
        assert_eq!(client.stats(), Stats { open: 0, idle: 0 });
    });
    // The peer may be gone without a word: after a timeout its connection takes no more requests.
    assert_eq!(silent.counts().accepted(), 3);
}

#[test]
fn heads_beyond_the_limit_are_refused() {
    let server = Server::answering(|(request, mut respond)| async move {
        let mut head = Response::new(());
        let fields = match request.uri().path() {
            "/long" => vec!["x".repeat(1 << 20)],
            "/many" => vec!["x".to_owned(); 10_000],
            _ => return ok(respond),
        };
        for field in fields {
            let value = HeaderValue::try_from(field).unwrap();
            head.headers_mut().append("x-a", value);
        }
        let _ = respond.send_response(head, true);
    });
    let client = client();
    run(async {
        for path in ["long", "many"] {
            let url = format!("{}{path}", server.url());
            let error = fetch(&client, &url).await.expect_err("a large head");
            assert_eq!(error.kind(), Kind::RemoteProtocol, "{path}: {error}");
            assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
        }
        until(|| client.stats() == Stats { open: 1, idle: 1 }).await;
    });
}

#[test]
fn idle_connections_keep_to_the_limits() {
    let server = Server::ok();
    for (keepalive, expiry, left) in [(Some(0), None, 0), (None, Some(Duration::ZERO), 1)] {
        let before = server.counts().accepted();
        let client = HttpTransport::new(TransportConfig {
            limits: Limits {
                max_keepalive_connections: keepalive,
                keepalive_expiry: expiry,
                ..Limits::default()
            },
            http1: false,
            http2: true,
            ..TransportConfig::default()
        });
        run(async {
            for _ in 0..3 {
                fetch(&client, &server.url()).await.unwrap();
                assert!(client.stats().open <= left);
            }
        });
        assert_eq!(server.counts().accepted() - before, 3);
        drop(client);
        run(until(|| server.counts().open() == 0));
    }
}

/// The child gets a connection and an I/O thread of its own; the parent's go on. Responses that it
/// inherited fail, and dropping them is safe.
#[test]
fn a_forked_child_has_connections_of_its_own() {
    let server = Server::answering(|(request, mut respond)| async move {
        match request.uri().path() {
            "/half" => {
                let mut stream = begin(&mut respond);
                http2::send(&mut stream, Bytes::from_static(b"half")).await;
                std::future::pending::<()>().await;
            }
            _ => ok(respond),
        }
    });
    let client = client();
    let ask = || run(fetch(&client, &server.url()));
    let mut half = run(client.send(get(&format!("{}half", server.url())))).unwrap();
    assert_eq!(run(half.body.chunk()).unwrap().unwrap(), "half");
    // SAFETY: no other thread of this test holds a lock that the child needs, and it leaves by
    // _exit. The server's threads live on in the parent.
    match unsafe { libc::fork() } {
        0 => {
            let answered = matches!(ask(), Ok(body) if body == "ok");
            let refused = run(half.body.chunk()).is_err_and(|error| error.kind() == Kind::Read);
            drop(half);
            let one = client.stats() == Stats { open: 1, idle: 1 };
            // SAFETY: nothing of the test harness may run in the child.
            unsafe { libc::_exit(if answered && refused && one { 7 } else { 1 }) }
        }
        child => {
            let mut status = 0;
            // SAFETY: `status` is valid for the call.
            assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
            assert_eq!(libc::WEXITSTATUS(status), 7, "the child failed: {status}");
        }
    }
    assert_eq!(ask().unwrap(), "ok");
    assert_eq!(client.stats(), Stats { open: 1, idle: 0 });
    assert_eq!(server.counts().accepted(), 2);
}
