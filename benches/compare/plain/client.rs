//! A connection of plain hyper's.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT,
};
use http::{Method, Request};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// Of a request.
pub(super) type Content = Either<Full<Bytes>, Chunks>;

/// One connection.
pub(super) struct Client {
    sender: SendRequest<Content>,
    host: HeaderValue,
}

impl Client {
    /// To the server of an http:// URL.
    pub(super) async fn connect(url: &str) -> Self {
        let address = url.trim_start_matches("http://");
        Self::over(open(address).await, address).await
    }

    pub(super) async fn over<S>(stream: S, address: &str) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.expect("a handshake");
        tokio::spawn(connection);
        let host = HeaderValue::from_str(address).expect("a host");
        Self { sender, host }
    }

    pub(super) fn get(&self, path: &str) -> Request<Content> {
        let mut request = get(path);
        let fields = request.headers_mut();
        fields.insert(HOST, self.host.clone());
        fields.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
        request
    }

    pub(super) fn post(&self, path: &str, body: Content) -> Request<Content> {
        let mut request = self.get(path);
        *request.method_mut() = Method::POST;
        *request.body_mut() = body;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        request
    }

    pub(super) async fn send(&mut self, request: Request<Content>) -> Incoming {
        self.sender
            .ready()
            .await
            .expect("a connection that is ready");
        let response = self.sender.send_request(request).await;
        response.expect("a response").into_body()
    }

    pub(super) async fn read(&mut self, request: Request<Content>) -> Bytes {
        let body = self.send(request).await.collect().await;
        body.expect("a body").to_bytes()
    }

    pub(super) async fn fetch(&mut self, path: &str) -> Bytes {
        self.read(self.get(path)).await
    }
}

/// A socket to the server at `address`.
pub(super) async fn open(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("TCP_NODELAY");
    stream
}

/// A request with the header fields that every version has.
pub(super) fn get(target: &str) -> Request<Content> {
    let mut request = Request::new(Either::Left(Full::default()));
    *request.uri_mut() = target.parse().expect("a target");
    let fields = request.headers_mut();
    fields.insert(ACCEPT, HeaderValue::from_static("*/*"));
    let encodings = HeaderValue::from_static("gzip, deflate, br, zstd");
    fields.insert(ACCEPT_ENCODING, encodings);
    fields.insert(USER_AGENT, HeaderValue::from_static("plain-hyper/1"));
    request
}

/// A body in pieces of equal size, its length not known before.
pub(super) struct Chunks {
    pub(super) chunk: Bytes,
    pub(super) left: usize,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))))
    }
}
