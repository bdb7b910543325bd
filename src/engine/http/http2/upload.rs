//! The body of a request on its way to the peer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use h2::SendStream;
use http_body::Body as _;

use crate::engine::http::body::{BodyFailed, Outgoing};
use crate::engine::http::wire::Account;
use crate::engine::net::fork::ForkBound;

/// Takes chunks from the body as flow control lets them go: at most one chunk is held.
///
/// Dropped before its end, it resets the stream.
pub(super) struct Upload {
    stream: ForkBound<SendStream<Bytes>>,
    body: Outgoing,
    chunk: Bytes,
    /// Whether the body has ended with `chunk`.
    last: bool,
    account: Arc<Account>,
}

impl Upload {
    pub(super) fn new(
        stream: SendStream<Bytes>,
        mut body: Outgoing,
        account: Arc<Account>,
    ) -> Self {
        body.report_to(&account);
        Self {
            stream: ForkBound::new(stream),
            body,
            chunk: Bytes::new(),
            last: false,
            account,
        }
    }

    /// Sends what can be sent now. Ready when all was sent, or the peer wants no more: if that
    /// failed the request, the response tells.
    ///
    /// # Errors
    /// When the body failed; why is in the account.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyFailed>> {
        loop {
            let sent = self.poll_send(cx);
            self.account.set_write_blocked(sent.is_pending());
            if ready!(sent).is_none() || self.last {
                return Poll::Ready(Ok(()));
            }
            let frame = ready!(Pin::new(&mut self.body).poll_frame(cx)).transpose()?;
            self.last = frame.is_none() || self.body.is_end_stream();
            let chunk = frame.and_then(|frame| frame.into_data().ok());
            self.chunk = chunk.unwrap_or_default();
            if self.chunk.is_empty() && self.last {
                self.end();
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Sends the chunk. `None` when the peer wants no more.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Option<()>> {
        let Some(stream) = self.stream.get_mut() else {
            return Poll::Ready(None);
        };
        while self.chunk.has_remaining() {
            stream.reserve_capacity(self.chunk.len());
            let mut capacity = stream.capacity();
            if capacity == 0 {
                match ready!(stream.poll_capacity(cx)) {
                    Some(Ok(more)) => capacity = more,
                    _ => return Poll::Ready(None),
                }
            }
            let part = self.chunk.split_to(capacity.min(self.chunk.len()));
            self.account.count_written(part.len());
            if stream
                .send_data(part, self.last && self.chunk.is_empty())
                .is_err()
            {
                return Poll::Ready(None);
            }
        }
        Poll::Ready(Some(()))
    }

    fn end(&mut self) {
        if let Some(stream) = self.stream.get_mut() {
            // Fails when the peer has reset the stream, of which the response tells.
            let _ = stream.send_data(Bytes::new(), true);
        }
    }
}
