//! How a connection behaves.

use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::extensions::Agreed;
use crate::engine::net::Address;

/// A limit with hysteresis: work stops above `high` and goes on at `low` or below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watermarks {
    /// Above this, work stops.
    pub high: usize,
    /// At this or below, work goes on. Not more than `high`.
    pub low: usize,
}

impl Watermarks {
    /// Stops above `high`, goes on at a quarter of it.
    pub fn new(high: usize) -> Self {
        Self {
            high,
            low: high / 4,
        }
    }
}

/// Settings of a [`Connection`](super::Connection); the defaults are those of the `websockets`
/// package.
#[derive(Debug, Clone)]
pub struct Options {
    /// Time between keepalive pings; `None` sends none. 20 seconds.
    pub ping_interval: Option<Duration>,
    /// Time to wait for the answer to a keepalive ping before the connection fails with 1011;
    /// `None` waits for ever. 20 seconds.
    pub ping_timeout: Option<Duration>,
    /// Time for the closing handshake, from the close frame to the end of the stream; `None`
    /// waits for ever. 10 seconds.
    pub close_timeout: Option<Duration>,
    /// Messages received and not yet taken, above which nothing is read; `None` is no limit. 16.
    pub max_queue: Option<Watermarks>,
    /// Bytes queued and not yet written, above which senders wait. 32 KiB.
    pub write_limit: Watermarks,
    /// The runtime that drives the connection; `None` is the one that is current when the
    /// connection is made. A connection of blocking calls needs one that always runs.
    pub runtime: Option<Handle>,
    /// The extensions that were agreed on, in the order of the response.
    pub extensions: Vec<Agreed>,
    /// Bytes that came after the opening handshake.
    pub leftover: Bytes,
    /// What [`local_addr`](super::Connection::local_addr) tells.
    pub local_addr: Option<Address>,
    /// What [`peer_addr`](super::Connection::peer_addr) tells.
    pub peer_addr: Option<Address>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ping_interval: Some(Duration::from_secs(20)),
            ping_timeout: Some(Duration::from_secs(20)),
            close_timeout: Some(DEFAULT_CLOSE_TIMEOUT),
            max_queue: Some(Watermarks::new(16)),
            write_limit: Watermarks::new(1 << 15),
            runtime: None,
            extensions: Vec::new(),
            leftover: Bytes::new(),
            local_addr: None,
            peer_addr: None,
        }
    }
}

pub(super) const DEFAULT_CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// The moment `after` from now; `None` when that is never, or past the end of the clock.
pub(super) fn deadline(after: Option<Duration>) -> Option<Instant> {
    after.and_then(|after| Instant::now().checked_add(after))
}
