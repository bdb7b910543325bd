//! The bytes of a connection that has left HTTP behind.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

use super::peer::Peer;
use super::pool::Slot;
use super::url::Url;
use crate::engine::error::{Error, Kind};
use crate::engine::net::{Target, Transport, within};
use crate::engine::tls::TlsConfig;

/// The most that one read returns, in bytes.
const MAX_READ: usize = 64 * 1024;

/// The connection of a response to a request that changed protocols: 101 (RFC 9110, 15.2.2), or
/// 2xx to CONNECT (9.3.6).
///
/// One task may read while another writes. It counts as a connection of its transport until it is
/// closed or dropped.
pub struct NetworkStream {
    held: Mutex<Option<Held>>,
    closed: Notify,
    url: Url,
}

struct Held {
    transport: Transport,
    /// Came together with the response's head.
    early: Bytes,
    slot: Slot,
}

impl NetworkStream {
    pub(super) fn new(transport: Transport, early: Bytes, slot: Slot, url: &Url) -> Self {
        Self {
            held: Mutex::new(Some(Held {
                transport,
                early,
                slot,
            })),
            closed: Notify::new(),
            url: url.without_userinfo(),
        }
    }

    /// The next bytes, at least one and at most `max_bytes`; none at the end of the stream.
    /// Cancel-safe.
    ///
    /// # Errors
    /// `Read`, or `ReadTimeout` after `limit`.
    pub async fn read(&self, max_bytes: usize, limit: Option<Duration>) -> Result<Bytes, Error> {
        if max_bytes == 0 {
            return Ok(Bytes::new());
        }
        let reading = self.with(|held, cx| held.poll_read(max_bytes, cx));
        self.done(reading, limit, Kind::Read).await
    }

    /// Writes all of `bytes`. When the future is dropped, some may have been written.
    ///
    /// # Errors
    /// `Write`, or `WriteTimeout` when the peer takes nothing for `limit`.
    pub async fn write(&self, mut bytes: &[u8], limit: Option<Duration>) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        while !bytes.is_empty() {
            let writing = self.with(|held, cx| held.transport().poll_write(cx, bytes));
            match self.done(writing, limit, Kind::Write).await? {
                0 => return Err(self.failed(io::ErrorKind::WriteZero.into(), Kind::Write)),
                count => bytes = &bytes[count..],
            }
        }
        let flushing = self.with(|held, cx| held.transport().poll_flush(cx));
        self.done(flushing, limit, Kind::Write).await
    }

    /// Closes the connection. Reads and writes under way fail, as do all later ones.
    pub fn close(&self) {
        let held = self.held.lock().take();
        self.closed.notify_waiters();
        if let Some(mut held) = held {
            // Says goodbye if that goes at once.
            let mut cx = Context::from_waker(Waker::noop());
            let _ = held.transport().poll_shutdown(&mut cx);
        }
    }

    /// Shakes hands over the connection, with the server that `server_name` names or else the
    /// host of the request's URL. This stream is closed; the one returned takes its place.
    ///
    /// # Errors
    /// `Connect`, or `ConnectTimeout` after `limit`; `InvalidUrl` for a name that is none.
    pub async fn start_tls(
        &self,
        tls: &TlsConfig,
        server_name: Option<String>,
        limit: Option<Duration>,
    ) -> Result<Self, Error> {
        let held = self.held.lock().take();
        self.closed.notify_waiters();
        let held = held.ok_or_else(|| self.failed(closed(), Kind::Connect))?;
        if !held.early.is_empty() {
            let cause = io::Error::other("the peer sent bytes before the TLS handshake");
            return Err(self.failed(cause, Kind::Connect));
        }
        let target = Target {
            tls: true,
            server_name,
            ..Target::of(&self.url)?
        };
        let securing = held.transport.secure(tls, &target);
        let transport = within(limit, &target, securing).await?;
        Ok(Self::new(transport, Bytes::new(), held.slot, &self.url))
    }

    /// What is known of the other end; `None` when the stream is closed.
    pub fn peer(&self) -> Option<Arc<Peer>> {
        self.inspect(|transport| Arc::new(Peer::of(transport)))
    }

    /// Whether a read would not wait: something came, or the stream is at its end.
    pub fn is_readable(&self) -> bool {
        match &*self.held.lock() {
            Some(held) => held.early.has_remaining() || held.transport.socket().is_readable_now(),
            None => true,
        }
    }

    /// Looks at the transport; `None` when the stream is closed.
    pub fn inspect<T>(&self, look: impl FnOnce(&Transport) -> T) -> Option<T> {
        self.held.lock().as_ref().map(|held| look(&held.transport))
    }

    /// Does `step` until it is ready, or the stream is closed.
    async fn with<T>(
        &self,
        mut step: impl FnMut(&mut Held, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> io::Result<T> {
        let mut ended = pin!(self.closed.notified());
        // Before the first look at the stream, so that no closing is missed.
        ended.as_mut().enable();
        poll_fn(|cx| {
            let stepped = match &mut *self.held.lock() {
                Some(held) => step(held, cx),
                None => Poll::Ready(Err(closed())),
            };
            if stepped.is_pending() && ended.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(closed()));
            }
            stepped
        })
        .await
    }

    async fn done<T>(
        &self,
        operation: impl Future<Output = io::Result<T>>,
        limit: Option<Duration>,
        kind: Kind,
    ) -> Result<T, Error> {
        let result = match limit {
            None => operation.await,
            Some(limit) => match tokio::time::timeout(limit, operation).await {
                Ok(result) => result,
                Err(_) => return Err(self.timed_out(limit, kind)),
            },
        };
        result.map_err(|error| self.failed(error, kind))
    }

    fn timed_out(&self, limit: Duration, kind: Kind) -> Error {
        let url = &self.url;
        let error = match kind {
            Kind::Write => {
                let wait = format_args!("waiting to send more bytes to {url}");
                Error::timed_out(Kind::WriteTimeout, limit, wait)
            }
            _ => {
                let wait = format_args!("waiting for bytes from {url}");
                Error::timed_out(Kind::ReadTimeout, limit, wait)
            }
        };
        error.at(url)
    }

    fn failed(&self, cause: io::Error, kind: Kind) -> Error {
        let message = format!("The connection to {} failed: {cause}.", self.url);
        Error::new(kind, message).at(&self.url).caused_by(cause)
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the stream is closed")
}

impl Held {
    fn transport(&mut self) -> Pin<&mut Transport> {
        Pin::new(&mut self.transport)
    }

    fn poll_read(&mut self, max: usize, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        if self.early.has_remaining() {
            let count = max.min(self.early.len());
            return Poll::Ready(Ok(self.early.split_to(count)));
        }
        let mut buffer = BytesMut::zeroed(max.min(MAX_READ));
        let mut unread = ReadBuf::new(&mut buffer);
        ready!(self.transport().poll_read(cx, &mut unread))?;
        let count = unread.filled().len();
        buffer.truncate(count);
        Poll::Ready(Ok(buffer.freeze()))
    }
}

impl fmt::Debug for NetworkStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.held.lock().is_some() {
            true => "open",
            false => "closed",
        };
        write!(f, "NetworkStream({}, {state})", self.url)
    }
}
