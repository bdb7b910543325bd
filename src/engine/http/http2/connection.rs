//! An HTTP/2 connection as the pool holds it.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};

use crate::engine::error::BoxError;
use crate::engine::http::connection::MAX_HEAD_SIZE;
use crate::engine::http::origin::Origin;
use crate::engine::http::peer::Peer;
use crate::engine::net::fork::ForkBound;
use crate::engine::net::{Transport, background};

/// The most that is read of one response ahead of its reader, in bytes.
const STREAM_WINDOW: u32 = 512 * 1024;
/// The most that is read of all responses of a connection ahead of their readers, in bytes. Far
/// more than a stream's, so that a few readers that pause do not hold up the others.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

/// A connection to one origin, with any number of requests on it. Closed, once the requests under
/// way are done, when it is dropped.
pub(in crate::engine::http) struct Connection {
    sender: ForkBound<SendRequest<Bytes>>,
    ended: Arc<AtomicBool>,
    retired: AtomicBool,
    origin: Origin,
    peer: Arc<Peer>,
}

impl Connection {
    /// Greets the peer, and hands the connection to the I/O thread.
    ///
    /// `on_end` is called there when the connection has ended.
    ///
    /// # Errors
    /// When the greeting cannot be written, or the I/O thread not be started.
    pub(in crate::engine::http) async fn open(
        transport: Transport,
        origin: Origin,
        on_end: impl FnOnce() + Send + 'static,
    ) -> Result<Self, BoxError> {
        let peer = Arc::new(Peer::of(&transport));
        let (sender, driver) = builder().handshake::<_, Bytes>(transport).await?;
        let sender = ForkBound::new(sender);
        let ended = Arc::new(AtomicBool::new(false));
        let flag = ended.clone();
        background::spawn(async move {
            // The requests on it are told why it ended.
            let _ = driver.await;
            flag.store(true, SeqCst);
            on_end();
        })?;
        Ok(Self {
            sender,
            ended,
            retired: AtomicBool::new(false),
            origin,
            peer,
        })
    }

    /// Takes no further requests: one has waited in vain, so the peer may be gone without a word.
    /// Those under way go on.
    pub(in crate::engine::http) fn retire(&self) {
        self.retired.store(true, SeqCst);
    }

    pub(in crate::engine::http) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(in crate::engine::http) fn peer(&self) -> &Arc<Peer> {
        &self.peer
    }

    /// Whether it takes another request: it has not ended, the peer has not announced its end with
    /// GOAWAY, and there are stream identifiers left.
    pub(in crate::engine::http) fn is_usable(&self) -> bool {
        if self.ended.load(SeqCst) || self.retired.load(SeqCst) {
            return false;
        }
        let mut cx = Context::from_waker(Waker::noop());
        match self.sender() {
            Ok(mut sender) => matches!(sender.poll_ready(&mut cx), Poll::Ready(Ok(()))),
            Err(_) => false,
        }
    }

    /// # Errors
    /// In a forked child.
    pub(super) fn sender(&self) -> Result<SendRequest<Bytes>, BoxError> {
        self.sender.get().cloned().ok_or_else(inherited)
    }
}

/// The error of a connection that belongs to the process that forked this one.
pub(super) fn inherited() -> Box<dyn StdError + Send + Sync> {
    io::Error::other("the connection belongs to the process that forked this one").into()
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        // One until the peer has said how many: it would have to refuse the others.
        .initial_max_send_streams(1)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(MAX_HEAD_SIZE as u32);
    builder
}
