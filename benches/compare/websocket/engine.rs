//! The contender that is this crate's engine without the interpreter.

use tauraro::engine::ws::{Connection, Limits, Message, Options, Protocol, Side};

use super::client::{self, PIPELINED, TEXT};
use crate::cost::Cost;
use crate::options::Task;
use crate::plain::{runtime, timed};

/// What one operation of a case costs.
pub(crate) fn measure(task: &Task) -> Cost {
    runtime().block_on(async {
        let connection = connect(&task.url).await;
        match task.case.as_str() {
            "ping-pong" => ping_pong(&connection, task.seconds).await,
            "pipelined" => pipelined(&connection, task.seconds).await / PIPELINED as f64,
            case => panic!("no case {case:?}"),
        }
    })
}

/// The handshake is tungstenite's; it is not what is measured.
async fn connect(url: &str) -> Connection {
    let stream = client::connect(url).await.into_inner();
    let protocol = Protocol::new(Side::Client, Limits::default());
    Connection::spawn(stream, protocol, Options::default())
}

async fn ping_pong(connection: &Connection, seconds: f64) -> Cost {
    timed(seconds, async || {
        send(connection).await;
        receive(connection).await;
    })
    .await
}

async fn pipelined(connection: &Connection, seconds: f64) -> Cost {
    timed(seconds, async || {
        for _ in 0..PIPELINED {
            send(connection).await;
        }
        for _ in 0..PIPELINED {
            receive(connection).await;
        }
    })
    .await
}

async fn send(connection: &Connection) {
    connection.send(Message::text(TEXT)).await.expect("a peer");
}

async fn receive(connection: &Connection) {
    let message = connection.recv().await.expect("a message");
    assert_eq!(message.len(), TEXT.len());
}
