//! Messages, pings and closing between our ends and tokio-tungstenite.

#[path = "support/ws_peer.rs"]
mod ws_peer;

use std::future::{Future as _, poll_fn};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, future::join_all};
use tauraro::engine::ws::{
    Close, ConnectionError, Limits, Message, Options, Side, State, Violation, close::code,
};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Theirs;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use ws_peer::*;

const SIDES: [Side; 2] = [Side::Server, Side::Client];

#[tokio::test]
async fn text_and_binary_go_both_ways() {
    within(async {
        for side in SIDES {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            connection.send(Message::text("héllo")).await.unwrap();
            connection
                .send(Message::binary(&b"\0\xff"[..]))
                .await
                .unwrap();
            assert_eq!(peer.next().await.unwrap().unwrap(), Theirs::text("héllo"));
            assert_eq!(
                peer.next().await.unwrap().unwrap().into_data(),
                &b"\0\xff"[..]
            );
            peer.send(Theirs::text("wörld")).await.unwrap();
            peer.send(Theirs::binary(&b""[..])).await.unwrap();
            assert_eq!(connection.recv().await.unwrap(), Message::text("wörld"));
            assert_eq!(connection.recv().await.unwrap(), Message::binary(&b""[..]));
        }
    })
    .await;
}

#[tokio::test]
async fn messages_of_every_header_form_survive() {
    within(async {
        for side in SIDES {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            for size in [0, 1, 125, 126, 65535, 65536, 1 << 20] {
                let data: Vec<u8> = (0..size).map(|i| (i * 7) as u8).collect();
                let sent = connection.send(Message::binary(data.clone()));
                let (sent, received) = tokio::join!(sent, peer.next());
                sent.unwrap();
                assert!(
                    received.unwrap().unwrap().into_data() == data,
                    "{size} bytes out"
                );
                let sent = peer.send(Theirs::binary(data.clone()));
                let (sent, received) = tokio::join!(sent, connection.recv());
                sent.unwrap();
                assert!(
                    received.unwrap() == Message::binary(data),
                    "{size} bytes in"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn fragments_are_joined_around_control_frames() {
    within(async {
        for side in SIDES {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            // The crab is cut in two.
            let crab = "a 🦀".as_bytes();
            let fragments = [
                (&crab[..4], OpCode::Data(Data::Text), false),
                (&crab[4..], OpCode::Data(Data::Continue), false),
                (&b" b"[..], OpCode::Data(Data::Continue), true),
            ];
            for (payload, opcode, last) in fragments {
                let frame = Frame::message(payload.to_vec(), opcode, last);
                peer.send(Theirs::Frame(frame)).await.unwrap();
                peer.send(Theirs::Ping(Bytes::from_static(b"p")))
                    .await
                    .unwrap();
            }
            assert_eq!(connection.recv().await.unwrap(), Message::text("a 🦀 b"));
            for _ in 0..3 {
                let pong = peer.next().await.unwrap().unwrap();
                assert_eq!(pong, Theirs::Pong(Bytes::from_static(b"p")));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_ping_is_answered_without_anyone_receiving() {
    within(async {
        for side in SIDES {
            let (_connection, mut peer) = with_peer(side, Options::default()).await;
            peer.send(Theirs::Ping(Bytes::from_static(b"hi")))
                .await
                .unwrap();
            let pong = peer.next().await.unwrap().unwrap();
            assert_eq!(pong, Theirs::Pong(Bytes::from_static(b"hi")));
        }
    })
    .await;
}

/// Sends a ping to the end that is tested, which has to answer it.
async fn assert_answers(peer: &mut WebSocketStream<TcpStream>) {
    let data = Bytes::from_static(b"are you there?");
    peer.send(Theirs::Ping(data.clone())).await.unwrap();
    assert_eq!(peer.next().await.unwrap().unwrap(), Theirs::Pong(data));
}

#[tokio::test]
async fn a_ping_is_answered_while_somebody_receives() {
    within(async {
        for side in SIDES {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            let (received, ()) = tokio::join!(connection.recv(), async {
                assert_answers(&mut peer).await;
                peer.send(Theirs::text("at last")).await.unwrap();
            });
            assert_eq!(received.unwrap(), Message::text("at last"));
            assert_answers(&mut peer).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_ping_is_answered_after_a_receiver_was_dropped() {
    within(async {
        for side in SIDES {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            // Let the driver start, so that the receiver reads for itself.
            assert_answers(&mut peer).await;
            let mut receiving = Box::pin(connection.recv());
            let polled = poll_fn(|cx| Poll::Ready(receiving.as_mut().poll(cx))).await;
            assert!(polled.is_pending());
            // The wake-up for this may go to the receiver.
            let data = Bytes::from_static(b"early");
            peer.send(Theirs::Ping(data.clone())).await.unwrap();
            drop(receiving);
            assert_eq!(peer.next().await.unwrap().unwrap(), Theirs::Pong(data));
            assert_answers(&mut peer).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_ping_of_ours_tells_the_latency() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Client, Options::default()).await;
        let answering = tokio::spawn(async move { while peer.next().await.is_some() {} });
        assert_eq!(connection.latency(), Duration::ZERO);
        let pong = connection.ping(None).await.unwrap();
        let latency = pong.latency().await.unwrap();
        assert!(latency > Duration::ZERO);
        assert_eq!(connection.latency(), latency);
        connection.close(1000, "").await.unwrap();
        answering.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_pong_answers_earlier_pings_too() {
    within(async {
        let (connection, mut socket) = with_socket(Side::Server, Options::default()).await;
        let first = connection
            .ping(Some(Bytes::from_static(b"1")))
            .await
            .unwrap();
        let second = connection
            .ping(Some(Bytes::from_static(b"2")))
            .await
            .unwrap();
        write(&mut socket, client_frame(0x8a, b"2")).await;
        first.latency().await.unwrap();
        second.latency().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_pings_with_one_payload_are_refused_while_the_first_waits() {
    within(async {
        let (connection, _socket) = with_socket(Side::Server, Options::default()).await;
        let payload = Some(Bytes::from_static(b"same"));
        let first = connection.ping(payload.clone()).await.unwrap();
        let second = connection.ping(payload).await;
        assert!(matches!(second, Err(ConnectionError::ConcurrentPing)));
        drop(first);
    })
    .await;
}

#[tokio::test]
async fn frames_that_are_not_allowed_are_refused_and_harm_nothing() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Client, Options::default()).await;
        let too_long = vec![0; 126];
        for refused in [
            connection.pong(&too_long).await.unwrap_err(),
            connection
                .ping(Some(too_long.clone().into()))
                .await
                .unwrap_err(),
            connection.close(1005, "").await.unwrap_err(),
            connection.close(1000, &"x".repeat(124)).await.unwrap_err(),
        ] {
            assert!(matches!(
                refused,
                ConnectionError::InvalidFrame(Violation::Protocol(_))
            ));
        }
        connection.send(Message::text("fine")).await.unwrap();
        assert_eq!(peer.next().await.unwrap().unwrap(), Theirs::text("fine"));
    })
    .await;
}

#[tokio::test]
async fn closing_from_our_end_tells_the_peer_why() {
    within(async {
        for side in SIDES {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            let peer_saw = tokio::spawn(async move {
                let close = peer.next().await.unwrap().unwrap();
                // Its answer is sent by reading on.
                assert!(peer.next().await.is_none());
                close
            });
            assert_eq!(connection.state(), State::Open);
            assert_eq!(connection.close_code(), None);
            connection.close(4001, "bye").await.unwrap();
            let expected = CloseFrame {
                code: 4001.into(),
                reason: "bye".into(),
            };
            assert_eq!(peer_saw.await.unwrap(), Theirs::Close(Some(expected)));
            assert_eq!(connection.state(), State::Closed);
            assert_eq!(connection.close_code(), Some(4001));
            assert_eq!(connection.close_reason().as_deref(), Some("bye"));
            let closed = connection.wait_closed().await;
            assert_eq!(closed.rcvd_then_sent(), Some(false));
            assert!(!closed.is_ok());
            connection.close(1000, "again").await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn closing_from_the_peers_end_is_answered_and_told() {
    within(async {
        for side in SIDES {
            let (connection, mut peer) = with_peer(side, Options::default()).await;
            peer.send(Theirs::text("last")).await.unwrap();
            let going = CloseFrame {
                code: 1001.into(),
                reason: "".into(),
            };
            peer.send(Theirs::Close(Some(going))).await.unwrap();
            while let Some(Ok(_)) = peer.next().await {}
            drop(peer);
            let closed = connection.wait_closed().await;
            assert!(closed.is_ok());
            assert_eq!(
                closed.to_string(),
                "received 1001 (going away); then sent 1001 (going away)"
            );
            // What came before the end is still there, and then the end is told for ever.
            assert_eq!(text(connection.recv().await.unwrap()), "last");
            for _ in 0..2 {
                let error = connection.recv().await.unwrap_err();
                assert!(matches!(error, ConnectionError::Closed(closed) if closed.is_ok()));
            }
            let error = connection.send(Message::text("late")).await.unwrap_err();
            assert!(matches!(error, ConnectionError::Closed(_)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_close_frame_without_a_code_is_1005() {
    within(async {
        let (connection, mut socket) = with_socket(Side::Server, Options::default()).await;
        write(&mut socket, client_frame(0x88, b"")).await;
        assert_eq!(read_short_frame(&mut socket).await, (0x88, vec![]));
        drop(socket);
        let closed = connection.wait_closed().await;
        assert_eq!(closed.rcvd(), Some(&Close::new(code::NO_STATUS_RCVD, "")));
        assert!(closed.is_ok());
        assert_eq!(connection.close_code(), Some(1005));
    })
    .await;
}

#[tokio::test]
async fn a_server_ends_the_stream_first() {
    within(async {
        let (connection, mut socket) = with_socket(Side::Server, Options::default()).await;
        let closing = connection.close(1000, "");
        let peer = async {
            assert_eq!(read_short_frame(&mut socket).await.0, 0x88);
            write(&mut socket, client_frame(0x88, &1000u16.to_be_bytes())).await;
            // The server does not wait for this end to close.
            assert_eq!(
                tokio::io::AsyncReadExt::read(&mut socket, &mut [0])
                    .await
                    .unwrap(),
                0
            );
            drop(socket);
        };
        tokio::join!(closing, peer).0.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_dropped_recv_loses_no_message() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Server, Options::default()).await;
        for round in 0..20 {
            let mut waiting = Box::pin(connection.recv());
            assert!(poll_once(&mut waiting).await.is_pending());
            peer.send(Theirs::text(format!("message {round}")))
                .await
                .unwrap();
            // Sometimes dropped before the message arrives, sometimes after.
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
            drop(waiting);
            let received = text(connection.recv().await.unwrap());
            assert_eq!(received, format!("message {round}"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_receiver_is_refused_while_the_first_waits() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Server, Options::default()).await;
        let mut first = Box::pin(connection.recv());
        assert!(poll_once(&mut first).await.is_pending());
        let second = connection.recv().await;
        assert!(matches!(second, Err(ConnectionError::ConcurrentRecv)));
        peer.send(Theirs::text("for the first")).await.unwrap();
        assert_eq!(text(first.await.unwrap()), "for the first");
        peer.send(Theirs::text("for the next")).await.unwrap();
        assert_eq!(text(connection.recv().await.unwrap()), "for the next");
    })
    .await;
}

#[tokio::test]
async fn concurrent_sends_keep_the_order_of_the_calls() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Client, Options::default()).await;
        let sends = (0..200).map(|i| connection.send(Message::text(format!("{i:09000}"))));
        let receives = async {
            for i in 0..200 {
                let message = peer.next().await.unwrap().unwrap();
                assert_eq!(message.into_text().unwrap().parse::<usize>().unwrap(), i);
            }
        };
        let (sent, ()) = tokio::join!(join_all(sends), receives);
        assert!(sent.into_iter().all(|sent| sent.is_ok()));
    })
    .await;
}

#[tokio::test]
async fn bytes_left_over_from_the_handshake_come_first() {
    within(async {
        let (here, mut there) = tcp_pair().await;
        let options = Options {
            leftover: client_frame(0x81, b"early").into(),
            ..Options::default()
        };
        let connection = ours(Side::Server, here, Limits::default(), options);
        write(&mut there, client_frame(0x81, b"later")).await;
        assert_eq!(text(connection.recv().await.unwrap()), "early");
        assert_eq!(text(connection.recv().await.unwrap()), "later");
    })
    .await;
}

#[tokio::test]
async fn every_future_may_move_between_threads() {
    fn is_send<T: Send>(_: T) {}
    let (connection, _peer) = with_peer(Side::Client, Options::default()).await;
    is_send(connection.recv());
    is_send(connection.send(Message::text("")));
    is_send(connection.ping(None));
    is_send(connection.pong(b""));
    is_send(connection.close(1000, ""));
    is_send(connection.wait_closed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handles_may_be_used_from_many_threads() {
    within(async {
        let (connection, mut peer) = with_peer(Side::Client, Options::default()).await;
        let senders = (0..4).map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move {
                for _ in 0..250 {
                    connection
                        .send(Message::text("x".repeat(1000)))
                        .await
                        .unwrap();
                }
            })
        });
        let senders: Vec<_> = senders.collect();
        for _ in 0..1000 {
            assert_eq!(peer.next().await.unwrap().unwrap().len(), 1000);
        }
        join_all(senders).await;
    })
    .await;
}
