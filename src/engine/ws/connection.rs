//! A connection as its user sees it.

use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle as Runtime;
use tokio::sync::oneshot;

use super::close::Close;
use super::codecs::{Codecs, use_extensions};
use super::driver::Driver;
use super::error::{Closed, ConnectionError};
use super::fragments::{Fragments, Sending};
use super::inner::{Inner, NotSent};
use super::message::{Kind, Message};
use super::options::Options;
use super::protocol::{Protocol, State};
use super::shared::Shared;
use crate::engine::net::{Address, fork};

/// A handle on an open connection. Cloning it is cheap, and it may be used from any thread.
///
/// A task on the runtime of its options, or else the one that [`spawn`](Self::spawn) was called on,
/// reads, writes and keeps the
/// time. When that runtime ends, the connection is closed at once and everybody who waits on it
/// is told. When the last handle is dropped, the connection is closed with 1001 in the
/// background.
///
/// Every future here may be dropped at any moment: no message is lost and no frame is cut.
#[derive(Clone)]
pub struct Connection {
    handle: Arc<Handle>,
}

struct Handle {
    shared: Arc<Shared>,
    /// The process that drives the connection, see [`fork`].
    born: u64,
    /// Extensions of the user's, if there are any.
    codecs: Option<Box<Codecs>>,
    local_addr: Option<Address>,
    peer_addr: Option<Address>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        // In a forked child the lock is as the parent's threads had it, and no driver runs.
        if self.born == fork::generation() {
            self.shared.update(Inner::abandon);
        }
    }
}

impl Connection {
    /// Takes over a stream on which the opening handshake is done.
    ///
    /// # Panics
    /// Outside of a tokio runtime that has timers, unless the options name one.
    pub fn spawn<S>(stream: S, mut protocol: Protocol, mut options: Options) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let codecs = use_extensions(&mut protocol, mem::take(&mut options.extensions));
        let (local_addr, peer_addr) = (options.local_addr.clone(), options.peer_addr.clone());
        let runtime = options.runtime.get_or_insert_with(Runtime::current).clone();
        let inner = Inner::new(Box::new(stream), protocol, options);
        let shared = Arc::new(Shared::new(inner));
        runtime.spawn(Driver::new(shared.clone()));
        Self {
            handle: Arc::new(Handle {
                shared,
                born: fork::generation(),
                codecs,
                local_addr,
                peer_addr,
            }),
        }
    }

    /// Whether a parent process made the connection. It goes on there; here it must be left alone,
    /// for nothing drives it, and its locks may be held by threads that this process has not.
    pub fn is_inherited(&self) -> bool {
        self.handle.born != fork::generation()
    }

    /// Receives the next message. Messages that arrived before the end of the connection are
    /// delivered before its end is reported.
    ///
    /// # Errors
    /// [`ConnectionError::Closed`] once the connection is closed, and
    /// [`ConnectionError::ConcurrentRecv`] while another call is waiting or a message is being
    /// received in fragments.
    pub async fn recv(&self) -> Result<Message, ConnectionError> {
        if let Some(codecs) = self.codecs() {
            return self.recv_decoded(codecs).await;
        }
        let mut receiving = Receiving {
            shared: self.shared(),
            waiting: false,
        };
        poll_fn(|cx| {
            let waiting = receiving.waiting;
            let poll = receiving
                .shared
                .update(|inner, wakes| inner.poll_recv(cx, waiting, wakes));
            receiving.waiting |= poll.is_pending();
            poll
        })
        .await
    }

    /// Receives the next message in fragments, as they arrive. Nothing is received before the
    /// first is asked for.
    pub fn recv_streaming(&self) -> Fragments {
        Fragments::new(self.clone())
    }

    /// Sends a message in one frame. It is written at once if the stream takes it; while more
    /// than `write_limit` bytes are unwritten, or a fragmented message is being sent, the call
    /// waits. Concurrent calls send in the order in which they were made.
    ///
    /// A call that is dropped has either sent the whole message or nothing of it.
    ///
    /// # Errors
    /// [`ConnectionError::Closed`] when the connection is closed, or was being closed.
    pub async fn send(&self, message: Message) -> Result<(), ConnectionError> {
        self.send_payload(message.kind(), message.into_payload())
            .await
    }

    /// As [`send`](Self::send); that text is UTF-8 is up to the caller.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub async fn send_payload(&self, kind: Kind, payload: Bytes) -> Result<(), ConnectionError> {
        self.queue_data(kind, payload, true, || ()).await
    }

    /// Begins a message that is sent in fragments, with the first of them. `kind` is that of the
    /// message. Pings and pongs may come between fragments, other messages wait.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub async fn send_first(&self, kind: Kind, payload: Bytes) -> Result<Sending, ConnectionError> {
        // Dropped while it waits for the first fragment to be written, it fails the connection.
        let mut sending = None;
        let started = || sending = Some(Sending::new(self.clone()));
        self.queue_data(kind, payload, false, started).await?;
        Ok(sending.unwrap_or_else(|| Sending::new(self.clone())))
    }

    /// Whether a message is being sent in fragments, for whose end other messages wait.
    pub fn is_sending_fragments(&self) -> bool {
        !self.shared().read(Inner::is_between_messages)
    }

    /// Sends a message without waiting, for a broadcast. With `write` it is written here and now,
    /// as far as the stream takes it; otherwise the connection's own task does that, so that a
    /// broadcast to many does not hold up everything else.
    ///
    /// # Errors
    /// [`NotSent`]; nothing was sent then.
    pub fn send_now(&self, message: Message, write: bool) -> Result<(), NotSent> {
        let shared = self.shared();
        let turn = shared.turn.try_lock();
        if let (Some(codecs), Ok(_)) = (self.codecs(), &turn) {
            return self.send_encoded_now(codecs, message, write);
        }
        shared.update(|inner, wakes| match (&turn, inner.is_full()) {
            (Err(_), false) => Err(NotSent::Busy),
            _ => inner.send_now(message, write, wakes),
        })
    }

    /// Sends a ping; a random payload stands in for `None`. Returns once it is sent; what it
    /// returns waits for the pong.
    ///
    /// # Errors
    /// As for [`send`](Self::send); [`ConnectionError::ConcurrentPing`] when a ping with this
    /// payload is unanswered; [`ConnectionError::InvalidFrame`] for one over 125 bytes.
    pub async fn ping(&self, payload: Option<Bytes>) -> Result<PendingPong, ConnectionError> {
        self.queue(false, |inner| {
            let (sender, answer) = oneshot::channel();
            inner.queue_ping(payload.clone(), sender)?;
            Ok(PendingPong {
                answer,
                shared: self.shared().clone(),
            })
        })
        .await
    }

    /// Sends a pong that nobody asked for.
    ///
    /// # Errors
    /// As for [`ping`](Self::ping).
    pub async fn pong(&self, payload: &[u8]) -> Result<(), ConnectionError> {
        self.queue(false, |inner| inner.queue_pong(payload)).await
    }

    /// Closes the connection: performs the closing handshake and waits for the end of the
    /// stream, at most `close_timeout`. Does nothing on a closed connection, and only waits on
    /// one that is being closed. A call that is dropped leaves the rest to the background.
    ///
    /// # Errors
    /// [`ConnectionError::InvalidFrame`] for a code that may not be sent or a reason over 123
    /// bytes.
    pub async fn close(&self, code: u16, reason: &str) -> Result<(), ConnectionError> {
        let close = Close::new(code, reason);
        close.to_payload()?;
        self.shared()
            .update(|inner, wakes| inner.start_close(close, wakes));
        self.wait_closed().await;
        Ok(())
    }

    /// Waits until the connection is closed, and tells how it ended.
    pub async fn wait_closed(&self) -> Closed {
        self.shared().wait_closed().await
    }

    /// How the connection ended, once it has.
    pub fn closed(&self) -> Option<Closed> {
        self.shared().read(|inner| inner.closed().cloned())
    }

    /// How far the connection has come.
    pub fn state(&self) -> State {
        self.shared().read(|inner| inner.protocol.state())
    }

    /// The close code of [`Protocol::close_code`].
    pub fn close_code(&self) -> Option<u16> {
        self.shared().read(|inner| inner.protocol.close_code())
    }

    /// The close reason of [`Protocol::close_reason`].
    pub fn close_reason(&self) -> Option<String> {
        self.shared()
            .read(|inner| inner.protocol.close_reason().map(str::to_owned))
    }

    /// Round-trip time of the last answered ping; zero before the first.
    pub fn latency(&self) -> Duration {
        self.shared().read(Inner::latency)
    }

    /// The local address, as the maker of the connection gave it.
    pub fn local_addr(&self) -> Option<&Address> {
        self.handle.local_addr.as_ref()
    }

    /// The peer's address, as the maker of the connection gave it.
    pub fn peer_addr(&self) -> Option<&Address> {
        self.handle.peer_addr.as_ref()
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }

    pub(super) fn codecs(&self) -> Option<&Codecs> {
        self.handle.codecs.as_deref()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("state", &self.state())
            .field("local_addr", &self.local_addr())
            .field("peer_addr", &self.peer_addr())
            .finish_non_exhaustive()
    }
}

/// Makes way for the next receiver when a call to `recv` ends or is dropped.
struct Receiving<'a> {
    shared: &'a Shared,
    waiting: bool,
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        if self.waiting {
            self.shared.update(Inner::stop_receiving);
        }
    }
}

/// A ping that was sent.
pub struct PendingPong {
    answer: oneshot::Receiver<Duration>,
    shared: Arc<Shared>,
}

impl PendingPong {
    /// Waits for the pong, or one to a later ping, and returns the round-trip time.
    ///
    /// # Errors
    /// When the connection is closed before.
    pub async fn latency(self) -> Result<Duration, Closed> {
        match self.answer.await {
            Ok(latency) => Ok(latency),
            Err(_) => Err(self.shared.wait_closed().await),
        }
    }
}

impl fmt::Debug for PendingPong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingPong").finish_non_exhaustive()
    }
}
