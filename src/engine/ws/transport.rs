//! The byte stream under a connection.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::options::Watermarks;
use super::protocol::Protocol;

/// Pieces of output that one system call may write.
const MAX_SLICES: usize = 8;

/// A byte stream of any kind: TCP, TLS, a Unix socket.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A stream, and how writing to it goes. The first error ends all use of the stream.
pub(super) struct Transport {
    stream: Option<Box<dyn Stream>>,
    error: Option<io::Error>,
    write_limit: Watermarks,
    /// Set between the moments when the output is over its limit and when it has drained.
    full: bool,
    /// Set while the stream itself may hold bytes, as TLS does.
    unflushed: bool,
    eof_sent: bool,
}

impl Transport {
    pub(super) fn new(stream: Box<dyn Stream>, write_limit: Watermarks) -> Self {
        Self {
            stream: Some(stream),
            error: None,
            write_limit,
            full: false,
            unflushed: false,
            eof_sent: false,
        }
    }

    /// Whether the output has been over its limit and has not drained since.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Whether reading or writing has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    /// What failed.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Closes the stream.
    pub(super) fn close(&mut self) {
        self.stream = None;
    }

    /// Reads into `buffer`. Says whether that was possible; nothing in the buffer is the end of
    /// the stream.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> bool {
        let Some(stream) = self.usable() else {
            return false;
        };
        match Pin::new(stream).poll_read(cx, buffer) {
            Poll::Pending => false,
            Poll::Ready(Ok(())) => true,
            Poll::Ready(Err(error)) => {
                self.error = Some(error);
                false
            }
        }
    }

    /// Writes the output of `protocol` as far as the stream takes it, and after it the end of
    /// the stream if that is wanted. Says whether senders may go on that had to wait.
    pub(super) fn write(&mut self, cx: &mut Context<'_>, protocol: &mut Protocol) -> bool {
        if let Poll::Ready(Err(error)) = self.poll_write(cx, protocol) {
            self.error = Some(error);
        }
        self.measure(protocol.output().len())
    }

    /// Notes how much output there is. Says whether senders may go on that had to wait.
    pub(super) fn measure(&mut self, unwritten: usize) -> bool {
        let was_full = self.full;
        self.full = match was_full {
            true => unwritten > self.write_limit.low,
            false => unwritten > self.write_limit.high,
        };
        was_full && !self.full
    }

    fn usable(&mut self) -> Option<&mut Box<dyn Stream>> {
        self.stream.as_mut().filter(|_| self.error.is_none())
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        protocol: &mut Protocol,
    ) -> Poll<io::Result<()>> {
        while !protocol.output().is_empty() {
            let Some(stream) = self.usable() else {
                return Poll::Pending;
            };
            let count = ready!(poll_write_chunks(stream, cx, protocol))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            protocol.written(count);
            self.unflushed = true;
        }
        ready!(self.poll_flush(cx))?;
        if protocol.wants_eof() && !self.eof_sent {
            ready!(self.poll_eof(cx));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.unflushed
            && let Some(stream) = self.usable()
        {
            ready!(Pin::new(stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_eof(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(stream) = self.usable() {
            // An error means that the peer is gone, and reading will tell how.
            let _ = ready!(Pin::new(stream).poll_shutdown(cx));
        }
        self.eof_sent = true;
        Poll::Ready(())
    }
}

fn poll_write_chunks(
    stream: &mut Box<dyn Stream>,
    cx: &mut Context<'_>,
    protocol: &Protocol,
) -> Poll<io::Result<usize>> {
    let mut slices = [IoSlice::new(&[]); MAX_SLICES];
    match protocol.output().chunks(&mut slices) {
        1 => Pin::new(stream).poll_write(cx, &slices[0]),
        used => Pin::new(stream).poll_write_vectored(cx, &slices[..used]),
    }
}
