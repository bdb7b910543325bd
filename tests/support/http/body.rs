//! Response bodies: whole, in chunks, or never finished.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::support::stats::Exchange;

/// The parts of a body, in order.
pub(super) struct Parts {
    parts: VecDeque<Bytes>,
    /// The Content-Length to announce; `None` sends chunks.
    length: Option<u64>,
    /// After the last part nothing comes any more, although more was announced.
    stalls: bool,
}

impl Parts {
    /// A body whose length is known.
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            length: Some(bytes.len() as u64),
            parts: VecDeque::from([bytes]),
            stalls: false,
        }
    }

    /// A body with `Transfer-Encoding: chunked`, one chunk a part.
    pub(super) fn chunked(parts: impl IntoIterator<Item = Bytes>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            length: None,
            stalls: false,
        }
    }

    /// A body that announces `length` bytes, sends `start`, and never goes on.
    pub(super) fn stalling(start: &'static [u8], length: u64) -> Self {
        Self {
            parts: VecDeque::from([Bytes::from_static(start)]),
            length: Some(length),
            stalls: true,
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        !self.stalls && self.parts.iter().all(Bytes::is_empty)
    }
}

impl Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.parts.pop_front() {
            Some(part) => Poll::Ready(Some(Ok(Frame::data(part)))),
            None if self.stalls => Poll::Pending,
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_finished()
    }

    fn size_hint(&self) -> SizeHint {
        self.length
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// [`Parts`] that tell their [`Exchange`] when hyper has taken the last of them.
pub(super) struct Counted {
    parts: Parts,
    exchange: Exchange,
}

impl Counted {
    pub(super) fn new(parts: Parts, exchange: Exchange) -> Self {
        Self { parts, exchange }
    }
}

impl Body for Counted {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = Pin::new(&mut self.parts).poll_frame(context);
        if self.parts.is_finished() {
            self.exchange.finish();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.parts.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.parts.size_hint()
    }
}
