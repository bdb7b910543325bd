//! Peers for the WebSocket tests: tokio-tungstenite, and bare sockets for those who misbehave.

#![allow(dead_code, reason = "each test file uses some of these")]

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tauraro::engine::ws::{Connection, Limits, Message, Options, Protocol, Side};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// Runs a test that must not hang.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future)
        .await
        .expect("the test hangs")
}

/// Two ends of a TCP connection.
pub(crate) async fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (here, there) = tokio::join!(TcpStream::connect(address), listener.accept());
    (here.unwrap(), there.unwrap().0)
}

/// Our end over `stream`.
pub(crate) fn ours(side: Side, stream: TcpStream, limits: Limits, options: Options) -> Connection {
    Connection::spawn(stream, Protocol::new(side, limits), options)
}

/// Our end with default limits, and a tokio-tungstenite peer on the other side.
pub(crate) async fn with_peer(
    side: Side,
    options: Options,
) -> (Connection, WebSocketStream<TcpStream>) {
    let (here, there) = tcp_pair().await;
    let role = match side {
        Side::Server => Role::Client,
        Side::Client => Role::Server,
    };
    let unlimited = WebSocketConfig::default()
        .max_message_size(None)
        .max_frame_size(None);
    let peer = WebSocketStream::from_raw_socket(there, role, Some(unlimited)).await;
    (ours(side, here, Limits::default(), options), peer)
}

/// Our end with default limits, and a bare socket on the other side.
pub(crate) async fn with_socket(side: Side, options: Options) -> (Connection, TcpStream) {
    let (here, there) = tcp_pair().await;
    (ours(side, here, Limits::default(), options), there)
}

/// A client's frame. `first` holds the FIN bit, reserved bits and opcode; the payload is masked
/// with zeros, so that it is legible.
pub(crate) fn client_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = server_frame(first, payload);
    let mask_at = frame.len() - payload.len();
    frame[1] |= 0x80;
    frame.splice(mask_at..mask_at, [0; 4]);
    frame
}

/// A server's frame.
pub(crate) fn server_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..=125 => frame.push(length as u8),
        length @ 126..=65535 => {
            frame.push(126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

/// Reads one short frame that is not masked, as a server sends: its first byte and its payload.
pub(crate) async fn read_short_frame(socket: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut head = [0; 2];
    socket.read_exact(&mut head).await.unwrap();
    assert!(head[1] <= 125, "a short unmasked frame, not {head:x?}");
    let mut payload = vec![0; head[1] as usize];
    socket.read_exact(&mut payload).await.unwrap();
    (head[0], payload)
}

/// Reads a close frame that a server sends, and the end of the stream after it.
pub(crate) async fn read_close(socket: &mut TcpStream) -> (u16, String) {
    let (first, payload) = read_short_frame(socket).await;
    assert_eq!(first, 0x88, "a close frame");
    assert_eq!(socket.read(&mut [0; 16]).await.unwrap(), 0, "end of stream");
    let code = u16::from_be_bytes([payload[0], payload[1]]);
    (code, String::from_utf8(payload[2..].to_vec()).unwrap())
}

/// Sends all of `bytes`.
pub(crate) async fn write(socket: &mut TcpStream, bytes: impl AsRef<[u8]>) {
    socket.write_all(bytes.as_ref()).await.unwrap();
}

/// The text of a message.
pub(crate) fn text(message: Message) -> String {
    match message {
        Message::Text(text) => text.to_string(),
        Message::Binary(data) => panic!("binary message of {} bytes", data.len()),
    }
}

/// Polls a future once.
pub(crate) async fn poll_once<F: Future + Unpin>(mut future: F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut future).poll(cx))).await
}
