//! From an accepted socket to an open connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::client::{Established, establish};
use super::extensions::ServerExtension;
use super::handshake::{HandshakeError, ServerHandshake, select_subprotocol};
use super::{Limits, Options, Side};
use crate::engine::net::{Socket, Transport};

/// How long to wait when the system has no descriptors or memory left, as asyncio does.
const ACCEPT_RETRY: Duration = Duration::from_secs(1);

/// A listening socket.
#[derive(Debug)]
pub struct Listener(TcpListener);

impl Listener {
    /// Takes over a listening socket.
    ///
    /// # Errors
    /// When it cannot be registered with the current runtime.
    pub fn new(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Self)
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// As getsockname(2).
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The next client. Errors of a single client, and a passing lack of descriptors or memory,
    /// do not end it. Cancel-safe.
    ///
    /// # Errors
    /// As accept(2) when the listening socket itself cannot be used.
    pub async fn accept(&self) -> io::Result<Socket> {
        loop {
            match self.0.accept().await {
                Ok((stream, _)) => {
                    // A socket that is gone already fails later, where it is seen.
                    let _ = stream.set_nodelay(true);
                    return Socket::new(stream);
                }
                Err(error) if is_of_one_client(&error) => {}
                Err(error) if is_passing(&error) => tokio::time::sleep(ACCEPT_RETRY).await,
                Err(error) => return Err(error),
            }
        }
    }
}

/// Linux passes errors of the network on that are pending on the new socket, see accept(2).
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::ECONNABORTED
                | libc::ECONNRESET
                | libc::ECONNREFUSED
                | libc::EHOSTDOWN
                | libc::EHOSTUNREACH
                | libc::ENETDOWN
                | libc::ENETUNREACH
                | libc::ENOPROTOOPT
                | libc::EPERM
                | libc::EPROTO
                | libc::ETIMEDOUT
        )
    )
}

/// The system has no descriptors or no memory to spare.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM)
    )
}

/// Why a client got no connection.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The opening handshake failed. The client was told, if it still listened.
    #[error("opening handshake failed: {0}")]
    Handshake(#[from] HandshakeError),
    /// The client took too long.
    #[error("the client did not complete the opening handshake within {} s", .0.as_secs_f64())]
    Timeout(Duration),
}

/// How to accept.
#[derive(Clone, Debug, Default)]
pub struct Accept {
    /// Subprotocols that the server speaks, the preferred one first; empty for none.
    pub subprotocols: Vec<String>,
    /// Extensions that the server accepts, the preferred one first.
    pub extensions: Vec<Arc<dyn ServerExtension>>,
    /// The `Server` field of the response.
    pub server_header: Option<String>,
    /// Bounds the handshake.
    pub open_timeout: Option<Duration>,
    /// Limits on messages.
    pub limits: Limits,
    /// How the connection behaves.
    pub options: Options,
}

impl Accept {
    /// Shakes hands with a client. Dropping the future closes the socket.
    ///
    /// # Errors
    /// [`AcceptError`]; the client was answered with what is wrong.
    pub async fn client(self, socket: Socket) -> Result<Established, AcceptError> {
        let Some(limit) = self.open_timeout else {
            return Ok(self.open(socket).await?);
        };
        match tokio::time::timeout(limit, self.open(socket)).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(AcceptError::Timeout(limit)),
        }
    }

    async fn open(self, socket: Socket) -> Result<Established, HandshakeError> {
        let mut handshake = ServerHandshake::read(Transport::Plain(socket)).await?;
        let extensions = match handshake.choose_extensions(&self.extensions) {
            Ok(extensions) => extensions,
            Err(error) => return Err(handshake.refuse(error).await),
        };
        let response = select_subprotocol(&self.subprotocols, &handshake.subprotocols())
            .and_then(|subprotocol| handshake.response(subprotocol.as_deref()));
        let mut response = match response {
            Ok(response) => response,
            Err(error) => return Err(handshake.refuse(error).await),
        };
        if let Some(extensions) = extensions {
            response
                .headers
                .push("Sec-WebSocket-Extensions", extensions)?;
        }
        if let Some(server) = &self.server_header {
            response.headers.push("Server", server)?;
        }
        let upgraded = handshake.accept(response).await?;
        let (limits, options) = (self.limits, self.options);
        Ok(establish(upgraded, Side::Server, limits, options))
    }
}
