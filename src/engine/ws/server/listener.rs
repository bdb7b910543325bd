//! Listening sockets.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use socket2::Domain;
use tokio::net::{TcpListener, UnixListener};

use crate::engine::net::{Address, Socket};

/// How long to wait when the system has no descriptors or memory left, as asyncio does.
const ACCEPT_RETRY: Duration = Duration::from_secs(1);

/// A listening socket, TCP or unix.
#[derive(Debug)]
pub struct Listener(Kind);

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    /// Takes over a listening socket.
    ///
    /// # Errors
    /// When it cannot be registered with the current runtime.
    pub fn new(descriptor: OwnedFd) -> io::Result<Self> {
        let socket = socket2::Socket::from(descriptor);
        socket.set_nonblocking(true)?;
        let is_unix = socket.local_addr()?.domain() == Domain::UNIX;
        Ok(Self(match is_unix {
            true => Kind::Unix(UnixListener::from_std(socket.into())?),
            false => Kind::Tcp(TcpListener::from_std(socket.into())?),
        }))
    }

    /// The address that it listens on; `None` when the system does not tell.
    pub fn local_addr(&self) -> Option<Address> {
        match &self.0 {
            Kind::Tcp(listener) => Address::local(listener),
            Kind::Unix(listener) => Address::local(listener),
        }
    }

    /// The next client. Errors of a single client, and a passing lack of descriptors or memory,
    /// do not end it. Cancel-safe.
    ///
    /// # Errors
    /// As accept(2) when the listening socket itself cannot be used.
    pub async fn accept(&self) -> io::Result<(Socket, Address)> {
        loop {
            match self.accept_one().await {
                Ok(accepted) => return Ok(accepted),
                Err(error) if is_of_one_client(&error) => {}
                Err(error) if is_passing(&error) => tokio::time::sleep(ACCEPT_RETRY).await,
                Err(error) => return Err(error),
            }
        }
    }

    async fn accept_one(&self) -> io::Result<(Socket, Address)> {
        match &self.0 {
            Kind::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // A socket that is gone already fails later, where it is seen.
                let _ = stream.set_nodelay(true);
                Ok((Socket::new(stream)?, peer.into()))
            }
            Kind::Unix(listener) => {
                let (stream, peer) = listener.accept().await?;
                let path = peer.as_pathname().map(Into::into);
                let peer = Address::Unix(path.unwrap_or_default());
                Ok((Socket::unix(stream)?, peer))
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
