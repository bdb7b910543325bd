//! What a caller may say of the sockets that are opened for it.

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::PathBuf;
use std::ptr;
use std::time::Duration;

/// How sockets are opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketSettings {
    /// The unix socket to connect to, whatever the URL's host and port are.
    pub uds: Option<PathBuf>,
    /// The address to connect from. Peers of the other IP version are then out of reach.
    pub local_address: Option<IpAddr>,
    /// The port to connect from; 0 for any. Without meaning when there is no `local_address`.
    pub local_port: u16,
    /// The IP version to connect by; addresses of the other one are passed over.
    pub family: Option<Family>,
    /// How long an attempt has the field to itself before the next address is tried beside it
    /// (RFC 8305, 5: "Connection Attempt Delay"). `None` is the recommended 250 ms.
    pub attempt_delay: Option<Duration>,
    /// Set in this order on each socket before it is connected.
    pub options: Vec<SocketOption>,
    /// How often a failed attempt to connect is repeated: at once, then after 0.5, 1, 2 … s.
    pub retries: u32,
}

/// A version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IP version 4.
    Ipv4,
    /// IP version 6.
    Ipv6,
}

impl Family {
    /// That of an address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::Ipv4,
            IpAddr::V6(_) => Self::Ipv6,
        }
    }
}

/// The arguments of one setsockopt(2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketOption {
    /// The protocol level, as `SOL_SOCKET`.
    pub level: i32,
    /// The option of that level, as `SO_KEEPALIVE`.
    pub name: i32,
    /// Its value.
    pub value: OptionValue,
}

/// The value of a socket option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A C int.
    Int(i32),
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// A null pointer, said to point to so many bytes.
    Null(u32),
}

impl SocketOption {
    /// # Errors
    /// As setsockopt(2), naming the option.
    pub(super) fn apply(&self, socket: BorrowedFd<'_>) -> io::Result<()> {
        let (value, length) = match &self.value {
            OptionValue::Int(number) => (ptr::from_ref(number).cast(), size_of::<i32>()),
            OptionValue::Bytes(bytes) => (bytes.as_ptr().cast(), bytes.len()),
            OptionValue::Null(length) => (ptr::null(), *length as usize),
        };
        let length = libc::socklen_t::try_from(length).map_err(io::Error::other)?;
        // SAFETY: `value` points to `length` readable bytes, or is null, which the kernel checks.
        let status =
            unsafe { libc::setsockopt(socket.as_raw_fd(), self.level, self.name, value, length) };
        match status {
            0 => Ok(()),
            _ => Err(self.refused(io::Error::last_os_error())),
        }
    }

    fn refused(&self, error: io::Error) -> io::Error {
        let Self { level, name, .. } = self;
        let message = format!("socket option {name} of level {level} was refused: {error}");
        io::Error::new(error.kind(), message)
    }
}
