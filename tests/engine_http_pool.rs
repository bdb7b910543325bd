//! Which connections are kept, shared, waited for and given up.

mod engine_support;

use std::sync::Mutex;
use std::sync::mpsc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use engine_support::*;
use futures_util::future::join_all;
use http::Method;
use tauraro::engine::Kind;
use tauraro::engine::http::{Body, HttpTransport, Limits, Response, Stats, TransportConfig};

fn idle_limits(
    max_keepalive_connections: Option<usize>,
    expiry: Option<Duration>,
) -> HttpTransport {
    HttpTransport::new(TransportConfig {
        limits: Limits {
            max_keepalive_connections,
            keepalive_expiry: expiry,
            ..Limits::default()
        },
        ..TransportConfig::default()
    })
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let server = Server::ok();
    let client = client();
    run(async {
        for _ in 0..50 {
            assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
        }
    });
    assert_eq!(server.accepted(), 1);
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn clones_share_their_connections() {
    let server = Server::ok();
    let client = client();
    run(async {
        fetch(&client, &server.url()).await.unwrap();
        fetch(&client.clone(), &server.url()).await.unwrap();
    });
    assert_eq!(server.accepted(), 1);
}

#[test]
fn there_are_never_more_connections_than_allowed() {
    let server = Server::ok();
    let client = client_of(7);
    let url = server.url();
    let bodies = run(join_all((0..300).map(|_| fetch(&client, &url))));
    assert!(bodies.into_iter().all(|body| body.unwrap() == "ok"));
    assert!(server.peak() <= 7, "{} at a time", server.peak());
    assert_eq!(client.stats().open, client.stats().idle);
}

#[test]
fn the_longest_waiting_request_is_served_first() {
    let server = Server::ok();
    let client = client_of(1);
    run(async {
        let mut holder: Response = client.send(get(&server.url())).await.unwrap();
        let order = Mutex::new(Vec::new());
        let numbered = |number: usize| {
            let (client, order, url) = (&client, &order, server.url());
            async move {
                fetch(client, &url).await.expect("a turn");
                order.lock().unwrap().push(number);
            }
        };
        let release = async {
            tokio::task::yield_now().await;
            read(&mut holder.body).await.expect("a body");
        };
        tokio::join!(join_all((0..20).map(numbered)), release);
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    });
    assert_eq!(server.accepted(), 1);
}

#[test]
fn waiting_for_another_origin_closes_an_idle_connection() {
    let (first, second) = (Server::ok(), Server::ok());
    let client = client_of(1);
    run(async {
        for _ in 0..3 {
            fetch(&client, &first.url()).await.unwrap();
            fetch(&client, &second.url()).await.unwrap();
        }
        // And while it is in use: the one that waits gets the place, not the connection.
        let mut holder = client.send(get(&first.url())).await.unwrap();
        let (url, release) = (second.url(), async {
            tokio::task::yield_now().await;
            read(&mut holder.body).await
        });
        let (body, _) = tokio::join!(fetch(&client, &url), release);
        assert_eq!(body.unwrap(), "ok");
    });
    assert_eq!((first.accepted(), second.accepted()), (4, 4));
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn a_request_that_waits_too_long_for_a_connection_is_told_so() {
    let server = Server::ok();
    let client = client_of(1);
    run(async {
        let mut holder = client.send(get(&server.url())).await.unwrap();
        let mut request = get(&server.url());
        request.timeouts.pool = Some(Duration::from_millis(20));
        let error = client
            .send(request)
            .await
            .expect_err("no connection is free");
        assert_eq!(error.kind(), Kind::PoolTimeout);
        let message = error.to_string();
        assert!(message.starts_with("Timed out after 0.02 s waiting for a connection to http://"));
        assert!(message.contains("all 1 were in use"), "{message}");
        read(&mut holder.body).await.unwrap();
        assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
    });
}

#[test]
fn only_so_many_connections_are_kept() {
    let server = Server::ok();
    let client = idle_limits(Some(2), None);
    let url = server.url();
    run(async {
        join_all((0..6).map(|_| fetch(&client, &url))).await;
        until(|| server.open() <= 2).await;
    });
    assert!(client.stats().idle <= 2);
    assert_eq!(client.stats().open, client.stats().idle);
}

#[test]
fn a_connection_idle_for_too_long_is_not_used_again() {
    let server = Server::ok();
    let client = idle_limits(None, Some(Duration::ZERO));
    run(async {
        fetch(&client, &server.url()).await.unwrap();
        fetch(&client, &server.url()).await.unwrap();
    });
    assert_eq!(server.accepted(), 2);
}

#[test]
fn connections_that_may_not_be_kept_are_not() {
    for head in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2",
        "HTTP/1.0 200 OK\r\nContent-Length: 2",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2",
    ] {
        let server = Server::holding(format!("{head}\r\n\r\nok"));
        let client = client();
        run(async {
            for _ in 0..2 {
                assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
                assert_eq!(client.stats().open, 0, "{head}");
            }
            until(|| server.open() == 0).await;
        });
    }
}

#[test]
fn a_connection_that_the_server_closed_while_idle_is_replaced() {
    let server = Server::start(|peer, _| {
        peer.request();
        peer.ok("ok");
    });
    let client = client();
    run(async {
        for sent in 1..=5 {
            // A POST could not be repeated: the closed connection must not be tried.
            let mut request = request(Method::POST, &server.url());
            request.body = Body::Bytes(Bytes::from_static(b"once"));
            let mut response = client.send(request).await.expect("a new connection");
            assert_eq!(read(&mut response.body).await.unwrap(), "ok");
            until(|| server.accepted() == sent && server.open() == 0).await;
        }
    });
}

#[test]
fn an_unasked_response_on_an_idle_connection_is_not_taken_for_an_answer() {
    let (go, gate) = mpsc::channel::<()>();
    let (done, sent) = mpsc::channel::<()>();
    let ends = Mutex::new((gate, done));
    let server = Server::start(move |peer, number| {
        peer.request();
        peer.ok("ok");
        if number == 0 {
            let ends = ends.lock().unwrap();
            ends.0.recv().expect("a go");
            peer.ok("evil");
            ends.1.send(()).expect("a test that waits");
        }
        peer.wait_for_end();
    });
    let client = client();
    run(async {
        assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
        go.send(()).expect("a server that waits");
        sent.recv().expect("the unasked response");
        assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
    });
    assert_eq!(server.accepted(), 2);
}

/// Answers once, then closes each kept connection at the sight of a second request.
fn closes_on_second_request() -> Server {
    Server::start(|peer, _| {
        peer.request();
        peer.ok("ok");
        peer.request();
    })
}

#[test]
fn a_kept_connection_that_breaks_before_it_answers_is_tried_again_when_that_is_safe() {
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let server = closes_on_second_request();
        let client = client();
        run(async {
            for _ in 0..2 {
                let mut request = request(method.clone(), &server.url());
                request.body = Body::Bytes(Bytes::from_static(b"x"));
                let mut response = client.send(request).await.expect("a second try");
                assert_eq!(read(&mut response.body).await.unwrap(), "ok");
            }
        });
        assert_eq!(server.accepted(), 2, "{method}");
    }
}

#[test]
fn a_post_is_not_sent_twice() {
    let server = closes_on_second_request();
    let client = client();
    run(async {
        fetch(&client, &server.url()).await.unwrap();
        let error = client.send(request(Method::POST, &server.url())).await;
        assert_eq!(
            error.expect_err("a broken connection").kind(),
            Kind::RemoteProtocol
        );
    });
    assert_eq!(server.accepted(), 1);
    assert_eq!(client.stats().open, 0);
}

#[test]
fn a_request_whose_answer_has_begun_is_not_sent_twice() {
    let server = Server::start(|peer, _| {
        peer.request();
        peer.ok("ok");
        peer.request();
        peer.send("HTTP/1.1 2");
    });
    let client = client();
    run(async {
        fetch(&client, &server.url()).await.unwrap();
        let error = fetch(&client, &server.url()).await;
        let error = error.expect_err("half an answer").to_string();
        assert!(
            error.contains("in the middle of the response head"),
            "{error}"
        );
    });
    assert_eq!(server.accepted(), 1);
}

#[test]
fn a_new_connection_that_breaks_is_not_tried_again() {
    let server = Server::once("");
    let error = run(fetch(&client(), &server.url())).expect_err("no response");
    assert_eq!(error.kind(), Kind::RemoteProtocol);
    assert_eq!(server.accepted(), 1);
}

#[test]
fn a_dropped_request_closes_its_connection_at_once() {
    let server = Server::start(|peer, _| {
        peer.request();
        peer.wait_for_end();
    });
    let client = client();
    run(async {
        let mut sending = Box::pin(client.send(get(&server.url())));
        tokio::select! {
            _ = &mut sending => panic!("nobody answered"),
            () = until(|| server.open() == 1) => {}
        }
        drop(sending);
        assert_eq!(client.stats().open, 0);
        until(|| server.open() == 0).await;
    });
}

#[test]
fn a_response_dropped_before_its_end_closes_its_connection() {
    let server = Server::holding("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    let client = client();
    run(async {
        let mut response = client.send(get(&server.url())).await.unwrap();
        assert_eq!(response.body.chunk().await.unwrap().unwrap(), "hello");
        assert_eq!(client.stats(), Stats { open: 1, idle: 0 });
        drop(response);
        assert_eq!(client.stats().open, 0);
        until(|| server.open() == 0).await;

        let mut response = client.send(get(&server.url())).await.unwrap();
        response.body.close();
        assert_eq!(client.stats().open, 0);
        let error = response.body.chunk().await.expect_err("a closed response");
        assert_eq!(error.kind(), Kind::LocalProtocol);
    });
}

#[test]
fn a_waiter_that_leaves_after_it_was_served_passes_the_connection_on() {
    let server = Server::ok();
    let client = client_of(1);
    run(async {
        let mut holder = client.send(get(&server.url())).await.unwrap();
        let mut first = Box::pin(client.send(get(&server.url())));
        let url = server.url();
        let mut second = Box::pin(fetch(&client, &url));
        for _ in 0..2 {
            std::future::poll_fn(|cx| {
                assert!(first.as_mut().poll(cx).is_pending());
                assert!(second.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
        }
        read(&mut holder.body).await.unwrap();
        drop(first);
        assert_eq!(second.await.unwrap(), "ok");
    });
    assert_eq!(server.accepted(), 1);
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn a_closed_client_refuses_requests_and_lets_go_of_its_connections() {
    let server = Server::ok();
    let client = client_of(2);
    run(async {
        fetch(&client, &server.url()).await.unwrap();
        let mut under_way = client.send(get(&server.url())).await.unwrap();
        let mut other = client.send(get(&server.url())).await.unwrap();
        let url = server.url();
        let close = async {
            tokio::task::yield_now().await;
            client.close();
        };
        let (waiting, ()) = tokio::join!(fetch(&client, &url), close);
        for result in [waiting, fetch(&client, &url).await] {
            let error = result.expect_err("a closed client");
            assert_eq!(error.kind(), Kind::LocalProtocol);
            assert!(
                error.to_string().contains("the client has been closed"),
                "{error}"
            );
        }
        assert_eq!(read(&mut under_way.body).await.unwrap(), "ok");
        assert_eq!(read(&mut other.body).await.unwrap(), "ok");
        assert_eq!(client.stats(), Stats { open: 0, idle: 0 });
        until(|| server.open() == 0).await;
    });
}

#[test]
fn dropping_the_client_closes_idle_connections() {
    let server = Server::ok();
    let client = client();
    run(async {
        fetch(&client, &server.url()).await.unwrap();
        drop(client);
        until(|| server.open() == 0).await;
    });
}
