//! What comes of a response's body, over either version of HTTP.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Body as _;
use hyper::body::Incoming as Received;

use super::connection::Connection;
use super::failure::{self, Framing};
use super::http2;
use super::network_stream::NetworkStream;
use super::peer::Peer;
use super::pool::{Lease, Slot};
use super::url::Url;
use super::wire::Account;
use crate::engine::error::Error;

/// The rest of a response, and the connection that it comes over. Dropped before its end, it closes
/// an HTTP/1.1 connection, and resets the stream of an HTTP/2 one.
pub(super) enum Incoming {
    Http1(Http1),
    Http2(Box<Http2>),
}

/// In the order in which they are to be dropped.
pub(super) struct Http1 {
    received: Received,
    connection: Connection,
    slot: Slot,
}

/// In the order in which they are to be dropped.
pub(super) struct Http2 {
    stream: http2::Incoming,
    lease: Lease,
}

/// What an error has to tell of a body.
pub(super) struct Progress<'a> {
    pub(super) url: &'a Url,
    pub(super) framing: Framing,
    pub(super) received: u64,
}

impl Incoming {
    pub(super) fn http1(received: Received, connection: Connection, slot: Slot) -> Self {
        Self::Http1(Http1 {
            received,
            connection,
            slot,
        })
    }

    pub(super) fn http2(stream: http2::Incoming, lease: Lease) -> Self {
        Self::Http2(Box::new(Http2 { stream, lease }))
    }

    pub(super) fn account(&self) -> &Arc<Account> {
        match self {
            Self::Http1(http1) => http1.connection.account(),
            Self::Http2(http2) => http2.stream.account(),
        }
    }

    pub(super) fn peer(&self) -> &Arc<Peer> {
        match self {
            Self::Http1(http1) => http1.connection.peer(),
            Self::Http2(http2) => http2.lease.connection().peer(),
        }
    }

    /// The number of the HTTP/2 stream.
    pub(super) fn stream_id(&self) -> Option<u32> {
        match self {
            Self::Http1(_) => None,
            Self::Http2(http2) => http2.stream.stream_id(),
        }
    }

    /// The length of the body, when the framing of HTTP/1.1 tells.
    pub(super) fn exact_length(&self) -> Option<u64> {
        match self {
            Self::Http1(http1) => http1.received.size_hint().exact(),
            Self::Http2(_) => None,
        }
    }

    pub(super) fn is_end_stream(&self) -> bool {
        match self {
            Self::Http1(http1) => http1.received.is_end_stream(),
            Self::Http2(http2) => http2.stream.is_end_stream(),
        }
    }

    /// Whether taking the rest may save the connection: not on HTTP/2, where a reset costs less,
    /// and not while user code produces the request's body.
    pub(super) fn is_drainable(&self) -> bool {
        match self {
            Self::Http1(http1) => !http1.connection.account().is_source_open(),
            Self::Http2(_) => false,
        }
    }

    /// The next bytes, never none, or `None` at the end. Reads and writes what can be read and
    /// written now.
    pub(super) fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        progress: &Progress<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        match self {
            Self::Http1(http1) => http1.poll_data(cx, progress),
            Self::Http2(http2) => http2.stream.poll_data(cx, progress.url, progress.received),
        }
    }

    /// The connection, after a response that changed protocols.
    pub(super) fn upgrade(self, url: &Url) -> Option<NetworkStream> {
        match self {
            Self::Http1(http1) => {
                let (transport, early) = http1.connection.into_upgraded()?;
                Some(NetworkStream::new(transport, early, http1.slot, url))
            }
            Self::Http2(_) => None,
        }
    }

    /// After a timeout: an HTTP/2 connection takes no further requests.
    pub(super) fn distrust(&self) {
        if let Self::Http2(http2) = self {
            http2.lease.connection().retire();
        }
    }

    /// After the end of the body: gives the connection back, if it may be used again. It may not
    /// when bytes came that belong to no response: hyper has ended it then.
    pub(super) fn finish(self, persistent: bool) {
        if let Self::Http1(http1) = self
            && persistent
            && http1.connection.is_reusable()
        {
            http1.connection.rest();
            http1.slot.put(http1.connection);
        }
    }
}

impl Http1 {
    fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        progress: &Progress<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        let received = self.poll_received(cx, progress);
        if received.is_ready() {
            return received;
        }
        self.connection.drive(cx);
        self.poll_received(cx, progress)
    }

    /// What the driver has put there already.
    fn poll_received(
        &mut self,
        cx: &Context<'_>,
        progress: &Progress<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            let frame = match self.connection.poll_body(&mut self.received, cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(frame)) => frame,
            };
            match frame.map(hyper::body::Frame::into_data) {
                Ok(Ok(chunk)) => return Poll::Ready(Some(Ok(chunk))),
                // Trailers.
                Ok(Err(_)) => {}
                Err(error) => {
                    let account = self.connection.account();
                    let Progress {
                        url,
                        framing,
                        received,
                    } = *progress;
                    let error = failure::of_body(error, account, url, framing, received);
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}
