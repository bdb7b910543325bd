//! Plain servers that send back what comes.

use std::process::ExitCode;

use futures_util::{SinkExt as _, StreamExt as _};
use http::header::{CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::plain::runtime;
use crate::websocket::serving::raise_descriptors;

/// Thousands of clients may come at once; the system has a bound of its own.
const BACKLOG: u32 = 16_384;

/// What a server's process does: prints its port and answers until it is killed. With `upgrading`
/// the connections come through hyper, as axum has them.
pub(crate) fn serve(upgrading: bool) -> ExitCode {
    raise_descriptors();
    runtime().block_on(async {
        let listener = listen();
        let address = listener.local_addr().expect("an address");
        println!("{}", address.port());
        accept(listener, upgrading).await
    })
}

/// A listening socket on loopback.
pub(crate) fn listen() -> TcpListener {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    let address = "127.0.0.1:0".parse().expect("an address");
    socket.bind(address).expect("a port");
    socket.listen(BACKLOG).expect("a listening socket")
}

/// Takes clients, for ever.
pub(crate) async fn accept(listener: TcpListener, upgrading: bool) -> ExitCode {
    loop {
        let (stream, _) = listener.accept().await.expect("a client");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        match upgrading {
            true => drop(tokio::spawn(upgrade(stream))),
            false => drop(tokio::spawn(handshake(stream))),
        }
    }
}

async fn handshake(stream: TcpStream) {
    if let Ok(websocket) = tokio_tungstenite::accept_async(stream).await {
        echo(websocket).await;
    }
}

async fn upgrade(stream: TcpStream) {
    let service = service_fn(async |request| Ok::<_, hyper::Error>(respond(request)));
    // A client that is done closes the connection.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
}

fn respond(request: Request<Incoming>) -> Response<Empty<&'static [u8]>> {
    let mut response = Response::new(Empty::new());
    let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY) else {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        return response;
    };
    let accept = derive_accept_key(key.as_bytes());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let fields = response.headers_mut();
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
    let accept = HeaderValue::from_str(&accept).expect("base64");
    fields.insert(SEC_WEBSOCKET_ACCEPT, accept);
    tokio::spawn(async move {
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            let stream = TokioIo::new(upgraded);
            echo(WebSocketStream::from_raw_socket(stream, Role::Server, None).await).await;
        }
    });
    response
}

/// Until the client closes the connection, or drops it.
async fn echo<S: AsyncRead + AsyncWrite + Unpin>(mut websocket: WebSocketStream<S>) {
    while let Some(Ok(message)) = websocket.next().await {
        let is_data = message.is_text() || message.is_binary();
        if is_data && websocket.send(message).await.is_err() {
            return;
        }
    }
}
