//! A byte stream to a peer, with or without TLS.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustls::ClientConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

use super::{Socket, Target};
use crate::engine::error::Error;
use crate::engine::http::trace::{Argument, around};
use crate::engine::tls::TlsConfig;

/// What HTTP and WebSocket connections run over.
#[derive(Debug)]
pub enum Transport {
    /// A socket by itself.
    Plain(Socket),
    /// TLS over a socket.
    Tls(Box<TlsStream<Socket>>),
    /// TLS within another transport's TLS: through an https proxy to an https origin.
    Nested(Box<TlsStream<Transport>>),
}

impl Transport {
    /// The socket at the bottom.
    pub fn socket(&self) -> &Socket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.get_ref().0,
            Self::Nested(stream) => stream.get_ref().0.socket(),
        }
    }

    /// Whether the TLS handshake settled on HTTP/2 (RFC 7301; RFC 9113, 3.2).
    pub fn negotiated_http2(&self) -> bool {
        self.negotiated_protocol() == Some(b"h2")
    }

    /// The protocol that both ends agreed on during the TLS handshake (ALPN, RFC 7301).
    pub fn negotiated_protocol(&self) -> Option<&[u8]> {
        self.tls_session()?.alpn_protocol()
    }

    /// The TLS connection, the inner one of two.
    pub fn tls_session(&self) -> Option<&ClientConnection> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => Some(stream.get_ref().1),
            Self::Nested(stream) => Some(stream.get_ref().1),
        }
    }

    /// The address of this end.
    ///
    /// # Errors
    /// As [`Socket::local_addr`].
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket().local_addr()
    }

    /// The address of the other end of the socket: a proxy's, if there is one.
    ///
    /// # Errors
    /// As [`Socket::peer_addr`].
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket().peer_addr()
    }

    /// Shakes hands over this transport with the server that `target` names.
    ///
    /// # Errors
    /// `Connect`, saying why the server was refused; `InvalidUrl` for a host that no name can be.
    pub async fn secure(self, tls: &TlsConfig, target: &Target) -> Result<Self, Error> {
        let given = || vec![("server_hostname", Argument::Name(target.server_name()))];
        let securing = self.shake_hands(tls, target);
        around(target.steps.as_ref(), "start_tls", given, securing).await
    }

    async fn shake_hands(self, tls: &TlsConfig, target: &Target) -> Result<Self, Error> {
        Ok(match self {
            Self::Plain(socket) => Self::Tls(Box::new(tls.handshake(target, socket).await?)),
            outer => Self::Nested(Box::new(tls.handshake(target, outer).await?)),
        })
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Nested(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Nested(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, bufs),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Nested(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
            Self::Nested(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Nested(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Nested(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
