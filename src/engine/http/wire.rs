//! The transport as hyper sees it, with an account of what passes over it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::engine::error::Error;
use crate::engine::net::Transport;

/// What happened on a connection since its current exchange began.
///
/// hyper owns the transport and the request's body; this is how they report to the exchange that
/// drives it. All three are only touched by whoever polls the connection, so the order of the
/// loads and stores does not matter.
#[derive(Debug, Default)]
pub(super) struct Account {
    read: AtomicU64,
    written: AtomicU64,
    write_blocked: AtomicBool,
    write_failed: AtomicBool,
    source_open: AtomicBool,
    source_pending: AtomicBool,
    body_failure: Mutex<Option<Error>>,
}

/// What an exchange that cannot go on waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// Bytes of the response; so many came.
    Read(u64),
    /// The peer to take bytes of the request; so many went.
    Write(u64),
    /// The caller's body source, which no timeout bounds.
    Source,
}

impl Account {
    /// Starts over for the next exchange.
    pub(super) fn reset(&self) {
        self.read.store(0, Relaxed);
        self.written.store(0, Relaxed);
        self.write_blocked.store(false, Relaxed);
        self.write_failed.store(false, Relaxed);
        self.source_open.store(false, Relaxed);
        self.source_pending.store(false, Relaxed);
    }

    pub(super) fn waiting(&self) -> Waiting {
        if self.write_blocked.load(Relaxed) {
            Waiting::Write(self.written.load(Relaxed))
        } else if self.source_pending.load(Relaxed) {
            Waiting::Source
        } else {
            Waiting::Read(self.read.load(Relaxed))
        }
    }

    /// Bytes of the response so far, the head included.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// Whether the request's head, and whatever was written with it, is on its way.
    pub(super) fn is_head_sent(&self) -> bool {
        self.written.load(Relaxed) > 0 && !self.write_blocked.load(Relaxed)
    }

    /// Whether all of the request is on its way.
    pub(super) fn is_sent(&self) -> bool {
        self.is_head_sent() && !self.is_source_open()
    }

    /// Whether the connection broke while it was being written to.
    pub(super) fn write_failed(&self) -> bool {
        self.write_failed.load(Relaxed)
    }

    /// Whether the caller's body source has more to give.
    pub(super) fn is_source_open(&self) -> bool {
        self.source_open.load(Relaxed)
    }

    pub(super) fn set_source_open(&self, open: bool) {
        self.source_open.store(open, Relaxed);
    }

    pub(super) fn set_source_pending(&self, pending: bool) {
        self.source_pending.store(pending, Relaxed);
    }

    /// Keeps why the request's body ended early. hyper would give it back by reference only.
    pub(super) fn fail_body(&self, error: Error) {
        *self.body_failure.lock() = Some(error);
    }

    pub(super) fn take_body_failure(&self) -> Option<Error> {
        self.body_failure.lock().take()
    }

    /// For a stream of an HTTP/2 connection, which has no wire of its own.
    pub(super) fn set_write_blocked(&self, blocked: bool) {
        self.write_blocked.store(blocked, Relaxed);
    }

    pub(super) fn count_written(&self, count: usize) {
        self.written.fetch_add(count as u64, Relaxed);
    }

    pub(super) fn count_read(&self, count: usize) {
        self.read.fetch_add(count as u64, Relaxed);
    }

    fn note_write<T>(&self, result: &Poll<io::Result<T>>) {
        self.write_blocked.store(result.is_pending(), Relaxed);
        if matches!(result, Poll::Ready(Err(_))) {
            self.write_failed.store(true, Relaxed);
        }
    }

    fn count_write(&self, result: &Poll<io::Result<usize>>) {
        self.note_write(result);
        if let Poll::Ready(Ok(count)) = result {
            self.count_written(*count);
        }
    }
}

/// A transport that keeps its account.
#[derive(Debug)]
pub(super) struct Wire {
    transport: Transport,
    account: Arc<Account>,
}

impl Wire {
    pub(super) fn new(transport: Transport, account: Arc<Account>) -> Self {
        Self { transport, account }
    }

    pub(super) fn into_transport(self) -> Transport {
        self.transport
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.transport).poll_read(cx, buf);
        let count = buf.filled().len() - before;
        if count > 0 {
            self.account.count_read(count);
        }
        result
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.transport).poll_write(cx, buf);
        self.account.count_write(&result);
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.transport).poll_write_vectored(cx, bufs);
        self.account.count_write(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    /// Over TLS, bytes that were taken may still wait here.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.transport).poll_flush(cx);
        self.account.note_write(&result);
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_shutdown(cx)
    }
}
