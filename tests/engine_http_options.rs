//! What a caller says of one request beyond HTTP: its target, the server's name, and the trace.

mod engine_support;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use engine_support::authority::{Authority, at, client_that, trusting};
use engine_support::proxies::RunningProxy;
use engine_support::{Server, client, fetch, get, http2, ok, read, request, run};
use futures_util::future::BoxFuture;
use http::Method;
use tauraro::engine::http::trace::{Argument, Info, Returned, Trace};
use tauraro::engine::http::{
    Body, HttpTransport, Limits, Options, Proxy, Request, TransportConfig, Url,
};
use tauraro::engine::{BoxError, Kind};
use tempfile::TempDir;

fn with(mut request: Request, options: Options) -> Request {
    request.options = Some(Arc::new(options));
    request
}

fn targeted(url: &str, target: &'static str) -> Request {
    let target = Some(Bytes::from_static(target.as_bytes()));
    let options = Options {
        target,
        ..Options::default()
    };
    with(request(Method::OPTIONS, url), options)
}

/// Answers with the request line.
fn echo() -> Server {
    Server::start(|peer, _| {
        while let Some(request) = peer.request() {
            peer.send(ok(request.lines().next().unwrap_or_default()));
        }
    })
}

async fn answer(client: &HttpTransport, request: Request) -> String {
    let mut response = client.send(request).await.expect("a response");
    read(&mut response.body).await.expect("a body")
}

#[test]
fn a_given_target_is_sent_as_it_is() {
    let server = echo();
    let proxy = Proxy::new(&Url::parse(&server.url()).unwrap()).unwrap();
    let through = HttpTransport::new(TransportConfig {
        proxy: Some(proxy),
        ..TransportConfig::default()
    });
    run(async {
        for client in [client(), through] {
            for target in ["*", "/x?y=%20", "http://other/x", "other:443"] {
                let line = answer(&client, targeted(&server.url(), target)).await;
                assert_eq!(line, format!("OPTIONS {target} HTTP/1.1"));
            }
        }
    });
}

#[test]
fn a_target_that_cannot_be_sent_as_it_is_is_refused() {
    let server = echo();
    run(async {
        for target in ["", "/a b", "/a#b", "/a\r\nX: y"] {
            let sent = client().send(targeted(&server.url(), target)).await;
            assert_eq!(sent.expect_err(target).kind(), Kind::LocalProtocol);
        }
        assert_eq!(server.accepted(), 0);
    });
}

#[test]
fn a_given_target_becomes_the_path_of_http2() {
    let server = http2::Server::answering(|(request, mut respond)| async move {
        let path = request.uri().path_and_query().map(ToString::to_string);
        let mut stream = http2::begin(&mut respond);
        let path = Bytes::from(path.unwrap_or_default());
        stream.send_data(path, true).unwrap();
    });
    run(async {
        let client = http2::client();
        let path = answer(&client, targeted(&server.url(), "/x?y")).await;
        assert_eq!(path, "/x?y");
    });
}

fn named(url: &str, name: &str) -> Request {
    let options = Options {
        server_name: Some(name.to_owned()),
        ..Options::default()
    };
    with(get(url), options)
}

#[test]
fn a_connection_that_proved_one_name_serves_no_request_for_another() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let addr = authority.serve(&["other.example"], |_| {});
    let client = client_that(trusting(&file));
    let url = at(addr);
    run(async {
        for _ in 0..2 {
            let response = answer(&client, named(&url, "other.example")).await;
            assert_eq!(response, "ok");
            assert_eq!(client.stats().idle, 1);
            let error = fetch(&client, &url).await.expect_err("another name");
            assert_eq!(error.kind(), Kind::Connect);
            let sent = client.send(named(&url, "third.example")).await;
            assert_eq!(sent.expect_err("another name").kind(), Kind::Connect);
        }
        assert_eq!(client.stats().open, 1);
    });
}

#[derive(Debug, Default)]
struct Told {
    steps: Mutex<Vec<String>>,
    /// The step to refuse.
    refused: Option<&'static str>,
}

impl Trace for Told {
    fn step<'a>(&'a self, name: &'a str, info: Info<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            // Whoever is told may take its time.
            tokio::task::yield_now().await;
            let more = match info {
                Info::Started(given) => given
                    .into_iter()
                    .filter_map(|(name, value)| match value {
                        Argument::Name(value) => Some(format!(" {name}={value}")),
                        _ => None,
                    })
                    .collect(),
                Info::Complete(Returned::Head { status, .. }) => format!(" {}", status.as_u16()),
                Info::Failed(error) => format!(" {:?}", error.kind()),
                Info::Complete(Returned::Nothing) => String::new(),
            };
            self.steps.lock().unwrap().push(format!("{name}{more}"));
            match self.refused == Some(name) {
                true => Err("no".into()),
                false => Ok(()),
            }
        })
    }
}

impl Told {
    fn by(self: &Arc<Self>, request: Request) -> Request {
        let options = Options {
            trace: Some(self.clone()),
            ..Options::default()
        };
        with(request, options)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.steps.lock().unwrap())
    }
}

/// An exchange on a connection, as it is told; of each step both ends.
fn exchange(layer: &str, status: u16) -> Vec<String> {
    let steps = [
        "send_request_headers",
        "send_request_body",
        "receive_response_headers",
        "receive_response_body",
        "response_closed",
    ];
    let both = steps.into_iter().flat_map(|step| {
        let status = match step {
            "receive_response_headers" => format!(" {status}"),
            _ => String::new(),
        };
        [
            format!("{layer}.{step}.started"),
            format!("{layer}.{step}.complete{status}"),
        ]
    });
    both.collect()
}

fn opened(layer: &str, host: &str) -> Vec<String> {
    vec![
        format!("{layer}.connect_tcp.started host={host}"),
        format!("{layer}.connect_tcp.complete"),
    ]
}

fn secured(layer: &str, name: &str) -> Vec<String> {
    vec![
        format!("{layer}.start_tls.started server_hostname={name}"),
        format!("{layer}.start_tls.complete"),
    ]
}

#[test]
fn a_new_connection_and_a_kept_one_are_told() {
    let server = Server::ok();
    let (client, told) = (client(), Arc::<Told>::default());
    run(async {
        let first = [opened("connection", "127.0.0.1"), exchange("http11", 200)].concat();
        for expected in [first, exchange("http11", 200)] {
            let mut request = request(Method::POST, &server.url());
            request.body = Body::Bytes(Bytes::from_static(b"body"));
            answer(&client, told.by(request)).await;
            assert_eq!(told.take(), expected);
        }
    });
}

#[test]
fn the_steps_of_http2_are_told() {
    let server = http2::Server::ok();
    let (client, told) = (http2::client(), Arc::<Told>::default());
    run(async {
        answer(&client, told.by(get(&server.url()))).await;
    });
    let greeting = ["started", "complete"].map(|end| format!("http2.send_connection_init.{end}"));
    let host = Url::parse(&server.url()).unwrap().host().to_owned();
    let expected = [
        opened("connection", &host),
        greeting.to_vec(),
        exchange("http2", 200),
    ];
    assert_eq!(told.take(), expected.concat());
}

#[test]
fn the_way_through_a_proxy_is_told() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let addr = authority.serve(&["localhost"], |_| {});
    let told = Arc::<Told>::default();
    let through = |scheme: &str, proxy: &RunningProxy| {
        let url = Url::parse(&format!("{scheme}://{}", proxy.addr())).unwrap();
        HttpTransport::new(TransportConfig {
            proxy: Some(Proxy::new(&url).unwrap()),
            tls: tauraro::engine::tls::TlsSettings {
                verify: trusting(&file),
                ..Default::default()
            },
            ..TransportConfig::default()
        })
    };
    run(async {
        let client = through("http", &RunningProxy::http(None));
        answer(&client, told.by(get(&at(addr)))).await;
        let expected = [
            opened("connection", "127.0.0.1"),
            exchange("http11", 201)[..6].to_vec(),
            secured("proxy", "localhost"),
            exchange("http11", 200),
        ];
        assert_eq!(told.take(), expected.concat());
        let client = through("socks5", &RunningProxy::socks(None));
        answer(&client, told.by(get(&at(addr)))).await;
        let asked = ["started host=localhost", "complete"]
            .map(|end| format!("socks.setup_socks5_connection.{end}"));
        let expected = [
            opened("socks", "127.0.0.1"),
            asked.to_vec(),
            secured("socks", "localhost"),
            exchange("http11", 200),
        ];
        assert_eq!(told.take(), expected.concat());
    });
}

#[test]
fn failures_are_told() {
    let told = Arc::<Told>::default();
    let server = Server::once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    run(async {
        let mut response = client()
            .send(told.by(get(&server.url())))
            .await
            .expect("a response");
        let error = read(&mut response.body).await.expect_err("half a body");
        assert_eq!(error.kind(), Kind::RemoteProtocol);
        let steps = told.take();
        assert_eq!(
            steps[9..],
            [
                "http11.receive_response_body.failed RemoteProtocol",
                "http11.response_closed.started",
                "http11.response_closed.complete",
            ]
        );
    });
    let nobody = Server::start(|_, _| {});
    run(async {
        let sent = client().send(told.by(get(&nobody.url()))).await;
        let kind = sent.expect_err("no answer").kind();
        let steps = told.take();
        let failed = format!("failed {kind:?}");
        assert!(steps[steps.len() - 3].ends_with(&failed), "{steps:?}");
    });
}

#[test]
fn whoever_refuses_a_step_ends_the_request_and_loses_no_slot() {
    let server = Server::ok();
    let client = HttpTransport::new(TransportConfig {
        limits: Limits {
            max_connections: Some(1),
            ..Limits::default()
        },
        ..TransportConfig::default()
    });
    run(async {
        for refused in [
            "connection.connect_tcp.started",
            "connection.connect_tcp.complete",
            "http11.send_request_headers.started",
            "http11.send_request_headers.complete",
            "http11.send_request_body.complete",
            "http11.receive_response_headers.complete",
        ] {
            let refused = Some(refused);
            let told = Arc::new(Told {
                refused,
                ..Told::default()
            });
            // On a new connection, since only that is connected.
            let sent = client.send(told.by(get(&server.url()))).await;
            let error = sent.expect_err("refused");
            assert_eq!(error.kind(), Kind::User, "{refused:?}");
            assert_eq!(client.stats().open, 0, "{refused:?}");
        }
        assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
    });
}

#[test]
fn the_two_ends_of_a_connection_are_known() {
    let server = Server::ok();
    run(async {
        let response = client().send(get(&server.url())).await.expect("a response");
        assert_eq!(response.peer.remote, Some(server.addr));
        assert_ne!(response.peer.local, Some(server.addr));
        assert!(response.peer.tls.is_none());
    });
}
