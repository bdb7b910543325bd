//! Connections that leave HTTP behind: 101, and 2xx to CONNECT.

mod engine_support;

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use engine_support::proxies::relay;
use engine_support::tls::Identity;
use engine_support::*;
use http::Method;
use tauraro::engine::Kind;
use tauraro::engine::http::{HttpTransport, NetworkStream};
use tauraro::engine::tls::TlsConfig;
use tokio::sync::Notify;

const SWITCH: &str =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

/// Switches to a protocol that says "early" first and then echoes.
fn echo() -> Server {
    Server::start(|peer, _| {
        peer.request();
        peer.send(format!("{SWITCH}early"));
        let mut bytes = [0; 64];
        while let Ok(count @ 1..) = peer.0.read(&mut bytes) {
            peer.send(&bytes[..count]);
        }
    })
}

async fn upgrade(client: &HttpTransport, url: &str) -> NetworkStream {
    let mut response = client.send(get(url)).await.expect("a response");
    assert_eq!(response.status, 101);
    assert_eq!(read(&mut response.body).await.expect("a body"), "");
    response.network_stream.take().expect("a stream")
}

#[test]
fn the_stream_gives_what_came_with_the_head_and_then_the_bytes_of_both_ends() {
    let server = echo();
    run(async {
        let stream = upgrade(&client(), &server.url()).await;
        assert_eq!(stream.read(3, None).await.unwrap(), "ear");
        assert_eq!(stream.read(100, None).await.unwrap(), "ly");
        stream.write(b"hello", Some(GUARD)).await.unwrap();
        assert_eq!(stream.read(4, Some(GUARD)).await.unwrap(), "hell");
        assert_eq!(stream.read(4, Some(GUARD)).await.unwrap(), "o");
        assert_eq!(stream.read(0, None).await.unwrap(), "");
        let peer = stream.inspect(|transport| transport.peer_addr().ok());
        assert_eq!(peer, Some(Some(server.addr)));
    });
}

#[test]
fn an_upgraded_connection_counts_until_it_is_closed_and_is_never_used_again() {
    let server = echo();
    run(async {
        let client = client_of(1);
        let stream = upgrade(&client, &server.url()).await;
        assert_eq!((client.stats().open, client.stats().idle), (1, 0));
        stream.close();
        assert_eq!(client.stats().open, 0);
        until(|| server.open() == 0).await;
        drop(upgrade(&client, &server.url()).await);
        until(|| server.open() == 0).await;
        assert_eq!((server.accepted(), client.stats().open), (2, 0));
    });
}

#[test]
fn a_response_that_is_dropped_closes_its_upgraded_connection() {
    let server = echo();
    run(async {
        let client = client();
        drop(client.send(get(&server.url())).await.expect("a response"));
        until(|| server.open() == 0).await;
        assert_eq!(client.stats().open, 0);
    });
}

#[test]
fn a_read_waits_no_longer_than_its_limit_and_loses_nothing() {
    let server = echo();
    run(async {
        let stream = upgrade(&client(), &server.url()).await;
        stream.read(100, None).await.unwrap();
        let error = stream
            .read(1, Some(Duration::from_millis(10)))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::ReadTimeout);
        stream.write(b"x", None).await.unwrap();
        assert_eq!(stream.read(1, Some(GUARD)).await.unwrap(), "x");
    });
}

#[test]
fn a_write_that_the_peer_does_not_take_times_out() {
    let server = Server::start(|peer, _| {
        peer.request();
        peer.send(SWITCH);
        std::thread::park();
    });
    run(async {
        let stream = upgrade(&client(), &server.url()).await;
        let much = vec![0; 64 * 1024 * 1024];
        let error = stream
            .write(&much, Some(Duration::from_millis(50)))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::WriteTimeout);
    });
}

#[test]
fn one_task_reads_while_another_writes_and_closing_ends_the_read() {
    let server = echo();
    run(async {
        let stream = upgrade(&client(), &server.url()).await;
        stream.read(100, None).await.unwrap();
        let read_one = Notify::new();
        let reading = async {
            assert_eq!(stream.read(1, None).await.unwrap(), "y");
            read_one.notify_one();
            stream.read(1, None).await
        };
        let writing = async {
            stream.write(b"y", None).await.unwrap();
            read_one.notified().await;
            stream.close();
        };
        let (read, ()) = tokio::join!(reading, writing);
        assert_eq!(read.unwrap_err().kind(), Kind::Read);
        assert_eq!(
            stream.write(b"z", None).await.unwrap_err().kind(),
            Kind::Write
        );
        assert_eq!(stream.read(1, None).await.unwrap_err().kind(), Kind::Read);
    });
}

#[test]
fn the_end_of_the_stream_is_no_bytes() {
    let server = Server::once(SWITCH);
    run(async {
        let stream = upgrade(&client(), &server.url()).await;
        assert_eq!(stream.read(10, Some(GUARD)).await.unwrap(), "");
    });
}

#[test]
fn a_tunnel_asked_for_by_hand_can_be_secured() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::new(folder.path(), "origin.test");
    let front = identity.in_front_of(Server::ok().addr);
    let server = Server::start(move |peer, _| {
        peer.head();
        peer.send("HTTP/1.1 200 Connected\r\n\r\n");
        relay(peer, TcpStream::connect(front).expect("the origin"));
    });
    let tls = TlsConfig::new(identity.trust);
    run(async {
        let client = client();
        let connect = || client.send(request(Method::CONNECT, &server.url()));
        let response = connect().await.expect("a response");
        let plain = response.network_stream.expect("a stream");
        let name = Some("origin.test".to_owned());
        let stream = plain
            .start_tls(&tls, name, Some(GUARD))
            .await
            .expect("a handshake");
        stream.write(b"GET / HTTP/1.1\r\n\r\n", None).await.unwrap();
        assert!(stream.read(8, None).await.unwrap().starts_with(b"HTTP"));
        assert_eq!(plain.read(1, None).await.unwrap_err().kind(), Kind::Read);
        assert_eq!(client.stats().open, 1);
        let untrusted = connect()
            .await
            .expect("a response")
            .network_stream
            .expect("a stream");
        let error = untrusted
            .start_tls(&tls, None, Some(GUARD))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Connect);
        assert!(untrusted.inspect(|_| ()).is_none());
        assert_eq!(client.stats().open, 1);
    });
}

#[test]
fn a_refused_tunnel_is_a_response_like_any_other() {
    let server = Server::once("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    run(async {
        let answer = client().send(request(Method::CONNECT, &server.url())).await;
        let mut response = answer.expect("a response");
        assert!(response.network_stream.is_none());
        assert_eq!(read(&mut response.body).await.expect("a body"), "no");
    });
}
