//! Servers that do no more than they must, each a thread on a core of its own.

use std::thread;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio_tungstenite::accept_async;

use crate::pinning;

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    content-length: 41\r\n\r\n{\"id\":4711,\"name\":\"Alice\",\"active\":true}\n";

/// Answers every request alike. Returns its URL.
pub(crate) fn http() -> String {
    format!("http://{}/", serve(answer))
}

/// Sends back what comes. Returns its URL.
pub(crate) fn websocket() -> String {
    format!("ws://{}/", serve(echo))
}

/// Ends with this process.
fn serve<F: Future<Output = ()> + Send + 'static>(
    talk: impl Fn(TcpStream) -> F + Send + 'static,
) -> std::net::SocketAddr {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        pinning::pin_to(&[pinning::cores().server]);
        runtime.block_on(async {
            loop {
                let (stream, _) = listener.accept().await.expect("a client");
                stream.set_nodelay(true).expect("TCP_NODELAY");
                tokio::spawn(talk(stream));
            }
        })
    });
    address
}

/// Requests come one by one, each in one piece.
async fn answer(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(1..) = stream.read(&mut buffer).await {
        if stream.write_all(RESPONSE).await.is_err() {
            return;
        }
    }
}

async fn echo(stream: TcpStream) {
    let Ok(mut websocket) = accept_async(stream).await else {
        return;
    };
    while let Some(Ok(message)) = websocket.next().await {
        if message.is_text() && websocket.send(message).await.is_err() {
            return;
        }
    }
}
