//! Messages in fragments, RFC 6455 section 5.4: received one by one, and sent one by one.

use std::fmt;
use std::future::poll_fn;

use bytes::Bytes;

use super::codecs::Codecs;
use super::connection::Connection;
use super::error::{ConnectionError, Violation};
use super::inner::Inner;
use super::message::{Fragment, Kind, Message};

/// Receives one message in fragments.
///
/// Once the first fragment was taken, nobody else may receive before the last one is taken;
/// dropped in between, it leaves a connection that can only be closed.
pub struct Fragments {
    connection: Connection,
    progress: Progress,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Unbegun,
    Inside,
    Done,
}

impl Fragments {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            progress: Progress::Unbegun,
        }
    }

    /// Waits for the next fragment; `None` after the last. A call that is dropped has taken
    /// nothing.
    ///
    /// # Errors
    /// [`ConnectionError::Closed`] once the connection is closed and all that arrived before is
    /// taken, and [`ConnectionError::ConcurrentStream`] while somebody else is receiving.
    pub async fn next(&mut self) -> Result<Option<Fragment>, ConnectionError> {
        if self.progress == Progress::Done {
            return Ok(None);
        }
        let inside = self.progress == Progress::Inside;
        let fragment = match self.connection.codecs() {
            Some(codecs) => self.connection.next_decoded(codecs, inside).await?,
            None => self.connection.next_fragment(inside).await?,
        };
        self.progress = match fragment.is_final() {
            true => Progress::Done,
            false => Progress::Inside,
        };
        Ok(Some(fragment))
    }
}

impl fmt::Debug for Fragments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fragments").finish_non_exhaustive()
    }
}

impl Connection {
    /// The next frame. `inside` says that the caller has taken one of its message already.
    async fn next_fragment(&self, inside: bool) -> Result<Fragment, ConnectionError> {
        let mut waiting = Waiting {
            connection: self,
            inside,
            waits: false,
        };
        poll_fn(|cx| {
            let claimed = waiting.inside || waiting.waits;
            let waits = waiting.waits;
            let shared = waiting.connection.shared();
            let poll = shared.update(|inner, wakes| inner.poll_fragment(cx, claimed, waits, wakes));
            waiting.waits = poll.is_pending();
            poll
        })
        .await
    }

    /// The next frame as extensions of the user's decode it.
    async fn next_decoded(
        &self,
        codecs: &Codecs,
        inside: bool,
    ) -> Result<Fragment, ConnectionError> {
        let claim = codecs.claim().ok_or(ConnectionError::ConcurrentStream)?;
        if !inside && let Some(joined) = codecs.take_joined() {
            return Ok(joined);
        }
        let fragment = self.next_fragment(true).await?;
        let decoded = codecs.decode(fragment);
        drop(claim);
        match decoded {
            Ok(fragment) => Ok(fragment),
            Err(violation) => self.fail(violation).await,
        }
    }

    /// The next message as extensions of the user's decode it.
    pub(super) async fn recv_decoded(&self, codecs: &Codecs) -> Result<Message, ConnectionError> {
        let claim = codecs.claim().ok_or(ConnectionError::ConcurrentRecv)?;
        loop {
            let fragment = self.next_fragment(true).await?;
            match codecs.decode(fragment) {
                Ok(fragment) => {
                    if let Some(message) = codecs.join(fragment) {
                        return Ok(message.into_message());
                    }
                }
                Err(violation) => {
                    drop(claim);
                    return self.fail(violation).await;
                }
            }
        }
    }

    /// Fails the connection for what the caller has found in a message, and waits for its end.
    ///
    /// # Errors
    /// [`ConnectionError::Closed`], always.
    pub async fn fail<R>(&self, violation: Violation) -> Result<R, ConnectionError> {
        let shared = self.shared();
        shared.update(|inner, wakes| inner.fail_for(violation, wakes));
        Err(shared.wait_closed().await.into())
    }
}

impl Connection {
    /// Fails the connection with 1011 because a message cannot be sent as a whole, and waits for
    /// its end.
    pub async fn fail_message(&self) {
        self.shared().update(Inner::fail_message);
        self.wait_closed().await;
    }
}

/// Ends a wait that is dropped.
struct Waiting<'a> {
    connection: &'a Connection,
    inside: bool,
    waits: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.waits {
            let shared = self.connection.shared();
            match self.inside {
                true => shared.update(Inner::stop_waiting),
                false => shared.update(Inner::stop_receiving),
            }
        }
    }
}

/// Sends one message in fragments. Dropped before [`finish`](Self::finish), it fails the
/// connection with 1011: a message cannot be taken back.
pub struct Sending {
    connection: Connection,
    finished: bool,
}

impl Sending {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            finished: false,
        }
    }

    /// Sends the next fragment.
    ///
    /// # Errors
    /// As for [`Connection::send`].
    pub async fn send(&mut self, payload: Bytes) -> Result<(), ConnectionError> {
        self.connection
            .queue_data(Kind::Continuation, payload, false, || ())
            .await
    }

    /// Sends the last fragment, an empty one.
    ///
    /// # Errors
    /// As for [`Connection::send`].
    pub async fn finish(mut self) -> Result<(), ConnectionError> {
        let finished = &mut self.finished;
        self.connection
            .queue_data(Kind::Continuation, Bytes::new(), true, || *finished = true)
            .await
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.shared().update(Inner::fail_sending);
        }
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}
