//! Messages from a server to many clients.

use std::time::{Duration, Instant};

use futures_util::SinkExt as _;
use futures_util::future::join_all;
use tokio_tungstenite::tungstenite::Message;

use super::client::{Client, TEXT, connect, exchange, receive};
use super::load::{MANY, connect_many, share};
use crate::options::Task;

const BROADCASTS: usize = 3;
/// A broadcast that takes longer has been lost on the way.
const RECEIVED_WITHIN: Duration = Duration::from_secs(30);
/// Clients that read without pause, and messages on their way to each.
const READERS: usize = 1000;
const BATCH: usize = 20;

/// The largest gap of three, in seconds, as the server tells them.
pub(super) async fn largest_gap(task: &Task) -> f64 {
    let (mut control, listeners) = gather(task, share(task, MANY as f64)).await;
    let listening: Vec<_> = listeners
        .into_iter()
        .map(listen)
        .map(tokio::spawn)
        .collect();
    let mut largest: f64 = 0.0;
    for _ in 0..BROADCASTS {
        let gap = exchange(&mut control, Message::text(TEXT)).await;
        let gap = std::str::from_utf8(&gap)
            .ok()
            .and_then(|it| it.parse().ok());
        largest = largest.max(gap.expect("a number"));
    }
    let received = join_all(listening).await;
    let missing = received.iter().filter(|it| !matches!(it, Ok(true))).count();
    assert_eq!(missing, 0, "not everybody got the messages");
    largest
}

/// Whether all broadcasts come.
async fn listen(mut client: Client) -> bool {
    for _ in 0..BROADCASTS {
        let received = tokio::time::timeout(RECEIVED_WITHIN, receive(&mut client)).await;
        if !received.is_ok_and(|message| message.len() == TEXT.len()) {
            return false;
        }
    }
    true
}

/// Seconds for each message to each of a thousand clients, until all have it.
pub(super) async fn rate(task: &Task) -> f64 {
    let (mut control, mut listeners) = gather(task, READERS).await;
    send_all(&mut control, &mut listeners).await;
    let (started, mut sent) = (Instant::now(), 0);
    while started.elapsed().as_secs_f64() < task.seconds {
        send_all(&mut control, &mut listeners).await;
        sent += BATCH * READERS;
    }
    started.elapsed().as_secs_f64() / sent as f64
}

async fn send_all(control: &mut Client, listeners: &mut [Client]) {
    let messages = Message::text(format!("{BATCH}"));
    control.send(messages).await.expect("a peer");
    let received = listeners.iter_mut().map(|client| async move {
        for _ in 0..BATCH {
            receive(client).await;
        }
    });
    join_all(received).await;
}

/// So many listeners, and the client that makes the server send to them.
async fn gather(task: &Task, count: usize) -> (Client, Vec<Client>) {
    let path = match task.case.as_str() {
        "broadcast-rate" => "broadcasts",
        _ => "broadcast",
    };
    let listeners = connect_many(&format!("{}listen", task.url), count).await;
    let mut control = connect(&format!("{}{path}", task.url)).await;
    let count = Message::text(count.to_string());
    control.send(count).await.expect("a peer");
    (control, listeners)
}
