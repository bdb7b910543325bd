//! The opening handshake, with tokio-tungstenite and with bare sockets.

#[path = "support/ws_peer.rs"]
mod ws_peer;

use futures_util::{SinkExt, StreamExt};
use http::StatusCode;
use tauraro::engine::ws::handshake::{
    ClientHandshake, HandshakeError, Headers, Response, SecurityError, ServerHandshake, Upgraded,
    select_subprotocol,
};
use tauraro::engine::ws::{Connection, Limits, Message, Options, Protocol, Side, WebSocketUri};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::handshake::server as theirs;
use tokio_tungstenite::tungstenite::{Error as TheirError, Message as Theirs};
use ws_peer::*;

fn client() -> ClientHandshake {
    let uri = WebSocketUri::parse("ws://me:secret@example.test:81/chat?x=1").unwrap();
    ClientHandshake::new(uri)
}

fn connection(side: Side, upgraded: Upgraded<TcpStream>) -> Connection {
    let options = Options {
        leftover: upgraded.leftover,
        ..Options::default()
    };
    let protocol = Protocol::new(side, Limits::default());
    Connection::spawn(upgraded.stream, protocol, options)
}

/// Reads a head, up to the empty line.
async fn read_head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// What our client makes of a server that answers with `answer`, in which `ACCEPT` stands for
/// the right key.
async fn client_against(answer: &str) -> Result<Upgraded<TcpStream>, HandshakeError> {
    let (here, mut there) = tcp_pair().await;
    let server = async {
        let request = read_head(&mut there).await;
        let key = request
            .lines()
            .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
        let accept = derive_accept_key(key.unwrap().as_bytes());
        write(&mut there, answer.replace("ACCEPT", &accept)).await;
        drop(there);
    };
    let handshake = client().subprotocols(vec!["chat".to_owned()]).unwrap();
    within(async { tokio::join!(handshake.perform(here), server) })
        .await
        .0
}

/// What our server says to a client that sends `request`.
async fn server_against(request: impl AsRef<[u8]>) -> (HandshakeError, String) {
    let (here, mut there) = tcp_pair().await;
    let peer = async {
        write(&mut there, request).await;
        let mut answer = String::new();
        there.read_to_string(&mut answer).await.unwrap();
        drop(there);
        answer
    };
    let server = async {
        let handshake = ServerHandshake::read(here).await?;
        match handshake.response(None) {
            Ok(response) => handshake.accept(response).await.map(drop),
            Err(error) => Err(handshake.refuse(error).await),
        }
    };
    let (result, answer) = within(async { tokio::join!(server, peer) }).await;
    (result.unwrap_err(), answer)
}

const GOOD_REQUEST: &str = "GET /chat HTTP/1.1\r\n\
    Host: example.test\r\n\
    Connection: keep-alive, Upgrade\r\n\
    Upgrade: websocket\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

const GOOD_ANSWER: &str = "HTTP/1.1 101 Switching Protocols\r\n\
    Connection: Upgrade\r\n\
    Upgrade: websocket\r\n\
    Sec-WebSocket-Accept: ACCEPT\r\n\r\n";

fn invalid(error: HandshakeError) -> String {
    assert!(
        matches!(
            error,
            HandshakeError::InvalidHeader { .. }
                | HandshakeError::InvalidHeaderValue { .. }
                | HandshakeError::InvalidUpgrade { .. }
                | HandshakeError::Negotiation(_)
                | HandshakeError::Extension(_)
        ),
        "{error:?}"
    );
    error.to_string()
}

#[tokio::test]
async fn our_client_meets_a_tungstenite_server() {
    within(async {
        let (here, there) = tcp_pair().await;
        let server = async {
            let mut seen = None;
            #[allow(clippy::result_large_err, reason = "the signature is tungstenite's")]
            let look = |request: &theirs::Request, mut response: theirs::Response| {
                seen = Some(request.clone());
                let chosen = "chat".parse().unwrap();
                response
                    .headers_mut()
                    .insert("Sec-WebSocket-Protocol", chosen);
                Ok(response)
            };
            let mut peer = tokio_tungstenite::accept_hdr_async(there, look)
                .await
                .unwrap();
            peer.send(Theirs::text("welcome")).await.unwrap();
            (peer, seen.unwrap())
        };
        let handshake = client()
            .subprotocols(vec!["superchat".to_owned(), "chat".to_owned()])
            .and_then(|handshake| handshake.origin("http://page.test"))
            .and_then(|handshake| handshake.header("X-Mine", "yes"))
            .and_then(|handshake| handshake.user_agent("Tauraro"))
            .unwrap();
        let (upgraded, (_peer, request)) = tokio::join!(handshake.perform(here), server);
        let upgraded = upgraded.unwrap();
        assert_eq!(request.uri().to_string(), "/chat?x=1");
        for (name, value) in [
            ("host", "example.test:81"),
            ("authorization", "Basic bWU6c2VjcmV0"),
            ("origin", "http://page.test"),
            ("x-mine", "yes"),
            ("user-agent", "Tauraro"),
            ("sec-websocket-protocol", "superchat, chat"),
        ] {
            assert_eq!(request.headers()[name], value);
        }
        assert_eq!(upgraded.subprotocol.as_deref(), Some("chat"));
        let connection = connection(Side::Client, upgraded);
        assert_eq!(text(connection.recv().await.unwrap()), "welcome");
    })
    .await;
}

#[tokio::test]
async fn our_server_meets_a_tungstenite_client() {
    within(async {
        let (here, there) = tcp_pair().await;
        let mut request = "ws://example.test/chat".into_client_request().unwrap();
        let offered = "a, chat".parse().unwrap();
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", offered);
        let server = async {
            let handshake = ServerHandshake::read(here).await.unwrap();
            assert_eq!(handshake.request().path, "/chat");
            assert_eq!(handshake.origin().unwrap(), None);
            // User code may take its time here.
            tokio::task::yield_now().await;
            let spoken = ["chat".to_owned(), "a".to_owned()];
            let chosen = select_subprotocol(&spoken, &handshake.subprotocols()).unwrap();
            let mut response = handshake.response(chosen.as_deref()).unwrap();
            response.headers.push("X-Served-By", "tauraro").unwrap();
            handshake.accept(response).await.unwrap()
        };
        let client = tokio_tungstenite::client_async(request, there);
        let (upgraded, client) = tokio::join!(server, client);
        let (mut peer, response) = client.unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], "chat");
        assert_eq!(response.headers()["x-served-by"], "tauraro");
        assert_eq!(upgraded.subprotocol.as_deref(), Some("chat"));
        let connection = connection(Side::Server, upgraded);
        peer.send(Theirs::text("echo")).await.unwrap();
        let message = connection.recv().await.unwrap();
        connection.send(message).await.unwrap();
        assert_eq!(peer.next().await.unwrap().unwrap(), Theirs::text("echo"));
    })
    .await;
}

#[tokio::test]
async fn user_code_may_reject_a_request() {
    within(async {
        let (here, there) = tcp_pair().await;
        let server = async {
            let handshake = ServerHandshake::read(here).await.unwrap();
            let mut response = Response::text(StatusCode::UNAUTHORIZED, "who are you?\n");
            response.headers.push("WWW-Authenticate", "Basic").unwrap();
            handshake.reject(&response).await.unwrap();
        };
        let client = tokio_tungstenite::client_async("ws://example.test/", there);
        let ((), client) = tokio::join!(server, client);
        match client.unwrap_err() {
            TheirError::Http(response) => {
                assert_eq!(response.status(), 401);
                assert_eq!(response.headers()["www-authenticate"], "Basic");
                assert_eq!(response.body().as_deref(), Some(&b"who are you?\n"[..]));
            }
            other => panic!("{other}"),
        }
    })
    .await;
}

#[tokio::test]
async fn a_foreign_origin_is_answered_with_403() {
    within(async {
        let (here, mut there) = tcp_pair().await;
        write(
            &mut there,
            GOOD_REQUEST.replace("Host", "Origin: http://evil.test\r\nHost"),
        )
        .await;
        let handshake = ServerHandshake::read(here).await.unwrap();
        let origin = handshake.origin().unwrap();
        assert_eq!(origin.as_deref(), Some("http://evil.test"));
        let refusing = handshake.refuse(HandshakeError::InvalidOrigin(origin));
        let (error, answer) = tokio::join!(refusing, async {
            let mut answer = String::new();
            there.read_to_string(&mut answer).await.unwrap();
            drop(there);
            answer
        });
        assert_eq!(error.to_string(), "invalid Origin header: http://evil.test");
        assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_among_other_connection_options_is_accepted() {
    let answer = GOOD_ANSWER.replace("Connection: Upgrade", "connection: keep-alive, Upgrade");
    client_against(&answer).await.unwrap();
}

#[tokio::test]
async fn frames_right_behind_the_response_are_kept() {
    let answer = format!("{GOOD_ANSWER}\u{1}\u{2}hi");
    assert_eq!(
        client_against(&answer).await.unwrap().leftover,
        "\u{1}\u{2}hi"
    );
}

#[tokio::test]
async fn frames_right_behind_the_request_are_kept() {
    within(async {
        let (here, mut there) = tcp_pair().await;
        let eager = [GOOD_REQUEST.as_bytes(), &client_frame(0x81, b"eager")].concat();
        write(&mut there, eager).await;
        let handshake = ServerHandshake::read(here).await.unwrap();
        let response = handshake.response(None).unwrap();
        let connection = connection(Side::Server, handshake.accept(response).await.unwrap());
        assert_eq!(text(connection.recv().await.unwrap()), "eager");
    })
    .await;
}

#[tokio::test]
async fn a_request_may_arrive_byte_by_byte() {
    within(async {
        let (here, mut there) = tcp_pair().await;
        there.set_nodelay(true).unwrap();
        let client = async {
            for byte in GOOD_REQUEST.bytes() {
                write(&mut there, [byte]).await;
                tokio::task::yield_now().await;
            }
            read_head(&mut there).await
        };
        let server = async {
            let handshake = ServerHandshake::read(here).await.unwrap();
            let response = handshake.response(None).unwrap();
            handshake.accept(response).await.unwrap()
        };
        let (answer, _upgraded) = tokio::join!(client, server);
        // The key and its answer are the example of RFC 6455 section 1.3.
        assert!(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    })
    .await;
}

#[tokio::test]
async fn a_status_other_than_101_is_told_with_its_body() {
    for answer in [
        "HTTP/1.1 404 Not Found\r\nX-Why: gone\r\nContent-Length: 4\r\n\r\nnopeEXTRA",
        "HTTP/1.1 404 Not Found\r\nX-Why: gone\r\n\r\nnope",
        "HTTP/1.1 404 Not Found\r\nX-Why: gone\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nno\r\n2\r\npe\r\n0\r\n\r\n",
    ] {
        match client_against(answer).await.unwrap_err() {
            HandshakeError::InvalidStatus(response) => {
                assert_eq!(response.status, StatusCode::NOT_FOUND);
                assert_eq!(response.headers.get("x-why").unwrap().unwrap(), "gone");
                assert_eq!(response.body, "nope");
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn an_endless_body_is_refused() {
    let long = "x".repeat((1 << 20) + 1);
    for head in [
        "Content-Length: 1048577\r\n\r\n".to_owned(),
        format!("\r\n{long}"),
    ] {
        let error = client_against(&format!("HTTP/1.1 500 Oops\r\n{head}")).await;
        let limit = SecurityError::BodyTooLarge(1 << 20);
        assert!(matches!(error, Err(HandshakeError::Security(e)) if e == limit));
    }
}

#[tokio::test]
async fn a_wrong_response_is_refused_with_the_header_that_is_wrong() {
    for (from, to, error) in [
        (
            "Accept: ACCEPT",
            "Accept: bm9wZQ==",
            "invalid Sec-WebSocket-Accept header: bm9wZQ==",
        ),
        (
            "Sec-WebSocket-Accept: ACCEPT\r\n",
            "",
            "missing Sec-WebSocket-Accept header",
        ),
        (
            "Connection: Upgrade",
            "Connection: close",
            "invalid Connection header: close",
        ),
        ("Upgrade: websocket\r\n", "", "missing Upgrade header"),
        (
            "Upgrade: websocket",
            "Upgrade: h2c",
            "invalid Upgrade header: h2c",
        ),
        (
            "ACCEPT\r\n",
            "ACCEPT\r\nSec-WebSocket-Protocol: other\r\n",
            "unsupported subprotocol: other",
        ),
        (
            "ACCEPT\r\n",
            "ACCEPT\r\nSec-WebSocket-Protocol: chat, chat\r\n",
            "invalid Sec-WebSocket-Protocol header: multiple values: chat, chat",
        ),
        (
            "ACCEPT\r\n",
            "ACCEPT\r\nSec-WebSocket-Extensions: permessage-deflate\r\n",
            "no extensions supported",
        ),
    ] {
        let answer = GOOD_ANSWER.replace(from, to);
        assert_eq!(invalid(client_against(&answer).await.unwrap_err()), error);
    }
}

#[tokio::test]
async fn what_is_not_http_is_told_apart_from_a_closed_connection() {
    let garbage = client_against("SSH-2.0-OpenSSH_9.0\r\n").await.unwrap_err();
    assert!(matches!(
        garbage,
        HandshakeError::InvalidMessage { eof: false, .. }
    ));
    let cut_off = client_against("HTTP/1.1 101 Switching").await.unwrap_err();
    assert_eq!(
        cut_off.to_string(),
        "did not receive a valid HTTP response from ws://example.test:81/chat?x=1: \
         the connection was closed before the end of its headers"
    );
    assert!(matches!(
        cut_off,
        HandshakeError::InvalidMessage { eof: true, .. }
    ));
    let old = client_against("HTTP/1.0 101 Old\r\n\r\n")
        .await
        .unwrap_err();
    assert!(old.to_string().contains("unsupported protocol"), "{old}");
}

#[tokio::test]
async fn headers_without_end_are_refused_by_the_client() {
    let many = format!("HTTP/1.1 101 OK\r\n{}\r\n", "A: b\r\n".repeat(129));
    let error = client_against(&many).await.unwrap_err();
    assert_eq!(error.to_string(), "expected no more than 128 headers");
    let endless = format!("HTTP/1.1 101 OK\r\n{}", "A: b\r\n".repeat(20_000));
    let error = client_against(&endless).await.unwrap_err();
    assert!(matches!(error, HandshakeError::Security(_)), "{error}");
}

#[tokio::test]
async fn bad_requests_are_answered_with_a_reason() {
    for (from, to, status, error) in [
        (
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            "",
            "400 Bad Request",
            "missing Sec-WebSocket-Key header",
        ),
        (
            "dGhlIHNhbXBsZSBub25jZQ==",
            "c2hvcnQ=",
            "400 Bad Request",
            "invalid Sec-WebSocket-Key header: c2hvcnQ=",
        ),
        (
            "Version: 13",
            "Version: 8",
            "426 Upgrade Required",
            "invalid Sec-WebSocket-Version header: 8",
        ),
        (
            "Upgrade: websocket\r\n",
            "",
            "426 Upgrade Required",
            "missing Upgrade header",
        ),
        (
            "keep-alive, Upgrade",
            "close",
            "426 Upgrade Required",
            "invalid Connection header: close",
        ),
        (
            "GET",
            "POST",
            "405 Method Not Allowed",
            "unsupported HTTP method: POST",
        ),
        (
            "HTTP/1.1",
            "HTTP/1.0",
            "505 HTTP Version Not Supported",
            "unsupported HTTP version: HTTP/1.0",
        ),
        (
            "Host: example.test",
            "Content-Length: 5",
            "400 Bad Request",
            "did not receive a valid HTTP request from the client: unsupported request body",
        ),
    ] {
        let (failure, answer) = server_against(GOOD_REQUEST.replacen(from, to, 1)).await;
        assert_eq!(failure.to_string(), error);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{answer}"
        );
        let reason = format!("Failed to open a WebSocket connection: {error}.\n");
        assert!(answer.contains(&reason), "{answer}");
        assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_client_of_another_version_learns_ours() {
    let request = GOOD_REQUEST.replace("Version: 13", "Version: 8");
    let (_, answer) = server_against(request).await;
    assert!(
        answer.contains("\r\nSec-WebSocket-Version: 13\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn oversized_requests_are_answered_with_what_is_too_large() {
    let path = GOOD_REQUEST.replace("/chat", &format!("/{}", "x".repeat(9000)));
    let line = GOOD_REQUEST.replace("Host: ", &format!("Host: {}", "x".repeat(9000)));
    let count = GOOD_REQUEST.replace("Host: ", &format!("{}Host: ", "A: b\r\n".repeat(128)));
    let endless_line = "GET /".to_owned() + &"x".repeat(70_000);
    let endless_head = GOOD_REQUEST.trim_end().to_owned() + &"\r\nA: b".repeat(20_000);
    for (request, status) in [
        (path, "414 URI Too Long"),
        (line, "431 Request Header Fields Too Large"),
        (count, "431 Request Header Fields Too Large"),
        (endless_line, "414 URI Too Long"),
        (endless_head, "431 Request Header Fields Too Large"),
    ] {
        let (failure, answer) = server_against(request).await;
        assert!(matches!(failure, HandshakeError::Security(_)), "{failure}");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_request_that_is_cut_off_gets_no_answer() {
    within(async {
        let (here, mut there) = tcp_pair().await;
        write(&mut there, &GOOD_REQUEST[..40]).await;
        drop(there);
        let error = ServerHandshake::read(here).await.unwrap_err();
        assert!(matches!(
            error,
            HandshakeError::InvalidMessage { eof: true, .. }
        ));
    })
    .await;
}

#[test]
fn a_subprotocol_is_the_first_of_the_servers_that_the_client_offers() {
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|n| n.to_string()).collect() };
    let select = |spoken: &[&str], offered: &[&str]| {
        select_subprotocol(&names(spoken), &names(offered)).map_err(|error| error.to_string())
    };
    assert_eq!(select(&[], &["a"]), Ok(None));
    assert_eq!(select(&["b", "a"], &["a", "b"]), Ok(Some("b".to_owned())));
    assert_eq!(select(&["a"], &[]), Err("missing subprotocol".to_owned()));
    assert_eq!(
        select(&["a", "b"], &["c"]),
        Err("invalid subprotocol; expected one of a, b".to_owned())
    );
}

#[test]
fn header_text_of_the_user_cannot_smuggle_fields() {
    assert!(client().header("X-A", "1\r\nX-B: 2").is_err());
    assert!(client().user_agent("a\nb").is_err());
    for name in ["a\r\nX: b", "a b", "a,b", "", "\u{e9}"] {
        let offered = client().subprotocols(vec![name.to_owned()]);
        assert!(offered.is_err(), "{name:?}");
    }
    let mut headers = Headers::new();
    assert!(headers.push("X A", "1").is_err());
}

#[test]
fn no_credential_shows_in_debug_output() {
    let debug = format!("{:?}", client());
    assert!(
        !debug.contains("secret") && !debug.contains("bWU6c2VjcmV0"),
        "{debug}"
    );
}

#[tokio::test]
async fn messages_flow_after_a_handshake_between_our_own_ends() {
    within(async {
        let (here, there) = tcp_pair().await;
        let server = async {
            let handshake = ServerHandshake::read(there).await.unwrap();
            let response = handshake.response(None).unwrap();
            connection(Side::Server, handshake.accept(response).await.unwrap())
        };
        let client = async { connection(Side::Client, client().perform(here).await.unwrap()) };
        let (server, client) = tokio::join!(server, client);
        client.send(Message::text("ping")).await.unwrap();
        assert_eq!(text(server.recv().await.unwrap()), "ping");
        let (closing, error) = tokio::join!(client.close(1000, "bye"), server.recv());
        closing.unwrap();
        assert_eq!(
            error.unwrap_err().to_string(),
            "received 1000 (OK) bye; then sent 1000 (OK) bye"
        );
        assert_eq!(
            client.wait_closed().await.to_string(),
            "sent 1000 (OK) bye; then received 1000 (OK) bye"
        );
    })
    .await;
}
