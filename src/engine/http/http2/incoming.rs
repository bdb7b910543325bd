//! The body of a response on a stream of an HTTP/2 connection.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::RecvStream;

use super::failure;
use super::upload::Upload;
use crate::engine::error::Error;
use crate::engine::http::url::Url;
use crate::engine::http::wire::Account;
use crate::engine::net::fork::ForkBound;

/// What comes on a stream, and the rest of the request's body: a peer may answer before it has
/// read all of it. Dropped before its end, it resets the stream.
pub(in crate::engine::http) struct Incoming {
    upload: Option<Upload>,
    stream: ForkBound<RecvStream>,
    account: Arc<Account>,
}

impl Incoming {
    pub(super) fn new(stream: RecvStream, upload: Option<Upload>, account: Arc<Account>) -> Self {
        Self {
            upload,
            stream: ForkBound::new(stream),
            account,
        }
    }

    pub(in crate::engine::http) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// The number of the stream (RFC 9113, 5.1.1), `None` in a forked child.
    pub(in crate::engine::http) fn stream_id(&self) -> Option<u32> {
        Some(self.stream.get()?.stream_id().as_u32())
    }

    /// Whether all of the body has been taken.
    pub(in crate::engine::http) fn is_end_stream(&self) -> bool {
        self.stream.get().is_some_and(RecvStream::is_end_stream)
    }

    /// The next bytes, never none, or `None` at the end. What is taken is announced to the peer as
    /// room for more (RFC 9113, 5.2).
    pub(in crate::engine::http) fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        url: &Url,
        received: u64,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        if let Some(upload) = &mut self.upload
            && let Poll::Ready(sent) = upload.poll(cx)
        {
            self.upload = None;
            if sent.is_err() {
                let error = failure::of_request_body(&self.account, url);
                return Poll::Ready(Some(Err(error)));
            }
        }
        let Some(stream) = self.stream.get_mut() else {
            return Poll::Ready(Some(Err(failure::of_inherited(url))));
        };
        loop {
            let bytes = match ready!(stream.poll_data(cx)) {
                Some(Ok(bytes)) => bytes,
                Some(Err(error)) => {
                    return Poll::Ready(Some(Err(failure::of_body(error, url, received))));
                }
                None => return Poll::Ready(None),
            };
            self.account.count_read(bytes.len());
            // Fails only for more than was received.
            let _ = stream.flow_control().release_capacity(bytes.len());
            if !bytes.is_empty() {
                return Poll::Ready(Some(Ok(bytes)));
            }
        }
    }
}
