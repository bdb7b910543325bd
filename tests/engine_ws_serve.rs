//! A server's way to a connection: what its user decides, and what clients do to it.

#[path = "support/ws_peer.rs"]
mod ws_peer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::StatusCode;
use tauraro::engine::net::{Address, Socket};
use tauraro::engine::ws::handshake::{HandshakeError, Request, Response, select_subprotocol};
use tauraro::engine::ws::{
    Accept, AcceptError, Accepted, Decisions, Listener, NotSent, Options, Side, Undecided,
    Unselected, Watermarks,
};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use ws_peer::*;

const REQUEST: &str = "GET /chat HTTP/1.1\r\n\
    Host: example.test\r\n\
    Connection: Upgrade\r\n\
    Upgrade: websocket\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// Decides as it is told.
#[derive(Default)]
struct Told {
    request: Option<Result<Response, Undecided>>,
    forbids_origin: bool,
    subprotocols: Vec<String>,
    response: Option<Result<Response, Undecided>>,
    closing: Arc<AtomicBool>,
    delay: Duration,
}

impl Decisions for Told {
    async fn process_request(
        &mut self,
        request: &mut Request,
    ) -> Result<Option<Response>, Undecided> {
        assert_eq!(request.path, "/chat");
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        self.request.take().transpose()
    }

    fn allows_origin(&mut self, origin: Option<&str>) -> Result<bool, Undecided> {
        assert_eq!(origin, None);
        Ok(!self.forbids_origin)
    }

    fn select_subprotocol(&mut self, offered: &[String]) -> Result<Option<String>, Unselected> {
        select_subprotocol(&self.subprotocols, offered).map_err(Unselected::Refused)
    }

    async fn process_response(
        &mut self,
        _request: &Request,
        response: &mut Response,
    ) -> Result<(), Undecided> {
        if let Some(told) = self.response.take() {
            *response = told?;
        }
        Ok(())
    }

    fn is_serving(&self) -> bool {
        !self.closing.load(Ordering::Acquire)
    }
}

fn accept() -> Accept {
    Accept {
        server_header: Some("Tauraro".to_owned()),
        open_timeout: Some(Duration::from_secs(30)),
        ..Accept::default()
    }
}

/// What a server that decides as told makes of a good request, and what the client is answered.
async fn meet(mut told: Told) -> (Result<Accepted, AcceptError>, String) {
    let (here, mut there) = tcp_pair().await;
    let server = async { accept().client(Socket::new(here).unwrap(), &mut told).await };
    let client = async {
        write(&mut there, REQUEST).await;
        let mut answer = vec![0; 4096];
        let length = there.read(&mut answer).await.unwrap();
        drop(there);
        answer.truncate(length);
        String::from_utf8(answer).unwrap()
    };
    within(async { tokio::join!(server, client) }).await
}

async fn refused(told: Told) -> (Response, Option<HandshakeError>, bool) {
    let (accepted, answer) = meet(told).await;
    let Accepted::Answered {
        response,
        refusal,
        judged,
    } = accepted.unwrap()
    else {
        panic!("there is a connection");
    };
    let status = format!("HTTP/1.1 {} ", response.status.as_u16());
    assert!(answer.starts_with(&status), "{answer}");
    (response, refusal, judged)
}

#[tokio::test]
async fn a_good_request_is_accepted() {
    let (accepted, answer) = meet(Told::default()).await;
    let Accepted::Open(established) = accepted.unwrap() else {
        panic!("it was refused");
    };
    assert_eq!(established.request.path, "/chat");
    let names: Vec<_> = established.response.headers.iter().map(|it| it.0).collect();
    assert_eq!(
        names,
        [
            "Date",
            "Upgrade",
            "Connection",
            "Sec-WebSocket-Accept",
            "Server"
        ]
    );
    assert!(
        answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn the_user_may_answer_before_anything_is_judged() {
    let response = Response::text(StatusCode::IM_A_TEAPOT, "short\n");
    let (response, refusal, judged) = refused(Told {
        request: Some(Ok(response)),
        forbids_origin: true,
        ..Told::default()
    })
    .await;
    assert_eq!((response.status.as_u16(), judged), (418, false));
    assert!(refusal.is_none());
    assert!(response.headers.contains("Server"));
}

#[tokio::test]
async fn a_refusal_says_why() {
    let (response, refusal, judged) = refused(Told {
        forbids_origin: true,
        ..Told::default()
    })
    .await;
    assert_eq!((response.status.as_u16(), judged), (403, true));
    assert!(matches!(refusal, Some(HandshakeError::InvalidOrigin(None))));
    let (response, refusal, _) = refused(Told {
        subprotocols: vec!["chat".to_owned()],
        ..Told::default()
    })
    .await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert!(matches!(refusal, Some(HandshakeError::Negotiation(_))));
}

#[tokio::test]
async fn user_code_that_fails_is_answered_with_500() {
    for told in [
        Told {
            request: Some(Err(Undecided::Failed)),
            ..Told::default()
        },
        Told {
            response: Some(Err(Undecided::Failed)),
            ..Told::default()
        },
    ] {
        let (response, ..) = refused(told).await;
        assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}

#[tokio::test]
async fn user_code_may_drop_the_client() {
    for told in [
        Told {
            request: Some(Err(Undecided::Abandoned)),
            ..Told::default()
        },
        Told {
            response: Some(Err(Undecided::Abandoned)),
            ..Told::default()
        },
    ] {
        let (accepted, answer) = meet(told).await;
        assert!(matches!(accepted, Err(AcceptError::Abandoned)));
        assert_eq!(answer, "");
    }
}

#[tokio::test]
async fn a_server_that_closes_meanwhile_answers_503() {
    let told = Told::default();
    told.closing.store(true, Ordering::Release);
    let (response, ..) = refused(told).await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_time_of_user_code_counts() {
    let (here, mut there) = tcp_pair().await;
    write(&mut there, REQUEST).await;
    let mut told = Told {
        delay: Duration::from_secs(3600),
        ..Told::default()
    };
    let accept = Accept {
        open_timeout: Some(Duration::from_millis(50)),
        ..accept()
    };
    let accepted = within(accept.client(Socket::new(here).unwrap(), &mut told)).await;
    assert!(matches!(accepted, Err(AcceptError::Timeout(_))));
    assert_eq!(there.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn dropping_the_future_closes_the_socket() {
    let (here, mut there) = tcp_pair().await;
    let mut told = Told::default();
    let accepting = accept().client(Socket::new(here).unwrap(), &mut told);
    let accepting = tokio::time::timeout(Duration::from_millis(10), accepting);
    assert!(accepting.await.is_err());
    assert_eq!(within(there.read(&mut [0])).await.unwrap(), 0);
}

#[tokio::test]
async fn a_listener_names_its_clients() {
    within(async {
        let listening = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listening.local_addr().unwrap();
        let listener = Listener::new(listening.into()).unwrap();
        assert_eq!(listener.local_addr(), Some(Address::Ip(address)));
        let (accepted, client) = tokio::join!(listener.accept(), TcpStream::connect(address));
        let (socket, peer) = accepted.unwrap();
        let client = client.unwrap();
        assert_eq!(peer, Address::Ip(client.local_addr().unwrap()));
        assert_eq!(Address::local(&socket), Some(Address::Ip(address)));
    })
    .await;
}

#[tokio::test]
async fn a_unix_listener_has_a_path() {
    within(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listening = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let listener = Listener::new(listening.into()).unwrap();
        let connecting = tokio::net::UnixStream::connect(&path);
        let (accepted, client) = tokio::join!(listener.accept(), connecting);
        let (socket, peer) = accepted.unwrap();
        let _client = client.unwrap();
        assert_eq!(peer, Address::Unix(std::path::PathBuf::new()));
        assert_eq!(Address::local(&socket), Some(Address::Unix(path)));
    })
    .await;
}

#[tokio::test]
async fn sending_now_never_holds_more_than_the_limit_and_a_message() {
    within(async {
        let limit = 1000;
        let options = Options {
            write_limit: Watermarks::new(limit),
            ..Options::default()
        };
        let (server, _never_reads) = with_socket(Side::Server, options).await;
        let message = tauraro::engine::ws::Message::binary(vec![0; 100_000]);
        let mut sent = 0;
        let refused = loop {
            match server.send_now(message.clone(), sent % 2 == 0) {
                Ok(()) => sent += 1,
                Err(reason) => break reason,
            }
            tokio::task::yield_now().await;
            assert!(sent < 10_000, "it is never full");
        };
        assert_eq!(refused, NotSent::Full);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sent_now_on_a_closed_connection() {
    within(async {
        let (server, socket) = with_socket(Side::Server, Options::default()).await;
        drop(socket);
        server.wait_closed().await;
        let message = tauraro::engine::ws::Message::text("late");
        assert_eq!(server.send_now(message, true), Err(NotSent::NotOpen));
    })
    .await;
}
