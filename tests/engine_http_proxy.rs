//! Requests through proxies, good and bad. The classes of the errors are those of httpx 0.28.1.

mod engine_support;

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use engine_support::proxies::{RunningProxy, relay};
use engine_support::tls::Identity;
use engine_support::*;
use http::header::{AUTHORIZATION, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue};
use tauraro::engine::http::{HttpTransport, Proxy, TransportConfig, Url};
use tauraro::engine::net::SocketSettings;
use tauraro::engine::tls::TlsSettings;
use tauraro::engine::{Error, Kind};

/// Basic, me, secret.
const BASIC: &str = "Basic bWU6c2VjcmV0";

fn proxy(url: &str) -> Proxy {
    Proxy::new(&Url::parse(url).expect("a URL")).expect("a proxy URL")
}

fn through(proxy: Proxy) -> HttpTransport {
    trusting(proxy, TlsSettings::default())
}

fn trusting(proxy: Proxy, tls: TlsSettings) -> HttpTransport {
    HttpTransport::new(TransportConfig {
        proxy: Some(proxy),
        tls,
        ..TransportConfig::default()
    })
}

/// An origin that only the proxies of the tests can find.
fn origin(scheme: &str, addr: SocketAddr) -> String {
    format!("{scheme}://origin.test:{}/path?query", addr.port())
}

/// An origin that answers with the request's head.
fn echo() -> Server {
    Server::start(|peer, _| {
        while let Some(request) = peer.request() {
            peer.ok(&request);
        }
    })
}

#[test]
fn a_request_to_an_http_url_goes_to_the_proxy_in_absolute_form() {
    let (server, running) = (echo(), RunningProxy::http(Some(BASIC)));
    let extra = HeaderMap::from_iter([(
        http::HeaderName::from_static("proxy-note"),
        HeaderValue::from_static("for the proxy"),
    )]);
    let proxy = proxy(&format!("http://me:secret@{}", running.addr())).with_headers(extra);
    let url = origin("http", server.addr);
    let seen = run(fetch(&through(proxy), &url)).expect("a response");
    assert!(seen.starts_with("GET /path?query HTTP/1.1\r\n"), "{seen}");
    let authority = format!("origin.test:{}", server.addr.port());
    assert_eq!(header(&seen, "host"), Some(authority.as_str()));
    let asked = running.asked();
    assert!(
        asked[0].starts_with(&format!("GET {url} HTTP/1.1\r\n")),
        "{asked:?}"
    );
    assert_eq!(header(&asked[0], "proxy-note"), Some("for the proxy"));
    assert_eq!(header(&asked[0], "proxy-authorization"), Some(BASIC));
}

#[test]
fn a_connection_to_the_proxy_serves_one_origin_after_another_request_to_it() {
    let (first, second) = (echo(), echo());
    let running = RunningProxy::http(None);
    run(async {
        let client = through(proxy(&format!("http://{}", running.addr())));
        for server in [&first, &first, &second] {
            fetch(&client, &origin("http", server.addr))
                .await
                .expect("a response");
        }
        assert_eq!(running.server.accepted(), 2);
    });
}

#[test]
fn a_request_s_own_field_wins_over_the_proxy_s() {
    let (server, running) = (echo(), RunningProxy::http(Some("own")));
    let client = through(proxy(&format!("http://me:secret@{}", running.addr())));
    let mut request = get(&origin("http", server.addr));
    request
        .headers_mut()
        .set(PROXY_AUTHORIZATION.as_str().as_bytes(), b"own");
    let response = run(client.send(request)).expect("a response");
    assert_eq!(response.status, 200);
}

#[test]
fn an_https_origin_is_reached_through_a_tunnel_that_keeps_secrets_apart() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::new(folder.path(), "origin.test");
    let server = echo();
    let front = identity.in_front_of(server.addr);
    let running = RunningProxy::http(Some(BASIC));
    let proxy = proxy(&format!("http://{}", running.addr())).or_credentials(b"me", b"secret");
    let client = trusting(proxy, identity.trust);
    let mut request = get(&origin("https", front));
    request
        .headers_mut()
        .set(AUTHORIZATION.as_str().as_bytes(), b"for the origin");
    let seen = run(async {
        let mut response = client.send(request).await.expect("a response");
        read(&mut response.body).await.expect("a body")
    });
    assert_eq!(header(&seen, "authorization"), Some("for the origin"));
    assert_eq!(header(&seen, "proxy-authorization"), None);
    let port = front.port();
    let connect = format!(
        "CONNECT origin.test:{port} HTTP/1.1\r\nhost: origin.test:{port}\r\naccept: */*\r\nproxy-authorization: {BASIC}\r\n\r\n"
    );
    assert_eq!(running.asked(), [connect]);
}

#[test]
fn a_tunnel_opens_with_any_2xx_of_any_version_after_any_1xx() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::new(folder.path(), "origin.test");
    let front = identity.in_front_of(Server::ok().addr);
    for answer in [
        "HTTP/1.0 200 Connection established\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let proxy_server = Server::start(move |peer, _| {
            peer.head();
            peer.send(answer);
            relay(peer, TcpStream::connect(front).expect("the origin"));
        });
        let proxy = proxy(&format!("http://{}", proxy_server.addr));
        let client = trusting(proxy, identity.trust.clone());
        let body = run(fetch(&client, "https://origin.test/"));
        assert_eq!(body.expect(answer), "ok");
    }
}

#[test]
fn an_https_proxy_is_trusted_by_its_own_settings_and_carries_tls_within_tls() {
    let folder = tempfile::tempdir().unwrap();
    let origins = Identity::new(folder.path(), "origin.test");
    let proxies = Identity::new(folder.path(), "localhost");
    let server = echo();
    let origin_front = origins.in_front_of(server.addr);
    let running = RunningProxy::http(None);
    let proxy_front = proxies.in_front_of(running.addr());
    let proxy = proxy(&format!("https://localhost:{}", proxy_front.port()));
    run(async {
        let client = trusting(proxy.clone().with_tls(proxies.trust), origins.trust.clone());
        for url in [origin("https", origin_front), origin("http", server.addr)] {
            let seen = fetch(&client, &url).await.expect("a response");
            assert!(seen.starts_with("GET /path?query"), "{seen}");
        }
        let untrusted = trusting(proxy, origins.trust);
        let error = fetch(&untrusted, &origin("http", server.addr))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Connect);
        assert!(error.to_string().contains("https://localhost:"), "{error}");
    });
}

#[test]
fn a_socks_proxy_resolves_the_name_and_carries_http_and_https() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::new(folder.path(), "origin.test");
    let server = echo();
    let front = identity.in_front_of(server.addr);
    for scheme in ["socks5", "socks5h"] {
        let running = RunningProxy::socks(Some(("me", "p@ss")));
        let proxy = proxy(&format!("{scheme}://me:p%40ss@{}", running.addr()));
        let client = trusting(proxy, identity.trust.clone());
        run(async {
            for url in [origin("http", server.addr), origin("https", front)] {
                let seen = fetch(&client, &url).await.expect("a response");
                assert!(seen.starts_with("GET /path?query"), "{seen}");
            }
        });
        let ports = [server.addr.port(), front.port()];
        assert_eq!(
            running.asked(),
            ports.map(|port| format!("origin.test:{port}"))
        );
    }
}

#[test]
fn an_address_goes_to_a_socks_proxy_as_an_address() {
    let (server, running) = (echo(), RunningProxy::socks(None));
    let client = through(proxy(&format!("socks5://{}", running.addr())));
    run(async {
        let port = server.addr.port();
        for host in ["127.0.0.1", "[::1]"] {
            fetch(&client, &format!("http://{host}:{port}/"))
                .await
                .expect("a response");
        }
        let expected = ["127.0.0.1", "::1"].map(|host| format!("{host}:{port}"));
        assert_eq!(running.asked(), expected);
    });
}

/// httpx does not look at `uds` when there is a proxy.
#[test]
fn the_proxy_is_reached_with_the_settings_for_sockets_but_not_over_the_unix_socket() {
    let server = Server::start(|peer, _| {
        peer.request();
        let from = peer.0.peer_addr().expect("an address").ip();
        peer.ok(&from.to_string());
    });
    let client = HttpTransport::new(TransportConfig {
        proxy: Some(proxy(&format!("http://{}", server.addr))),
        sockets: SocketSettings {
            uds: Some("/nowhere".into()),
            local_address: "127.0.0.2".parse().ok(),
            ..SocketSettings::default()
        },
        ..TransportConfig::default()
    });
    let body = run(fetch(&client, "http://origin.test/"));
    assert_eq!(body.expect("a response"), "127.0.0.2");
}

/// The error of an https request through a proxy at `url`.
fn failure(url: &str) -> Error {
    failure_of(url, "https://origin.test/")
}

fn failure_of(proxy_url: &str, url: &str) -> Error {
    let client = through(proxy(proxy_url));
    let mut request = get(url);
    request.timeouts.read = Some(Duration::from_millis(200));
    let error = run(client.send(request)).expect_err("a failure");
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("secret") && !shown.contains("bWU6"),
        "{shown}"
    );
    assert_eq!(error.url().map(Url::as_str), Some(url));
    error
}

#[test]
fn a_refused_tunnel_says_with_which_status_and_shows_no_credentials() {
    let running = RunningProxy::http(Some("other"));
    let error = failure(&format!("http://me:secret@{}", running.addr()));
    assert_eq!(error.kind(), Kind::Proxy);
    let expected = format!(
        "The proxy http://{} refused to connect to origin.test:443: 407 Proxy Authentication Required.",
        running.addr()
    );
    assert_eq!(error.to_string(), expected);
    let server = Server::once("HTTP/1.1 599 Not today\r\n\r\n");
    let error = failure(&format!("http://{}", server.addr));
    assert_eq!(error.kind(), Kind::Proxy);
    assert!(error.to_string().ends_with(": 599 Not today."), "{error}");
}

#[test]
fn a_proxy_that_answers_no_http_closes_or_hangs_fails_as_a_server_does() {
    let cases = [
        (Server::once("SSH-2.0 hello\r\n\r\n"), Kind::RemoteProtocol),
        (Server::once(""), Kind::RemoteProtocol),
        (Server::once("HTTP/1.1 20"), Kind::RemoteProtocol),
        (Server::holding(""), Kind::ReadTimeout),
        (Server::once("HTTP/1.1 200 OK\r\n\r\n"), Kind::Connect),
        (Server::once(endless_head()), Kind::RemoteProtocol),
    ];
    for (server, kind) in cases {
        let error = failure(&format!("http://me:secret@{}", server.addr));
        assert_eq!(error.kind(), kind, "{error}");
    }
}

fn endless_head() -> String {
    format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(300_000))
}

#[test]
fn bytes_of_the_proxy_s_own_do_not_get_into_the_tunnel() {
    let server = Server::holding("HTTP/1.1 200 OK\r\n\r\nEXTRA");
    let error = failure(&format!("http://{}", server.addr));
    assert_eq!(error.kind(), Kind::Proxy, "{error}");
}

#[test]
fn a_proxy_that_cannot_be_reached_is_a_connect_error_that_names_it() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for scheme in ["http", "https", "socks5"] {
        let url = format!("{scheme}://me:secret@{closed}");
        for target in ["http://origin.test/", "https://origin.test/"] {
            let error = failure_of(&url, target);
            assert_eq!(error.kind(), Kind::Connect);
            let named = format!("{scheme}://{closed}");
            assert!(error.to_string().contains(&named), "{error}");
        }
    }
}

/// A proxy that reads something before each of its answers.
fn scripted(answers: &'static [&'static [u8]]) -> Server {
    use std::io::Read;
    Server::start(move |peer, _| {
        for answer in answers {
            let _ = peer.0.read(&mut [0; 512]);
            peer.send(answer);
        }
    })
}

#[test]
fn a_socks_proxy_that_refuses_or_speaks_something_else_is_a_proxy_error_that_says_why() {
    let cases: [(&'static [&'static [u8]], &str); 8] = [
        (
            &[b"\x05\x00"],
            "requested user name and password, but got no authentication",
        ),
        (
            &[b"\x05\xff"],
            "requested user name and password, but got no acceptable method",
        ),
        (
            &[b"HTTP/1.1 400 Bad Request\r\n\r\n"],
            "its answer is no SOCKS 5",
        ),
        (&[b"\x05"], "it closed the connection"),
        (&[b"\x05\x02", b"\x01\x01"], "invalid user name or password"),
        (
            &[
                b"\x05\x02",
                b"\x01\x00",
                b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00",
            ],
            "connection refused",
        ),
        (
            &[
                b"\x05\x02",
                b"\x01\x00",
                b"\x05\x44\x00\x01\x00\x00\x00\x00\x00\x00",
            ],
            "unknown reason",
        ),
        (
            &[b"\x05\x02", b"\x01\x00", b"\x05\x00\x00\x09"],
            "its answer is no SOCKS 5",
        ),
    ];
    for (answers, reason) in cases {
        let server = scripted(answers);
        let error = failure(&format!("socks5://me:secret@{}", server.addr));
        assert_eq!(error.kind(), Kind::Proxy, "{error}");
        let expected = format!(
            "The proxy socks5://{} could not connect to origin.test:443: {reason}.",
            server.addr
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_socks_proxy_that_hangs_is_a_connect_timeout() {
    let server = Server::start(|peer, _| _ = peer.wait_for_end());
    let client = through(proxy(&format!("socks5://{}", server.addr)));
    let mut request = get("http://origin.test/");
    request.timeouts.connect = Some(Duration::from_millis(50));
    let error = run(client.send(request)).expect_err("a failure");
    assert_eq!(error.kind(), Kind::ConnectTimeout);
}

#[test]
fn abandoning_a_request_closes_the_connection_to_a_proxy_that_hangs() {
    let server = Server::holding("");
    run(async {
        let client = through(proxy(&format!("http://{}", server.addr)));
        let mut sending = Box::pin(client.send(get("https://origin.test/")));
        tokio::select! {
            _ = &mut sending => panic!("the proxy hangs"),
            () = until(|| server.open() == 1) => {}
        }
        drop(sending);
        until(|| server.open() == 0).await;
        assert_eq!(client.stats().open, 0);
    });
}
