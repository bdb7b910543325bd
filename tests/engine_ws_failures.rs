//! Peers that break the rules, stop reading, or are gone.

#[path = "support/ws_peer.rs"]
mod ws_peer;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tauraro::engine::net::Socket;
use tauraro::engine::ws::{
    Cause, Closed, Connection, ConnectionError, Limits, Listener, Message, Options, Protocol, Side,
    State, Violation,
};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message as Theirs;
use ws_peer::*;

const SOON: Option<Duration> = Some(Duration::from_millis(50));

fn closed(error: ConnectionError) -> Closed {
    match error {
        ConnectionError::Closed(closed) => closed,
        other => panic!("not closed: {other}"),
    }
}

/// Sends `bytes` to a server of ours, and returns the close frame that they earn.
async fn close_earned_by(bytes: &[u8], limits: Limits) -> (u16, String) {
    let (here, mut there) = tcp_pair().await;
    let connection = ours(Side::Server, here, limits, Options::default());
    write(&mut there, bytes).await;
    let close = read_close(&mut there).await;
    drop(there);
    let closed = closed(connection.recv().await.unwrap_err());
    assert!(!closed.is_ok());
    assert_eq!(closed.sent().map(|close| close.code), Some(close.0));
    assert!(matches!(closed.cause(), Some(Cause::Violation(v)) if v.to_string() == close.1));
    close
}

#[tokio::test]
async fn broken_frames_close_with_1002_and_say_why() {
    within(async {
        for (bytes, reason) in [
            (server_frame(0x81, b"abc"), "incorrect masking"),
            (client_frame(0x83, b""), "invalid opcode"),
            (client_frame(0x8f, b""), "invalid opcode"),
            (client_frame(0xc1, b""), "reserved bits must be 0"),
            (client_frame(0x91, b""), "reserved bits must be 0"),
            (client_frame(0x09, b""), "fragmented control frame"),
            (client_frame(0x89, &[0; 126]), "control frame too long"),
            (client_frame(0x80, b""), "unexpected continuation frame"),
            (
                [client_frame(0x01, b"a"), client_frame(0x81, b"b")].concat(),
                "expected a continuation frame",
            ),
            (client_frame(0x88, b"x"), "close frame too short"),
            (
                client_frame(0x88, &1005u16.to_be_bytes()),
                "invalid status code",
            ),
        ] {
            let close = close_earned_by(&bytes, Limits::default()).await;
            assert_eq!(close, (1002, reason.to_owned()));
        }
    })
    .await;
}

#[tokio::test]
async fn bad_utf8_closes_with_1007() {
    within(async {
        for (bytes, reason) in [
            (
                client_frame(0x81, b"ab\xff"),
                "invalid start byte at position 2",
            ),
            (
                client_frame(0x81, b"\xe2\x82"),
                "unexpected end of data at position 0",
            ),
            // Split across fragments, and refused before the message is complete.
            (
                [client_frame(0x01, b"a\xf0\x9f"), client_frame(0x00, b"(")].concat(),
                "invalid continuation byte at position 1",
            ),
            (
                client_frame(0x88, b"\x03\xe8\xff"),
                "invalid start byte at position 0",
            ),
        ] {
            let close = close_earned_by(&bytes, Limits::default()).await;
            assert_eq!(close, (1007, reason.to_owned()));
        }
    })
    .await;
}

#[tokio::test]
async fn bad_utf8_in_an_unfinished_frame_is_noticed_at_once() {
    within(async {
        let mut frame = client_frame(0x81, &[b'a'; 1000]);
        frame[20] = 0xff;
        // The rest of the frame never comes.
        let close = close_earned_by(&frame[..30], Limits::default()).await;
        assert_eq!(
            close,
            (1007, "invalid start byte at position 12".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn oversized_messages_close_with_1009_before_they_arrive() {
    within(async {
        let limits = Limits {
            message: Some(100),
            fragment: Some(60),
        };
        for (bytes, reason) in [
            (
                client_frame(0x82, &[0; 101])[..8].to_vec(),
                "frame with 101 bytes exceeds limit of 60 bytes",
            ),
            (
                client_frame(0x82, &[0; 61]),
                "frame with 61 bytes exceeds limit of 60 bytes",
            ),
            (
                [client_frame(0x02, &[0; 60]), client_frame(0x80, &[0; 41])].concat(),
                "frame with 41 bytes after reading 60 bytes exceeds limit of 100 bytes",
            ),
            (
                [&[0x82, 0xff, 0x7f][..], &[0xff; 7]].concat(),
                "frame with 9223372036854775807 bytes exceeds limit of 60 bytes",
            ),
        ] {
            let bytes = [bytes, vec![0; 4]].concat();
            assert_eq!(
                close_earned_by(&bytes, limits).await,
                (1009, reason.to_owned())
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_refuses_masked_frames() {
    within(async {
        let (connection, mut socket) = with_socket(Side::Client, Options::default()).await;
        write(&mut socket, client_frame(0x81, b"abc")).await;
        let mut close = [0; 8];
        socket.read_exact(&mut close).await.unwrap();
        assert_eq!(close[0], 0x88);
        drop(socket);
        let closed = closed(connection.recv().await.unwrap_err());
        assert_eq!(
            closed.to_string(),
            "sent 1002 (protocol error) incorrect masking; no close frame received"
        );
        let violation = Violation::Protocol("incorrect masking");
        assert!(matches!(closed.cause(), Some(Cause::Violation(v)) if *v == violation));
    })
    .await;
}

#[tokio::test]
async fn messages_before_a_violation_are_answered() {
    within(async {
        let (connection, mut socket) = with_socket(Side::Server, Options::default()).await;
        let good = [client_frame(0x81, b"one"), client_frame(0x81, b"two")].concat();
        write(&mut socket, [good, server_frame(0x81, b"bad")].concat()).await;
        let echo = async {
            while let Ok(message) = connection.recv().await {
                // The driver sees the violation long before the answer is sent.
                tokio::task::yield_now().await;
                connection.send(message).await.unwrap();
            }
        };
        let peer = async {
            let one = read_short_frame(&mut socket).await;
            let two = read_short_frame(&mut socket).await;
            assert_eq!((one.1, two.1), (b"one".to_vec(), b"two".to_vec()));
            assert_eq!(read_close(&mut socket).await.0, 1002);
            drop(socket);
        };
        tokio::join!(echo, peer);
    })
    .await;
}

#[tokio::test]
async fn a_violation_is_acted_on_though_nobody_receives() {
    within(async {
        let (connection, mut socket) = with_socket(Side::Server, Options::default()).await;
        let frames = [client_frame(0x81, b"untaken"), server_frame(0x81, b"bad")];
        write(&mut socket, frames.concat()).await;
        assert_eq!(read_close(&mut socket).await.0, 1002);
        drop(socket);
        connection.wait_closed().await;
        assert_eq!(text(connection.recv().await.unwrap()), "untaken");
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_vanishes_is_1006() {
    within(async {
        for side in [Side::Server, Side::Client] {
            let (connection, socket) = with_socket(side, Options::default()).await;
            drop(socket);
            let closed = closed(connection.recv().await.unwrap_err());
            assert_eq!(closed.to_string(), "no close frame received or sent");
            assert!(matches!(closed.cause(), Some(Cause::UnexpectedEof)));
            assert_eq!(connection.close_code(), Some(1006));
            assert_eq!(connection.close_reason().as_deref(), Some(""));
        }
    })
    .await;
}

#[tokio::test]
async fn a_reset_connection_is_1006_with_the_error_as_its_cause() {
    within(async {
        let (connection, socket) = with_socket(Side::Server, Options::default()).await;
        socket.set_zero_linger().unwrap();
        drop(socket);
        let closed = closed(connection.recv().await.unwrap_err());
        assert!(
            matches!(closed.cause(), Some(Cause::Io(_))),
            "{:?}",
            closed.cause()
        );
        assert_eq!(connection.close_code(), Some(1006));
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_never_answers_a_close_is_given_close_timeout() {
    within(async {
        for side in [Side::Server, Side::Client] {
            let options = Options {
                close_timeout: SOON,
                ..Options::default()
            };
            let (connection, mut socket) = with_socket(side, options).await;
            connection.close(1000, "").await.unwrap();
            let closed = connection.wait_closed().await;
            assert_eq!(
                closed.to_string(),
                "sent 1000 (OK); no close frame received"
            );
            assert!(matches!(closed.cause(), Some(Cause::CloseTimeout)));
            let mut rest = Vec::new();
            socket.read_to_end(&mut rest).await.unwrap();
            assert_eq!(rest[0], 0x88);
        }
    })
    .await;
}

#[tokio::test]
async fn a_dropped_close_is_finished_in_the_background() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Server, Options::default()).await;
        assert!(
            poll_once(Box::pin(connection.close(1000, "done")))
                .await
                .is_pending()
        );
        assert_eq!(connection.state(), State::Closing);
        while let Some(Ok(_)) = peer.next().await {}
        drop(peer);
        assert!(connection.wait_closed().await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_unanswered_keepalive_fails_the_connection() {
    within(async {
        for side in [Side::Server, Side::Client] {
            let options = Options {
                ping_interval: SOON,
                ping_timeout: SOON,
                close_timeout: SOON,
                ..Options::default()
            };
            let (connection, _socket) = with_socket(side, options).await;
            let closed = closed(connection.recv().await.unwrap_err());
            assert_eq!(
                closed.to_string(),
                "sent 1011 (internal error) keepalive ping timeout; no close frame received"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_answered_keepalive_goes_on() {
    within(async {
        let options = Options {
            ping_interval: Some(Duration::from_millis(5)),
            ..Options::default()
        };
        let (connection, mut peer) = with_peer(Side::Server, options).await;
        for _ in 0..5 {
            assert!(peer.next().await.unwrap().unwrap().is_ping());
        }
        assert_eq!(connection.state(), State::Open);
        assert!(connection.latency() > Duration::ZERO);
    })
    .await;
}

#[tokio::test]
async fn a_keepalive_does_not_blame_the_peer_for_what_we_do_not_read() {
    within(async {
        let options = Options {
            ping_interval: Some(Duration::from_millis(5)),
            ping_timeout: Some(Duration::from_millis(5)),
            ..Options::default()
        };
        let (connection, mut peer) = with_peer(Side::Server, options).await;
        for i in 0..100 {
            peer.send(Theirs::text(i.to_string())).await.unwrap();
        }
        // The pongs queue up behind messages that nobody takes.
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let peer = tokio::spawn(async move { while peer.next().await.is_some() {} });
        for i in 0..100 {
            assert_eq!(text(connection.recv().await.unwrap()), i.to_string());
        }
        connection.close(1000, "").await.unwrap();
        peer.await.unwrap();
    })
    .await;
}

/// Sends until the peer, which does not read, has stopped us. Returns how many were sent.
async fn send_until_full(connection: &Connection, message: &Message) -> usize {
    for sent in 0.. {
        let mut sending = Box::pin(connection.send(message.clone()));
        let mut turns = 0;
        while poll_once(&mut sending).await.is_pending() {
            turns += 1;
            if turns == 100 {
                // This one is queued, and waits for the output to drain.
                return sent + 1;
            }
            tokio::task::yield_now().await;
        }
    }
    unreachable!()
}

#[tokio::test]
async fn a_slow_reader_stops_the_sender() {
    within(async {
        for side in [Side::Server, Side::Client] {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            let message = Message::binary(vec![7; 64 * 1024]);
            let sent = send_until_full(&connection, &message).await;
            assert!(
                sent < 500,
                "{sent} messages of 64 KiB are more than sockets hold"
            );
            // Calls that are given up queue nothing.
            for _ in 0..100 {
                let mut given_up = Box::pin(connection.send(message.clone()));
                assert!(poll_once(&mut given_up).await.is_pending());
            }
            for _ in 0..sent {
                assert_eq!(peer.next().await.unwrap().unwrap().len(), 64 * 1024);
            }
            connection.send(Message::text("after")).await.unwrap();
            assert_eq!(peer.next().await.unwrap().unwrap(), Theirs::text("after"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_never_reads_cannot_prevent_closing() {
    within(async {
        let options = Options {
            close_timeout: SOON,
            ..Options::default()
        };
        let (connection, _socket) = with_socket(Side::Server, options).await;
        let message = Message::binary(vec![7; 64 * 1024]);
        send_until_full(&connection, &message).await;
        let (sent, closed) = tokio::join!(connection.send(message), connection.close(1000, ""));
        closed.unwrap();
        assert!(matches!(sent, Err(ConnectionError::Closed(_))));
    })
    .await;
}

#[tokio::test]
async fn messages_that_nobody_takes_stop_the_peer() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Server, Options::default()).await;
        let mut sent = 0u32;
        loop {
            let message = Theirs::text(format!("{sent} {}", "x".repeat(64 * 1024)));
            let mut sending = Box::pin(peer.send(message));
            let mut turns = 0;
            while turns < 100 && poll_once(&mut sending).await.is_pending() {
                turns += 1;
                tokio::task::yield_now().await;
            }
            sent += 1;
            if turns == 100 {
                break;
            }
            assert!(
                sent < 500,
                "{sent} messages of 64 KiB are more than sockets hold"
            );
        }
        let flushing = tokio::spawn(async move {
            peer.flush().await.unwrap();
            peer
        });
        for i in 0..sent {
            let message = text(connection.recv().await.unwrap());
            assert!(message.starts_with(&format!("{i} ")));
        }
        flushing.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_does_not_prevent_closing() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Server, Options::default()).await;
        for i in 0..100 {
            peer.send(Theirs::text(i.to_string())).await.unwrap();
        }
        let peer = tokio::spawn(async move { while peer.next().await.is_some() {} });
        connection.close(1000, "").await.unwrap();
        assert!(connection.wait_closed().await.is_ok());
        assert_eq!(text(connection.recv().await.unwrap()), "0");
        peer.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn dropping_the_last_handle_closes_with_1001() {
    within(async {
        for side in [Side::Server, Side::Client] {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            connection.send(Message::text("last words")).await.unwrap();
            drop(connection.clone());
            drop(connection);
            assert_eq!(
                peer.next().await.unwrap().unwrap(),
                Theirs::text("last words")
            );
            match peer.next().await.unwrap().unwrap() {
                Theirs::Close(Some(close)) => assert_eq!(u16::from(close.code), 1001),
                other => panic!("{other:?}"),
            }
            assert!(peer.next().await.is_none());
        }
    })
    .await;
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

/// A server of ours on a socket that can only be used under a runtime, and its client.
async fn on_socket_of_runtime() -> (Connection, TcpStream) {
    let (here, there) = tcp_pair().await;
    let here = Socket::new(here).unwrap();
    let protocol = Protocol::new(Side::Server, Limits::default());
    let connection = Connection::spawn(here, protocol, Options::default());
    (connection, there)
}

#[test]
fn dropping_the_last_handle_outside_of_the_runtime_closes_with_1001() {
    let runtime = runtime();
    for on_another_thread in [false, true] {
        let (connection, mut peer) = runtime.block_on(within(async {
            let (connection, mut peer) = on_socket_of_runtime().await;
            write(&mut peer, client_frame(0x81, b"hello")).await;
            assert_eq!(text(connection.recv().await.unwrap()), "hello");
            (connection, peer)
        }));
        match on_another_thread {
            true => std::thread::spawn(|| drop(connection)).join().unwrap(),
            false => drop(connection),
        }
        let close = runtime.block_on(within(async {
            let (first, payload) = read_short_frame(&mut peer).await;
            (first, u16::from_be_bytes([payload[0], payload[1]]))
        }));
        assert_eq!(close, (0x88, 1001));
    }
}

#[test]
fn the_end_of_the_runtime_is_told_to_everybody() {
    let (home, elsewhere) = (runtime(), runtime());
    let (connection, _socket) = home.block_on(with_socket(Side::Server, Options::default()));
    let mut receiving = Box::pin(connection.recv());
    let waiting = elsewhere.block_on(poll_once(&mut receiving));
    assert!(waiting.is_pending());
    drop(home);
    elsewhere.block_on(within(async {
        let closed = closed(receiving.await.unwrap_err());
        assert!(matches!(closed.cause(), Some(Cause::RuntimeGone)));
        let sent = connection.send(Message::text("late")).await;
        assert!(matches!(sent, Err(ConnectionError::Closed(_))));
        connection.close(1000, "").await.unwrap();
        assert_eq!(connection.state(), State::Closed);
    }));
}

#[tokio::test]
async fn a_listening_socket_that_fails_is_an_error() {
    within(async {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = socket.try_clone().unwrap();
        let listener = Listener::new(socket.into()).unwrap();
        socket2::SockRef::from(&shared)
            .shutdown(std::net::Shutdown::Both)
            .unwrap();
        let error = listener.accept().await.unwrap_err();
        assert!(error.raw_os_error().is_some(), "{error}");
    })
    .await;
}
