//! The way to an open WebSocket connection: proxies, TLS, redirects, sockets, and the time for it.

mod engine_support;

use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use engine_support::proxies::RunningProxy;
use engine_support::tls::Identity;
use engine_support::*;
use parking_lot::Mutex;
use tauraro::engine::net::{Family, Socket, SocketSettings};
use tauraro::engine::tls::{TlsConfig, TlsSettings};
use tauraro::engine::ws::{
    Connect, ConnectError, Established, Hop, Message, ProxyChoice, ProxyFailure, ProxySettings,
    RedirectError, Redirects, Route,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// Answers a handshake, says hello and waits for the end. The path `/to/<location>` redirects.
fn greet(peer: &mut Peer, seen: &Mutex<Vec<String>>) {
    let Some(head) = peer.head() else { return };
    seen.lock().push(head.clone());
    let path = head.split(' ').nth(1).unwrap_or_default();
    if let Some(location) = path.strip_prefix("/to/") {
        peer.send(format!(
            "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        ));
    } else {
        let key = header(&head, "sec-websocket-key").expect("a key");
        let accept = derive_accept_key(key.as_bytes());
        peer.send(format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        ));
        peer.send(b"\x81\x05hello");
    }
    peer.wait_for_end();
}

/// A server that greets, and the heads of the requests to it.
fn greeter() -> (Server, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let notes = seen.clone();
    (Server::start(move |peer, _| greet(peer, &notes)), seen)
}

fn ws(addr: SocketAddr) -> String {
    format!("ws://{addr}")
}

async fn open(connect: Connect, uri: &str) -> Result<Established, ConnectError> {
    connect.to(uri, &TlsConfig::default()).await
}

fn by(route: Route) -> Connect {
    Connect {
        route,
        ..Connect::default()
    }
}

fn through(proxy: String) -> Connect {
    by(Route {
        proxy: ProxyChoice::Url(proxy),
        ..Route::default()
    })
}

async fn assert_greeted(opened: Result<Established, ConnectError>) {
    let established = opened.expect("a connection");
    let message = established.connection.recv().await.expect("a message");
    assert_eq!(message, Message::text("hello"));
}

fn failure(opened: Result<Established, ConnectError>) -> ConnectError {
    match opened {
        Ok(_) => panic!("there is a connection"),
        Err(error) => error,
    }
}

#[test]
fn an_http_proxy_opens_a_tunnel() {
    let ((server, _), proxy) = (greeter(), RunningProxy::http(Some("Basic bWU6c2VjcmV0")));
    let port = server.addr.port();
    run(async {
        let uri = format!("ws://origin.test:{port}/");
        let connect = through(format!("http://me:secret@{}", proxy.addr()));
        assert_greeted(open(connect, &uri).await).await;
    });
    let asked = &proxy.asked()[0];
    assert!(
        asked.starts_with(&format!("CONNECT origin.test:{port} ")),
        "{asked}"
    );
}

#[test]
fn a_socks_proxy_opens_a_tunnel() {
    let ((server, _), proxy) = (greeter(), RunningProxy::socks(Some(("me", "secret"))));
    run(async {
        let uri = format!("ws://origin.test:{}/", server.addr.port());
        let connect = through(format!("socks5h://me:secret@{}", proxy.addr()));
        assert_greeted(open(connect, &uri).await).await;
    });
    let asked = format!("origin.test:{}", server.addr.port());
    assert_eq!(proxy.asked(), [asked]);
}

#[test]
fn tls_within_the_tls_of_an_https_proxy() {
    let folder = tempfile::tempdir().expect("a folder");
    let ((server, _), proxy) = (greeter(), RunningProxy::http(None));
    let origin = Identity::new(folder.path(), "origin.test");
    let house = Identity::new(folder.path(), "proxy.test");
    let (origin_addr, proxy_addr) = (
        origin.in_front_of(server.addr),
        house.in_front_of(proxy.addr()),
    );
    let route = |tls: TlsSettings, server_name: &str| Route {
        proxy: ProxyChoice::Url(format!("https://{proxy_addr}")),
        proxy_settings: ProxySettings {
            tls,
            server_name: Some(server_name.to_owned()),
        },
        ..Route::default()
    };
    let uri = format!("wss://origin.test:{}/", origin_addr.port());
    run(async {
        let tls = TlsConfig::new(origin.trust.clone());
        let connect = by(route(house.trust.clone(), "proxy.test"));
        assert_greeted(connect.to(&uri, &tls).await).await;
        // Neither is trusted with the other's certificate, or under another name.
        for (settings, name) in [(&origin.trust, "proxy.test"), (&house.trust, "other.test")] {
            let connect = by(route(settings.clone(), name));
            let error = failure(connect.to(&uri, &tls).await);
            assert!(matches!(error, ConnectError::Network(_)), "{error}");
        }
    });
}

#[test]
fn a_proxy_that_refuses_is_shown_with_its_answer() {
    let proxy = RunningProxy::http(Some("Basic other"));
    let error = run(async {
        let connect = through(format!("http://{}", proxy.addr()));
        failure(open(connect, "ws://origin.test/").await)
    });
    match &error {
        ConnectError::Proxy {
            source: ProxyFailure::Status(response),
            ..
        } => assert_eq!(response.status, 407),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        error.to_string(),
        "proxy rejected connection: HTTP 407 (ws://origin.test/)"
    );
}

#[test]
fn a_proxy_that_speaks_something_else_is_told_apart_from_one_that_is_not_there() {
    let talker = Server::once("220 mail.test ESMTP\r\n");
    let silent = Server::once("");
    run(async {
        let error = failure(open(through(format!("http://{}", talker.addr)), "ws://o.test/").await);
        let is_message = |error: &ConnectError| {
            matches!(
                error,
                ConnectError::Proxy {
                    source: ProxyFailure::Message(_),
                    ..
                }
            )
        };
        assert!(is_message(&error), "{error:?}");
        let error = failure(open(through(format!("http://{}", silent.addr)), "ws://o.test/").await);
        assert!(is_message(&error), "{error:?}");
        let error = failure(open(through("http://127.0.0.1:1".to_owned()), "ws://o.test/").await);
        assert!(matches!(error, ConnectError::Network(_)), "{error:?}");
        let error = failure(open(through("gopher://p".to_owned()), "ws://o.test/").await);
        assert!(matches!(error, ConnectError::InvalidProxy(_)), "{error:?}");
    });
}

#[test]
fn the_time_for_opening_includes_a_proxy_that_says_nothing() {
    let proxy = Server::start(|peer, _| _ = peer.wait_for_end());
    run(async {
        let connect = Connect {
            open_timeout: Some(Duration::from_millis(50)),
            ..through(format!("http://{}", proxy.addr))
        };
        let error = failure(open(connect, "ws://me:secret@origin.test/").await);
        assert_eq!(
            error.to_string(),
            "timed out during opening handshake (ws://origin.test/)"
        );
        while proxy.open() > 0 {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn the_time_for_opening_is_not_begun_anew_by_redirects() {
    // Each answer is in time, all of them together are not.
    let server = Server::start(|peer, _| {
        if peer.head().is_some() {
            std::thread::sleep(Duration::from_millis(60));
            peer.send("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
            peer.wait_for_end();
        }
    });
    run(async {
        let connect = Connect {
            open_timeout: Some(Duration::from_millis(150)),
            max_redirects: usize::MAX,
            ..Connect::default()
        };
        let error = failure(open(connect, &ws(server.addr)).await);
        assert!(matches!(error, ConnectError::Timeout { .. }), "{error:?}");
    });
}

#[test]
fn redirects_are_followed_and_secrets_kept_from_others() {
    let ((first, first_seen), (second, second_seen)) = (greeter(), greeter());
    let uri = format!("{}/to/{}/x", ws(first.addr), ws(second.addr));
    run(async {
        let connect = Connect {
            headers: vec![
                ("Authorization".to_owned(), b"Bearer t".to_vec()),
                ("COOKIE".to_owned(), b"a=1".to_vec()),
                ("X-Mine".to_owned(), b"y".to_vec()),
            ],
            ..Connect::default()
        };
        let established = open(connect, &uri).await;
        assert_eq!(
            established
                .as_ref()
                .map(|it| it.request.path.clone())
                .ok()
                .as_deref(),
            Some("/x")
        );
        assert_greeted(established).await;
    });
    let (before, after) = (&first_seen.lock()[0], &second_seen.lock()[0]);
    for name in ["authorization", "cookie", "x-mine"] {
        assert!(header(before, name).is_some(), "{name}");
    }
    assert_eq!(header(after, "authorization"), None);
    assert_eq!(header(after, "cookie"), None);
    assert_eq!(header(after, "x-mine"), Some("y"));
}

#[test]
fn every_connection_of_a_redirect_is_closed_but_the_last() {
    let (server, _) = greeter();
    run(async {
        let uri = format!("{}/to//to//x", ws(server.addr));
        let established = open(Connect::default(), &uri).await.expect("a connection");
        assert_eq!(server.accepted(), 3);
        while server.open() > 1 {
            tokio::task::yield_now().await;
        }
        drop(established);
    });
}

#[test]
fn redirects_come_to_an_end() {
    let server = Server::start(|peer, _| {
        if peer.head().is_some() {
            peer.send("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
            peer.wait_for_end();
        }
    });
    let error = run(async { failure(open(Connect::default(), &ws(server.addr)).await) });
    assert_eq!(error.to_string(), "more than 10 redirects");
    assert_eq!(server.accepted(), 10);
}

#[test]
fn the_caller_may_decide_about_redirects() {
    struct Decide(Vec<&'static str>);
    impl Redirects for Decide {
        fn follow(&mut self, error: ConnectError) -> Result<Hop, ConnectError> {
            match self.0.pop() {
                Some(uri) => Ok(Hop {
                    uri: uri.to_owned(),
                    headers: Vec::new(),
                }),
                None => Err(error),
            }
        }
    }
    let (server, seen) = greeter();
    run(async {
        let connect = Connect {
            redirects: Some(Box::new(Decide(vec!["nonsense"]))),
            ..Connect::default()
        };
        let uri = format!("{}/to//x", ws(server.addr));
        let error = failure(open(connect, &uri).await);
        assert!(matches!(error, ConnectError::Uri(_)), "{error:?}");
        let connect = Connect {
            redirects: Some(Box::new(Decide(Vec::new()))),
            ..Connect::default()
        };
        let error = failure(open(connect, &uri).await);
        assert!(matches!(error, ConnectError::Handshake { .. }), "{error:?}");
    });
    assert_eq!(seen.lock().len(), 2);
}

#[test]
fn a_socket_that_was_given_is_used_once() {
    let (server, seen) = greeter();
    run(async {
        let given = || {
            let stream = TcpStream::connect(server.addr).expect("a connection");
            let socket = Socket::from_descriptor(OwnedFd::from(stream));
            by(Route {
                socket: Some(socket.expect("a stream socket")),
                proxy: ProxyChoice::Url("http://127.0.0.1:1".to_owned()),
                ..Route::default()
            })
        };
        assert_greeted(open(given(), "ws://origin.test/").await).await;
        let error = failure(open(given(), "ws://origin.test/to//x").await);
        assert!(
            matches!(
                error,
                ConnectError::Redirect {
                    source: RedirectError::GivenSocket(_),
                    answer: Some(_),
                }
            ),
            "{error:?}"
        );
    });
    assert_eq!(header(&seen.lock()[0], "host"), Some("origin.test"));
}

#[test]
fn what_is_no_stream_socket_is_refused() {
    run(async {
        let udp = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
        assert!(Socket::from_descriptor(OwnedFd::from(udp)).is_err());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
        assert!(Socket::from_descriptor(OwnedFd::from(listener)).is_err());
    });
}

#[test]
fn the_socket_is_opened_as_the_route_says() {
    let (server, seen) = greeter();
    run(async {
        let connect = by(Route {
            host: Some("127.0.0.1".to_owned()),
            port: Some(server.addr.port()),
            sockets: SocketSettings {
                local_address: Some("127.0.0.1".parse().expect("an address")),
                family: Some(Family::Ipv4),
                ..SocketSettings::default()
            },
            ..Route::default()
        });
        assert_greeted(open(connect, "ws://origin.test/").await).await;
        let connect = by(Route {
            sockets: SocketSettings {
                family: Some(Family::Ipv6),
                ..SocketSettings::default()
            },
            ..Route::default()
        });
        let error = failure(open(connect, &ws(server.addr)).await);
        assert!(error.to_string().contains("no IPv6 address"), "{error}");
    });
    assert_eq!(header(&seen.lock()[0], "host"), Some("origin.test"));
}

#[test]
fn dropping_the_future_closes_the_socket_whatever_it_waits_for() {
    let silent = Server::start(|peer, _| _ = peer.wait_for_end());
    run(async {
        let attempts = [
            (Connect::default(), ws(silent.addr)),
            (Connect::default(), ws(silent.addr).replace("ws:", "wss:")),
            (
                through(format!("http://{}", silent.addr)),
                "ws://o.test/".to_owned(),
            ),
            (
                through(format!("socks5://{}", silent.addr)),
                "ws://o.test/".to_owned(),
            ),
        ];
        for (number, (connect, uri)) in attempts.into_iter().enumerate() {
            let tls = TlsConfig::default();
            let opening = connect.to(&uri, &tls);
            tokio::select! {
                _ = opening => panic!("nobody answers"),
                () = async {
                    while silent.accepted() <= number {
                        tokio::task::yield_now().await;
                    }
                } => {}
            }
            while silent.open() > 0 {
                tokio::task::yield_now().await;
            }
        }
    });
}
