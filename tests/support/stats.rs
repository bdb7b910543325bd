//! What a server saw: sockets, requests, and peers that left too early.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// How long [`Stats::wait_until`] waits before it fails the test.
const HANG_GUARD: Duration = Duration::from_secs(30);

/// Counters of one server, shared by its connections and the test.
#[derive(Default)]
pub struct Stats {
    open_sockets: AtomicUsize,
    peak_open_sockets: AtomicUsize,
    accepted: AtomicUsize,
    requests: AtomicUsize,
    closed_early: AtomicUsize,
}

impl Stats {
    /// Sockets that are open now.
    pub fn open_sockets(&self) -> usize {
        self.open_sockets.load(SeqCst)
    }

    /// The most sockets that were open at the same time.
    pub fn peak_open_sockets(&self) -> usize {
        self.peak_open_sockets.load(SeqCst)
    }

    /// Sockets accepted so far.
    pub fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }

    /// Requests (for a WebSocket server: handshakes) received so far.
    pub fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }

    /// Exchanges whose peer left before the end: before the whole response was written, or
    /// without a closing handshake.
    pub fn closed_early(&self) -> usize {
        self.closed_early.load(SeqCst)
    }

    /// Starts counting anew; sockets that are open stay counted.
    pub fn reset(&self) {
        self.peak_open_sockets.store(self.open_sockets(), SeqCst);
        for counter in [&self.accepted, &self.requests, &self.closed_early] {
            counter.store(0, SeqCst);
        }
    }

    /// The counters as the JSON object that `/stats` answers.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "open_sockets": self.open_sockets(),
            "peak_open_sockets": self.peak_open_sockets(),
            "accepted": self.accepted(),
            "requests": self.requests(),
            "closed_early": self.closed_early(),
        })
    }

    /// Waits, asleep between looks, until `condition` holds; panics with `expected` if it never does.
    pub fn wait_until(&self, expected: &str, condition: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + HANG_GUARD;
        while !condition(self) {
            assert!(
                Instant::now() < deadline,
                "expected {expected}, got {}",
                self.to_json()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Counts a socket as open until the guard is dropped.
    pub fn socket_opened(self: &Arc<Self>) -> OpenSocket {
        self.accepted.fetch_add(1, SeqCst);
        let open = self.open_sockets.fetch_add(1, SeqCst) + 1;
        self.peak_open_sockets.fetch_max(open, SeqCst);
        OpenSocket(Arc::clone(self))
    }

    /// Counts a request; unless the guard is told that the exchange ended well, it also counts
    /// as closed early.
    pub fn exchange_started(self: &Arc<Self>) -> Exchange {
        self.requests.fetch_add(1, SeqCst);
        Exchange(Some(Arc::clone(self)))
    }
}

/// One open socket in [`Stats`].
pub struct OpenSocket(Arc<Stats>);

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.open_sockets.fetch_sub(1, SeqCst);
    }
}

/// One request and its response in [`Stats`].
pub struct Exchange(Option<Arc<Stats>>);

impl Exchange {
    /// The exchange ended as it should: it no longer counts as closed early.
    pub fn finish(&mut self) {
        self.0 = None;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(stats) = self.0.take() {
            stats.closed_early.fetch_add(1, SeqCst);
        }
    }
}
