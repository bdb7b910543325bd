//! A TCP stream that follows the runtime that polls it.

use std::io::{self, IoSlice};
use std::mem::{self, MaybeUninit};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::{self, Handle};

use super::fork;

/// A connected TCP socket.
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
    stream: Option<TcpStream>,
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
    /// As getsockname(2).
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.stream.as_ref().ok_or_else(lost)?.local_addr()
    }

    /// The address of the other end.
    ///
    /// # Errors
    /// As getpeername(2): the peer may be gone.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.as_ref().ok_or_else(lost)?.peer_addr()
    }

    /// The stream, registered with the current runtime.
    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        if self.born != fork::generation() {
            return Err(io::Error::other(
                "the connection belongs to the process that forked this one",
            ));
        }
        let current = current_runtime()?;
        if self.home != current {
            self.move_to(current)?;
        }
        self.stream.as_mut().map(Pin::new).ok_or_else(lost)
    }

    #[cold]
    fn move_to(&mut self, runtime: runtime::Id) -> io::Result<()> {
        let stream = self.stream.take().ok_or_else(lost)?.into_std()?;
        self.stream = Some(TcpStream::from_std(stream)?);
        self.home = runtime;
        Ok(())
    }
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
        let descriptor = stream.as_raw_fd();
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
        self.stream()?.poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}
