//! A connection that is driven by another runtime than those of its users.

#[path = "support/ws_peer.rs"]
mod ws_peer;

use std::future::Future;
use std::thread;

use futures_util::{SinkExt, StreamExt};
use tauraro::engine::net::background;
use tauraro::engine::ws::{Connection, Message, Options, Side};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Theirs;
use ws_peer::*;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Runs a future under a runtime of its own.
fn run<F: Future>(future: F) -> F::Output {
    runtime().block_on(within(future))
}

fn in_background() -> Options {
    Options {
        runtime: Some(background::handle().unwrap()),
        ..Options::default()
    }
}

/// A connection that was made under a runtime that is gone, and its peer on a thread of its own
/// that does what `behave` says.
fn connection<F>(
    behave: impl FnOnce(WebSocketStream<TcpStream>) -> F + Send + 'static,
) -> (Connection, thread::JoinHandle<()>)
where
    F: Future<Output = ()>,
{
    let (sender, receiver) = std::sync::mpsc::channel();
    let peer = thread::spawn(move || {
        run(async {
            let (connection, peer) = with_peer(Side::Client, in_background()).await;
            sender.send(connection).unwrap();
            behave(peer).await;
        });
    });
    (receiver.recv().unwrap(), peer)
}

async fn echo(mut peer: WebSocketStream<TcpStream>) {
    while let Some(Ok(message)) = peer.next().await {
        if message.is_text() {
            peer.send(message).await.unwrap();
        }
    }
}

#[test]
fn it_is_used_under_one_runtime_after_another() {
    let (connection, peer) = connection(echo);
    for number in 0..20 {
        let message = Message::text(number.to_string());
        run(connection.send(message.clone())).unwrap();
        assert_eq!(run(connection.recv()).unwrap(), message);
    }
    run(connection.close(1000, "")).unwrap();
    peer.join().unwrap();
}

#[test]
fn a_sender_that_goes_to_sleep_does_not_take_the_connection_along() {
    let (connection, peer) = connection(echo);
    let sleeping = runtime();
    sleeping
        .block_on(connection.send(Message::text("one")))
        .unwrap();
    // The runtime of the sender is there and does not run; another receives the answer.
    assert_eq!(run(connection.recv()).unwrap(), Message::text("one"));
    drop(sleeping);
    run(connection.send(Message::text("two"))).unwrap();
    assert_eq!(run(connection.recv()).unwrap(), Message::text("two"));
    drop(connection);
    peer.join().unwrap();
}

#[test]
fn pings_are_answered_while_nobody_uses_it() {
    let (connection, peer) = connection(|mut peer| async move {
        peer.send(Theirs::Ping("still there?".into()))
            .await
            .unwrap();
        let answer = peer.next().await.unwrap().unwrap();
        assert_eq!(answer, Theirs::Pong("still there?".into()));
    });
    peer.join().unwrap();
    drop(connection);
}

#[test]
fn one_thread_sends_more_than_fits_while_another_receives() {
    let (connection, peer) = connection(echo);
    const COUNT: usize = 200;
    let text = "x".repeat(60_000);
    thread::scope(|scope| {
        scope.spawn(|| {
            run(async {
                for _ in 0..COUNT {
                    connection.send(Message::text(text.clone())).await.unwrap();
                }
            });
        });
        run(async {
            for _ in 0..COUNT {
                assert_eq!(connection.recv().await.unwrap().len(), text.len());
            }
        });
    });
    drop(connection);
    peer.join().unwrap();
}
