//! Request bodies.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::wire::Account;
use crate::engine::error::{BoxError, Error, Kind};

/// Where a streamed body comes from: user code behind a trait.
pub trait BodySource: Send {
    /// The next chunk, or `None` at the end. Is not polled again after `None` or an error.
    ///
    /// # Errors
    /// Whatever the user's code raises; it comes out of the request as a `User` error, unchanged.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>>;

    /// The whole length in bytes, when it is known: it becomes the Content-Length. Without it the
    /// body is sent chunked.
    fn content_length(&self) -> Option<u64>;

    /// Says, before the first poll, that different tasks may poll it one after the other: the task
    /// that waits for the response's head, and the one that reads its content, if the server answers
    /// before it has got the whole body.
    fn set_movable(&mut self) {}

    /// The same body once more, from its start, for a request that has to be repeated. `None`
    /// when it can be had only once.
    fn replay(&self) -> Option<Box<dyn BodySource>> {
        None
    }
}

/// The body of a request.
#[derive(Default)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// Held in memory; can be sent again on another connection.
    Bytes(Bytes),
    /// Produced while it is sent, no faster than the peer takes it.
    Stream(Box<dyn BodySource>),
}

impl Body {
    /// The same body once more, when that can be had.
    pub fn replay(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::Stream(source) => source.replay().map(Self::Stream),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// A [`Body`] as hyper polls it.
pub(super) enum Outgoing {
    Full(Bytes),
    Stream(Streaming),
}

pub(super) struct Streaming {
    source: Box<dyn BodySource>,
    /// Bytes that the Content-Length promises.
    promised: Option<u64>,
    /// How many of them are still to come.
    left: Option<u64>,
    last: Option<Bytes>,
    ended: bool,
    account: Arc<Account>,
}

/// The reason lies in the [`Account`].
#[derive(Debug, thiserror::Error)]
#[error("the request body failed")]
pub(super) struct BodyFailed;

impl Outgoing {
    /// `promised` is the Content-Length that the head will carry.
    pub(super) fn new(body: Body, promised: Option<u64>) -> Self {
        match body {
            Body::Empty => Self::Full(Bytes::new()),
            Body::Bytes(bytes) => Self::Full(bytes),
            Body::Stream(source) => Self::Stream(Streaming::new(source, promised)),
        }
    }

    /// How many bytes it has, if that is known.
    pub(super) fn length(&self) -> Option<u64> {
        match self {
            Self::Full(bytes) => Some(bytes.len() as u64),
            Self::Stream(streaming) => streaming.promised,
        }
    }

    /// The same body once more, when that can be had.
    pub(super) fn replay(&self) -> Option<Self> {
        match self {
            Self::Full(bytes) => Some(Self::Full(bytes.clone())),
            Self::Stream(Streaming {
                source, promised, ..
            }) => {
                let source = source.replay()?;
                Some(Self::Stream(Streaming::new(source, *promised)))
            }
        }
    }

    /// Names the account of the connection that the body will go out on.
    pub(super) fn report_to(&mut self, account: &Arc<Account>) {
        if let Self::Stream(streaming) = self {
            streaming.account = account.clone();
            account.set_source_open(!streaming.ended);
        }
    }
}

impl Streaming {
    fn new(source: Box<dyn BodySource>, promised: Option<u64>) -> Self {
        Self {
            source,
            promised,
            left: promised,
            last: None,
            ended: false,
            account: Arc::default(),
        }
    }

    /// The next chunk. The one that fulfils the Content-Length is held back until the source says
    /// that it was the last: hyper would not ask again, neither for what is too much nor to let
    /// the source come to its end.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            let chunk = match ready!(self.poll_source(cx)) {
                Some(Ok(chunk)) => chunk,
                Some(Err(error)) => return Poll::Ready(Some(Err(Error::user(error)))),
                None => return Poll::Ready(self.finish()),
            };
            if let Err(error) = self.count(&chunk) {
                return Poll::Ready(Some(Err(error)));
            }
            if self.left != Some(0) {
                return Poll::Ready(Some(Ok(chunk)));
            }
            if !chunk.is_empty() {
                self.last = Some(chunk);
            }
        }
    }

    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let polled = self.source.poll_chunk(cx);
        self.account.set_source_pending(polled.is_pending());
        self.ended = matches!(polled, Poll::Ready(None | Some(Err(_))));
        self.account.set_source_open(!self.ended);
        polled
    }

    fn count(&mut self, chunk: &Bytes) -> Result<(), Error> {
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(chunk.len() as u64).ok_or_else(too_long)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Option<Result<Bytes, Error>> {
        match self.left {
            Some(left) if left > 0 => Some(Err(too_short(left))),
            _ => self.last.take().map(Ok),
        }
    }
}

fn too_short(left: u64) -> Error {
    let message = format!("The request body ended {left} bytes before its Content-Length.");
    Error::new(Kind::LocalProtocol, message)
}

fn too_long() -> Error {
    let message = "The request body is longer than its Content-Length.";
    Error::new(Kind::LocalProtocol, message)
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = BodyFailed;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFailed>>> {
        let chunk = match self.get_mut() {
            Self::Full(bytes) if bytes.is_empty() => None,
            Self::Full(bytes) => Some(Ok(std::mem::take(bytes))),
            Self::Stream(streaming) => ready!(streaming.poll_chunk(cx)).map(|chunk| {
                chunk.map_err(|error| {
                    streaming.account.fail_body(error);
                    BodyFailed
                })
            }),
        };
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Full(bytes) => bytes.is_empty(),
            Self::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(streaming) => match streaming.left {
                Some(left) => SizeHint::with_exact(left),
                None => SizeHint::default(),
            },
        }
    }
}
