//! A stream that follows the runtime that polls it.

use std::io::{self, IoSlice};
use std::mem::{self, MaybeUninit};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::{Domain, SockRef, Type};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::runtime::{self, Handle};

use super::fork;

/// A connected TCP or unix socket.
///
/// A tokio stream is woken by the one runtime that it was registered with, and hangs for as long
/// as that runtime is idle, or for ever once it is gone. This one registers itself anew whenever
/// it is polled under another runtime, so a connection may be made under one and used under the
/// next. It must not be polled by two runtimes at once, which `&mut self` rules out.
///
/// In a forked child it refuses to be polled, and dropping it closes the descriptor alone.
#[derive(Debug)]
pub struct Socket {
    /// Taken while moving; `None` for good when a move failed.
    stream: Option<Stream>,
    /// Where `stream` is registered. tokio counts ids up and gives none out twice.
    home: runtime::Id,
    /// The fork generation that owns the registration.
    born: u64,
}

impl Socket {
    /// Takes over a stream that is registered with the current runtime.
    ///
    /// # Errors
    /// When no runtime is current.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        Self::of(Stream::Tcp(stream))
    }

    /// As [`new`](Self::new), for a unix socket.
    ///
    /// # Errors
    /// When no runtime is current.
    pub fn unix(stream: UnixStream) -> io::Result<Self> {
        Self::of(Stream::Unix(stream))
    }

    /// Takes over the descriptor of a connected TCP or unix socket, and registers it with the
    /// current runtime.
    ///
    /// # Errors
    /// When it is no such socket, or no runtime is current. The descriptor is closed then.
    pub fn from_descriptor(descriptor: OwnedFd) -> io::Result<Self> {
        let socket = socket2::Socket::from(descriptor);
        if socket.r#type()? != Type::STREAM {
            let reason = "it is no stream socket";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        let is_unix = socket.local_addr()?.domain() == Domain::UNIX;
        socket.peer_addr()?;
        socket.set_nonblocking(true)?;
        Self::of(match is_unix {
            true => Stream::Unix(UnixStream::from_std(socket.into())?),
            false => Stream::Tcp(TcpStream::from_std(socket.into())?),
        })
    }

    fn of(stream: Stream) -> io::Result<Self> {
        Ok(Self {
            stream: Some(stream),
            home: current_runtime()?,
            born: fork::generation(),
        })
    }

    /// Whether a read would not wait: the peer closed, reset, or sent something.
    ///
    /// On a connection that should be idle, each of these means that it cannot be used again.
    /// Asks the system, with one call, rather than a runtime that may not have looked for long.
    pub fn is_readable_now(&self) -> bool {
        match &self.stream {
            Some(stream) if self.born == fork::generation() => is_readable(stream.as_fd()),
            _ => true,
        }
    }

    /// The address of this end.
    ///
    /// # Errors
    /// As getsockname(2); `Unsupported` for a unix socket, which has no such address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.stream.as_ref().ok_or_else(lost)?.tcp()?.local_addr()
    }

    /// The address of the other end.
    ///
    /// # Errors
    /// As getpeername(2): the peer may be gone; `Unsupported` for a unix socket.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.as_ref().ok_or_else(lost)?.tcp()?.peer_addr()
    }

    /// The stream, registered with the current runtime.
    fn stream(&mut self) -> io::Result<&mut Stream> {
        if self.born != fork::generation() {
            return Err(io::Error::other(
                "the connection belongs to the process that forked this one",
            ));
        }
        let current = current_runtime()?;
        if self.home != current {
            self.move_to(current)?;
        }
        self.stream.as_mut().ok_or_else(lost)
    }

    #[cold]
    fn move_to(&mut self, runtime: runtime::Id) -> io::Result<()> {
        let stream = self.stream.take().ok_or_else(lost)?;
        self.stream = Some(stream.registered_anew()?);
        self.home = runtime;
        Ok(())
    }
}

/// What is registered.
#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn registered_anew(self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(stream) => Self::Tcp(TcpStream::from_std(stream.into_std()?)?),
            Self::Unix(stream) => Self::Unix(UnixStream::from_std(stream.into_std()?)?),
        })
    }

    fn tcp(&self) -> io::Result<&TcpStream> {
        match self {
            Self::Tcp(stream) => Ok(stream),
            Self::Unix(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "a unix socket has no IP address",
            )),
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

/// Calls a method of the pinned stream, whichever it is.
macro_rules! on_stream {
    ($stream:expr, $method:ident($($argument:expr),*)) => {
        match $stream {
            Stream::Tcp(stream) => Pin::new(stream).$method($($argument),*),
            Stream::Unix(stream) => Pin::new(stream).$method($($argument),*),
        }
    };
}

fn current_runtime() -> io::Result<runtime::Id> {
    match Handle::try_current() {
        Ok(handle) => Ok(handle.id()),
        Err(error) => Err(io::Error::other(error)),
    }
}

fn lost() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotConnected,
        "the socket was lost when it moved to another runtime",
    )
}

/// [`Socket::is_readable_now`] for the descriptor of a non-blocking socket.
pub(crate) fn is_readable(socket: BorrowedFd<'_>) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    match SockRef::from(&socket).peek(&mut byte) {
        Ok(_) => true,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

impl AsFd for Socket {
    /// # Panics
    /// After a move to another runtime has failed; each poll gives an error then.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream
            .as_ref()
            .expect("a socket that was not lost")
            .as_fd()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let Some(stream) = self.stream.take() else {
            return;
        };
        if self.born == fork::generation() {
            return drop(stream);
        }
        let descriptor = stream.as_fd().as_raw_fd();
        mem::forget(stream);
        // SAFETY: the descriptor is open and, with the stream forgotten, has no other owner.
        drop(unsafe { OwnedFd::from_raw_fd(descriptor) });
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        on_stream!(self.stream()?, poll_read(cx, buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        on_stream!(self.stream()?, poll_write(cx, buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        on_stream!(self.stream()?, poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_stream!(self.stream()?, poll_shutdown(cx))
    }
}
