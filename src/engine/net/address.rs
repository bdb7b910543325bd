//! The addresses of a connected socket.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::PathBuf;

use socket2::{SockAddr, SockRef};

/// Where one end of a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// IP address and port.
    Ip(SocketAddr),
    /// The path of a unix socket; empty for one that has none.
    Unix(PathBuf),
}

impl Address {
    /// This end of a socket; `None` when the system does not tell.
    pub fn local(socket: &impl AsFd) -> Option<Self> {
        Self::of(SockRef::from(socket).local_addr().ok()?)
    }

    /// The other end of a socket; `None` when it is gone already.
    pub fn peer(socket: &impl AsFd) -> Option<Self> {
        Self::of(SockRef::from(socket).peer_addr().ok()?)
    }

    fn of(address: SockAddr) -> Option<Self> {
        if let Some(address) = address.as_socket() {
            return Some(Self::Ip(address));
        }
        let path = address.as_pathname().map(PathBuf::from);
        address
            .is_unix()
            .then(|| Self::Unix(path.unwrap_or_default()))
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Ip(address)
    }
}
