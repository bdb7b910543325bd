//! How connections are opened: unix sockets, local addresses, socket options, server names,
//! and another attempt after a failure.

mod engine_support;

use std::io::{Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::thread;

use engine_support::proxies::relay;
use engine_support::tls::Identity;
use engine_support::*;
use socket2::SockRef;
use tauraro::engine::http::{HttpTransport, TransportConfig, Url};
use tauraro::engine::net::{
    Connector, OptionValue, SocketOption, SocketSettings, Target, Transport,
};
use tauraro::engine::tls::TlsSettings;
use tauraro::engine::{Error, Kind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn client_with(sockets: SocketSettings, tls: TlsSettings) -> HttpTransport {
    HttpTransport::new(TransportConfig {
        sockets,
        tls,
        ..TransportConfig::default()
    })
}

fn target(url: &str) -> Target {
    Target::of(&Url::parse(url).expect("a URL")).expect("a target")
}

async fn connect(sockets: SocketSettings, url: &str) -> Result<Transport, Error> {
    let connector = Connector::new(sockets, TlsSettings::default());
    connector.connect(&target(url), Some(GUARD)).await
}

/// Answers one request after the other on each connection to a unix socket, by relaying to `tcp`.
fn unix_front(path: &std::path::Path, tcp: std::net::SocketAddr) {
    let listener = UnixListener::bind(path).expect("a socket");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut near, far) = (stream.expect("a client"), TcpStream::connect(tcp));
            let far = far.expect("the server");
            let (mut from, mut to) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(std::net::Shutdown::Write);
            });
            thread::spawn(move || {
                let _ = std::io::copy(&mut &far, &mut near);
                let _ = near.shutdown(std::net::Shutdown::Both);
            });
        }
    });
}

fn at(path: &std::path::Path) -> SocketSettings {
    SocketSettings {
        uds: Some(path.to_owned()),
        ..SocketSettings::default()
    }
}

#[test]
fn requests_go_over_a_unix_socket_whatever_their_host_is_and_under_any_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server");
    let server = Server::start(|peer, _| {
        while let Some(request) = peer.request() {
            peer.ok(header(&request, "host").expect("a host"));
        }
    });
    unix_front(&path, server.addr);
    let client = client_with(at(&path), TlsSettings::default());
    for _ in 0..2 {
        let body = run(fetch(&client, "http://nowhere.invalid:81/")).expect("a response");
        assert_eq!(body, "nowhere.invalid:81");
    }
    assert_eq!(server.accepted(), 1);
}

#[test]
fn tls_runs_over_a_unix_socket_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server");
    let identity = Identity::new(folder.path(), "origin.test");
    let server = Server::ok();
    unix_front(&path, identity.in_front_of(server.addr));
    let client = client_with(at(&path), identity.trust);
    assert_eq!(
        run(fetch(&client, "https://origin.test/")).expect("a response"),
        "ok"
    );
}

#[test]
fn a_unix_socket_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing");
    let error = run(connect(at(&path), "http://host/")).unwrap_err();
    assert_eq!(error.kind(), Kind::Connect);
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
}

#[test]
fn a_unix_transport_has_no_ip_addresses_and_a_tcp_one_has_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server");
    let listener = UnixListener::bind(&path).unwrap();
    let server = Server::ok();
    run(async {
        let mut unix = connect(at(&path), "http://host/")
            .await
            .expect("a connection");
        assert!(unix.local_addr().is_err() && unix.peer_addr().is_err());
        let mut peer = listener.accept().unwrap().0;
        unix.write_all(b"ping").await.expect("a write");
        let mut ping = [0; 4];
        peer.read_exact(&mut ping).unwrap();
        peer.write_all(b"pong").unwrap();
        assert_eq!(
            unix.read_exact(&mut ping).await.ok().map(|_| ping),
            Some(*b"pong")
        );
        assert!(!unix.socket().is_readable_now());
        drop(peer);
        assert!(unix.socket().is_readable_now());
        let tcp = connect(SocketSettings::default(), &server.url())
            .await
            .expect("a connection");
        assert_eq!(tcp.peer_addr().unwrap(), server.addr);
        assert!(tcp.local_addr().unwrap().ip().is_loopback());
        assert_eq!(tcp.negotiated_protocol(), None);
    });
}

fn from(address: &str) -> SocketSettings {
    SocketSettings {
        local_address: Some(address.parse::<IpAddr>().expect("an address")),
        ..SocketSettings::default()
    }
}

#[test]
fn connections_come_from_the_local_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    let transport = run(connect(from("127.0.0.2"), &url)).expect("a connection");
    let peer = listener.accept().unwrap().1;
    assert_eq!(peer.ip().to_string(), "127.0.0.2");
    assert_eq!(transport.local_addr().unwrap(), peer);
}

#[test]
fn a_local_address_of_the_other_ip_version_reaches_nothing() {
    let error = run(connect(from("::"), "http://127.0.0.1:9/")).unwrap_err();
    assert_eq!(error.kind(), Kind::Connect);
    assert!(
        error.to_string().contains("127.0.0.1") && error.to_string().contains("::"),
        "{error}"
    );
}

fn with_option(name: i32, value: OptionValue) -> SocketSettings {
    let level = libc::SOL_SOCKET;
    SocketSettings {
        options: vec![SocketOption { level, name, value }],
        ..SocketSettings::default()
    }
}

#[test]
fn socket_options_are_set_and_nodelay_stays() {
    let server = Server::ok();
    let keepalive = with_option(libc::SO_KEEPALIVE, OptionValue::Int(1));
    // struct linger { l_onoff: 1, l_linger: 7 }
    let linger = [1_i32.to_ne_bytes(), 7_i32.to_ne_bytes()].concat();
    let linger = with_option(libc::SO_LINGER, OptionValue::Bytes(linger));
    run(async {
        let transport = connect(keepalive, &server.url())
            .await
            .expect("a connection");
        let socket = SockRef::from(transport.socket());
        assert!(socket.keepalive().unwrap());
        assert!(socket.tcp_nodelay().unwrap());
        let transport = connect(linger, &server.url()).await.expect("a connection");
        let linger = SockRef::from(transport.socket()).linger().unwrap();
        assert_eq!(linger.map(|linger| linger.as_secs()), Some(7));
    });
}

#[test]
fn a_socket_option_that_the_system_refuses_is_a_connect_error_that_names_it() {
    let server = Server::ok();
    let null = with_option(libc::SO_KEEPALIVE, OptionValue::Null(4));
    let error = run(connect(null, &server.url())).unwrap_err();
    assert_eq!(error.kind(), Kind::Connect);
    let named = format!(
        "socket option {} of level {}",
        libc::SO_KEEPALIVE,
        libc::SOL_SOCKET
    );
    assert!(error.to_string().contains(&named), "{error}");
}

fn retrying(retries: u32) -> SocketSettings {
    SocketSettings {
        retries,
        ..SocketSettings::default()
    }
}

#[test]
fn a_connection_that_fails_is_tried_again_as_often_as_the_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::new(folder.path(), "localhost");
    let front = identity.in_front_of(Server::ok().addr);
    // Breaks off the first TLS handshake.
    let flaky = move || {
        Server::start(move |peer, number| {
            if number > 0 {
                relay(peer, TcpStream::connect(front).expect("the server"));
            }
        })
    };
    for (retries, expected) in [(0, None), (1, Some("ok"))] {
        let server = flaky();
        let client = client_with(retrying(retries), identity.trust.clone());
        let url = format!("https://localhost:{}/", server.addr.port());
        let result = run(fetch(&client, &url));
        assert_eq!(result.as_deref().ok(), expected);
        assert_eq!(server.accepted(), 1 + retries as usize);
        if let Err(error) = result {
            assert_eq!(error.kind(), Kind::Connect);
        }
    }
}

#[test]
fn the_last_attempt_s_error_is_told_when_all_fail() {
    let server = Server::start(|peer, number| _ = peer.send(format!("no TLS {number}\r\n")));
    let client = client_with(retrying(2), TlsSettings::default());
    let error = run(fetch(&client, &format!("https://{}/", server.addr))).unwrap_err();
    assert_eq!((error.kind(), server.accepted()), (Kind::Connect, 3));
}

#[test]
fn what_fails_after_connecting_is_not_tried_again() {
    let server = Server::once("");
    let client = client_with(retrying(3), TlsSettings::default());
    let error = run(fetch(&client, &server.url())).unwrap_err();
    assert_eq!((error.kind(), server.accepted()), (Kind::RemoteProtocol, 1));
}

#[test]
fn another_server_name_is_sent_and_has_to_be_proved() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::new(folder.path(), "origin.test");
    let front = identity.in_front_of(Server::ok().addr);
    let connector = Connector::new(SocketSettings::default(), identity.trust);
    let mut target = target(&format!("https://{front}/"));
    run(async {
        let error = connector.connect(&target, None).await.unwrap_err();
        assert!(error.to_string().contains("not for 127.0.0.1"), "{error}");
        target.server_name = Some("other.test".to_owned());
        let error = connector.connect(&target, None).await.unwrap_err();
        assert!(error.to_string().contains("not for other.test"), "{error}");
        target.server_name = Some("origin.test".to_owned());
        connector
            .connect(&target, None)
            .await
            .expect("a connection");
    });
}
