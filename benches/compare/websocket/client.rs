//! The contender that is nothing but tokio-tungstenite on a current-thread runtime: the limit.

use futures_util::future::join_all;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::load::connect_many;
use super::serving::raise_descriptors;
use crate::cost::Cost;
use crate::options::Task;
use crate::plain::{runtime, timed};

/// As in `scripts/messages.py`.
pub(crate) const TEXT: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
const _: () = assert!(TEXT.len() == 64);
pub(super) const PIPELINED: usize = 100;
/// Clients of one process.
const THOUSAND: usize = 1000;

pub(crate) type Client = WebSocketStream<TcpStream>;

/// What one operation of a case costs.
pub(crate) fn measure(task: &Task) -> Cost {
    runtime().block_on(async {
        match task.case.as_str() {
            "ping-pong" => ping_pong(task).await,
            "pipelined" => pipelined(task).await / PIPELINED as f64,
            "thousand" => thousand(task).await / THOUSAND as f64,
            case => panic!("no case {case:?}"),
        }
    })
}

async fn ping_pong(task: &Task) -> Cost {
    let mut client = connect(&task.url).await;
    timed(task.seconds, async || {
        exchange(&mut client, Message::text(TEXT)).await;
    })
    .await
}

async fn pipelined(task: &Task) -> Cost {
    let mut client = connect(&task.url).await;
    timed(task.seconds, async || {
        for _ in 0..PIPELINED {
            client.send(Message::text(TEXT)).await.expect("a peer");
        }
        for _ in 0..PIPELINED {
            receive(&mut client).await;
        }
    })
    .await
}

/// Each sends and receives once, all at the same time.
async fn thousand(task: &Task) -> Cost {
    raise_descriptors();
    let mut clients = connect_many(&task.url, THOUSAND).await;
    timed(task.seconds, async || {
        let exchanges = clients.iter_mut().map(|client| async move {
            exchange(client, Message::text(TEXT)).await;
        });
        join_all(exchanges).await;
    })
    .await
}

/// Connects to `url`, which ends with the path.
pub(crate) async fn connect(url: &str) -> Client {
    let stream = open(url).await;
    let handshake = tokio_tungstenite::client_async(url, stream).await;
    handshake.expect("a handshake").0
}

/// A socket to the server of `url`.
pub(crate) async fn open(url: &str) -> TcpStream {
    let address = url.trim_start_matches("ws://");
    let address = address.split('/').next().unwrap_or(address);
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("TCP_NODELAY");
    stream
}

/// Sends a message and gets one back.
pub(crate) async fn exchange(client: &mut Client, message: Message) -> Bytes {
    client.send(message).await.expect("a peer");
    receive(client).await
}

pub(crate) async fn receive(client: &mut Client) -> Bytes {
    let message = client.next().await.expect("a message");
    message.expect("a connection").into_data()
}
