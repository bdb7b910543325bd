//! The content of a response: on its way, read, or given up.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use parking_lot::Mutex;

use super::decode::{Budget, Decoder};
use super::response::ResponseBody;
use crate::engine::error::{BoxError, Error, Kind};

/// Where the content of a response comes from when no connection of ours brings it.
pub trait ContentSource: Send {
    /// The next part, or `None` at the end. Is not polled again after `None` or an error.
    ///
    /// # Errors
    /// Whatever the user's code raises; it comes out as a `User` error, unchanged.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>>;

    /// Ends it, whether it was read or not.
    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), BoxError>>;
}

/// What brings the content.
pub enum Source {
    /// A connection.
    Wire(Box<ResponseBody>),
    /// Anything else.
    Other(Box<dyn ContentSource>),
}

/// A response's content, shared by all who hold the response.
///
/// Whoever waits for a part of it owns the source meanwhile, so that giving up the wait closes the
/// connection.
pub struct Content {
    state: Mutex<State>,
    received: AtomicU64,
    started: OnceLock<Instant>,
    elapsed: OnceLock<Duration>,
}

enum State {
    /// On its way. `begun` once somebody iterates over it.
    Unread { source: Source, begun: bool },
    /// Somebody waits for the next part.
    Busy,
    /// All here.
    Read(Bytes),
    /// All of it was here, and whoever took it keeps it.
    Taken,
    /// Handed out in parts.
    Consumed,
    /// Given up.
    Closed { begun: bool },
}

impl Content {
    /// Content that `source` brings.
    pub fn new(source: Source) -> Self {
        let begun = false;
        Self::with(State::Unread { source, begun })
    }

    /// Content that is here.
    pub fn of(bytes: Bytes) -> Self {
        Self::with(State::Read(bytes))
    }

    /// Content that is here, and that somebody else keeps.
    pub fn taken() -> Self {
        Self::with(State::Taken)
    }

    /// Content that was given up: of a response that comes from elsewhere.
    pub fn closed(begun: bool) -> Self {
        Self::with(State::Closed { begun })
    }

    fn with(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            received: AtomicU64::new(0),
            started: OnceLock::new(),
            elapsed: OnceLock::new(),
        }
    }

    /// Bytes received so far, before decoding.
    pub fn received(&self) -> u64 {
        self.received.load(Relaxed)
    }

    /// Notes when the request was sent, once.
    pub fn set_started(&self, started: Instant) {
        let _ = self.started.set(started);
    }

    /// Goes on from when the request of `other` was sent.
    pub fn take_start_of(&self, other: &Self) {
        if let Some(started) = other.started.get() {
            self.set_started(*started);
        }
    }

    /// From when the request was sent to when the content was read or given up.
    pub fn elapsed(&self) -> Option<Duration> {
        self.elapsed.get().copied()
    }

    /// Whether all of it was read.
    pub fn is_read(&self) -> bool {
        matches!(*self.state.lock(), State::Read(_) | State::Taken)
    }

    /// Whether it was read or given up.
    pub fn is_closed(&self) -> bool {
        !matches!(*self.state.lock(), State::Unread { .. } | State::Busy)
    }

    /// Whether somebody read it or iterates over it.
    pub fn is_consumed(&self) -> bool {
        match &*self.state.lock() {
            State::Unread { begun, .. } | State::Closed { begun } => *begun,
            State::Busy | State::Consumed | State::Read(_) | State::Taken => true,
        }
    }

    /// Takes the content that was read out, without a copy. `None` if it was not read, or taken
    /// before.
    pub fn take(&self) -> Option<Bytes> {
        let mut state = self.state.lock();
        match std::mem::replace(&mut *state, State::Taken) {
            State::Read(bytes) => Some(bytes),
            other => {
                *state = other;
                None
            }
        }
    }

    /// Reads the whole content, unless that was done, and undoes what the Content-Encoding of
    /// `headers` says.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk) and [`begin`](Self::begin); `Decoding` for content that is not
    /// encoded so, or that would become too large. The content is then still to be closed.
    pub async fn read(&self, headers: &HeaderMap) -> Result<(), Error> {
        if self.is_read() {
            return Ok(());
        }
        self.begin()?;
        let (mut source, waiting) = self.borrow()?;
        match self.read_from(&mut source, headers).await {
            Ok(bytes) => {
                let closed = source.close().await;
                waiting.end();
                self.finish(State::Read(bytes));
                closed
            }
            Err(error) => {
                waiting.end();
                self.put_back(source);
                Err(error)
            }
        }
    }

    async fn read_from(&self, source: &mut Source, headers: &HeaderMap) -> Result<Bytes, Error> {
        if headers.contains_key(CONTENT_ENCODING) {
            return self.read_decoded(source, Decoder::new(headers)?).await;
        }
        if let Source::Wire(body) = source {
            let result = body.read_to_end().await;
            self.received.store(body.received(), Relaxed);
            return result;
        }
        self.read_decoded(source, Decoder::identity()).await
    }

    async fn read_decoded(
        &self,
        source: &mut Source,
        mut decoder: Decoder,
    ) -> Result<Bytes, Error> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.next(source).await? {
            decoder.push(chunk);
            decoder.pull_all(&mut all, Budget::default())?;
        }
        decoder.finish()?;
        Ok(all.freeze())
    }

    /// Whether [`begin`](Self::begin) would claim the content.
    ///
    /// # Errors
    /// Those of `begin`.
    pub fn may_begin(&self) -> Result<(), Error> {
        match &*self.state.lock() {
            State::Unread { begun: false, .. } => Ok(()),
            State::Closed { begun: false } => Err(Error::new(Kind::StreamClosed, CLOSED)),
            _ => Err(Error::new(Kind::StreamConsumed, CONSUMED)),
        }
    }

    /// Claims the content for one iteration.
    ///
    /// # Errors
    /// `StreamConsumed` when it was iterated over or read before, `StreamClosed` when it was given
    /// up.
    pub fn begin(&self) -> Result<(), Error> {
        let mut state = self.state.lock();
        match &mut *state {
            State::Unread { begun, .. } if !*begun => {
                *begun = true;
                Ok(())
            }
            State::Closed { begun: false } => Err(Error::new(Kind::StreamClosed, CLOSED)),
            _ => Err(Error::new(Kind::StreamConsumed, CONSUMED)),
        }
    }

    /// The next part as it came, or `None` at the end; for whoever began.
    ///
    /// # Errors
    /// What went wrong on the way, after which the content is still to be closed; `StreamClosed`
    /// when it was given up meanwhile.
    pub async fn chunk(&self) -> Result<Option<Bytes>, Error> {
        let (mut source, waiting) = self.borrow()?;
        let result = self.next(&mut source).await;
        match result {
            Ok(Some(chunk)) => {
                waiting.end();
                self.put_back(source);
                Ok(Some(chunk))
            }
            Ok(None) => {
                let closed = source.close().await;
                waiting.end();
                self.finish(State::Consumed);
                closed.map(|()| None)
            }
            Err(error) => {
                waiting.end();
                self.put_back(source);
                Err(error)
            }
        }
    }

    async fn next(&self, source: &mut Source) -> Result<Option<Bytes>, Error> {
        match source {
            Source::Wire(body) => {
                let chunk = body.chunk().await;
                self.received.store(body.received(), Relaxed);
                chunk
            }
            Source::Other(source) => {
                let chunk = std::future::poll_fn(|cx| source.poll_chunk(cx)).await;
                let chunk = chunk.transpose().map_err(Error::user)?;
                let count = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
                self.received.fetch_add(count, Relaxed);
                Ok(chunk)
            }
        }
    }

    /// Gives up what was not read. A connection is kept if the rest is there already.
    ///
    /// # Errors
    /// What the user's code raises while it closes a source of its own.
    pub async fn close(&self) -> Result<(), Error> {
        match self.give_up() {
            Some(source) => source.close().await,
            None => Ok(()),
        }
    }

    /// Marks the content closed, and hands out the source that is to be closed.
    fn give_up(&self) -> Option<Source> {
        let mut state = self.state.lock();
        let begun = match &*state {
            State::Unread { begun, .. } => *begun,
            State::Busy => true,
            _ => return None,
        };
        let old = std::mem::replace(&mut *state, State::Closed { begun });
        drop(state);
        self.note_end();
        match old {
            State::Unread { source, .. } => Some(source),
            _ => None,
        }
    }

    fn borrow(&self) -> Result<(Source, Waiting<'_>), Error> {
        let mut state = self.state.lock();
        match std::mem::replace(&mut *state, State::Busy) {
            State::Unread { source, .. } => Ok((source, Waiting(self))),
            other => {
                let (kind, message) = match &other {
                    State::Closed { .. } => (Kind::StreamClosed, CLOSED),
                    _ => (Kind::StreamConsumed, CONSUMED),
                };
                *state = other;
                Err(Error::new(kind, message))
            }
        }
    }

    /// Puts back what `borrow` took, unless the content was given up meanwhile.
    fn put_back(&self, source: Source) {
        let mut state = self.state.lock();
        if matches!(*state, State::Busy) {
            let begun = true;
            *state = State::Unread { source, begun };
        }
    }

    fn finish(&self, state: State) {
        let old = std::mem::replace(&mut *self.state.lock(), state);
        drop(old);
        self.note_end();
    }

    fn note_end(&self) {
        if let Some(started) = self.started.get() {
            let _ = self.elapsed.set(started.elapsed());
        }
    }
}

impl Source {
    async fn close(self) -> Result<(), Error> {
        match self {
            Self::Wire(mut body) => {
                body.close();
                body.tell_closed().await
            }
            Self::Other(source) => source.close().await.map_err(Error::user),
        }
    }
}

const CONSUMED: &str = "Attempted to read or stream some content, but the content has already been \
    streamed, or is being read by another task.";
const CLOSED: &str = "Attempted to read or stream content, but the stream has been closed.";

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &*self.state.lock() {
            State::Unread { .. } => "unread",
            State::Busy => "busy",
            State::Read(_) | State::Taken => "read",
            State::Consumed => "consumed",
            State::Closed { .. } => "closed",
        };
        write!(f, "Content({state}, {} bytes received)", self.received())
    }
}

/// Marks the content closed when whoever waits for a part of it gives up.
struct Waiting<'a>(&'a Content);

impl Waiting<'_> {
    fn end(self) {
        std::mem::forget(self);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        drop(self.0.give_up());
    }
}
