//! What the handles of a connection and its driver share, and who is woken when it changes.

use std::task::Waker;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::inner::Inner;
use super::pings::{Answered, Pings};

/// The state of a connection behind its one lock, and those who wait for it to change.
pub(super) struct Shared {
    inner: Mutex<Inner>,
    /// Held while waiting to queue a frame, so that frames are queued in the order of the calls.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// Senders that wait for the output to drain.
    pub(super) drained: Notify,
    /// Those who wait for the end.
    pub(super) closed: Notify,
}

/// Whom to wake after the lock is released: a waker may run code of the interpreter, which may
/// call back into the connection. So may dropping one.
#[derive(Default)]
pub(super) struct Wakes {
    pub(super) receiver: Option<Waker>,
    pub(super) driver: Option<Waker>,
    pub(super) drained: bool,
    pub(super) closed: bool,
    pub(super) answered: Vec<Answered>,
    /// Pings that will never be answered; dropping them wakes their waiters.
    pub(super) abandoned: Option<Pings>,
    stale: [Option<Waker>; STALE],
}

/// The most wakers that one change lets go of.
const STALE: usize = 6;

impl Wakes {
    /// Keeps a waker until it can be dropped.
    pub(super) fn discard(&mut self, waker: Option<Waker>) {
        let slot = self.stale.iter_mut().find(|slot| slot.is_none());
        debug_assert!(slot.is_some() || waker.is_none());
        if let Some(slot) = slot {
            *slot = waker;
        }
    }
}

impl Shared {
    pub(super) fn new(inner: Inner) -> Self {
        Self {
            inner: Mutex::new(inner),
            turn: tokio::sync::Mutex::new(()),
            drained: Notify::new(),
            closed: Notify::new(),
        }
    }

    /// Changes the state, then wakes whoever that concerns.
    pub(super) fn update<R>(&self, change: impl FnOnce(&mut Inner, &mut Wakes) -> R) -> R {
        let mut wakes = Wakes::default();
        let result = change(&mut self.inner.lock(), &mut wakes);
        self.wake(wakes);
        result
    }

    /// Looks at the state.
    pub(super) fn read<R>(&self, look: impl FnOnce(&Inner) -> R) -> R {
        look(&self.inner.lock())
    }

    fn wake(&self, wakes: Wakes) {
        for waker in [wakes.receiver, wakes.driver].into_iter().flatten() {
            waker.wake();
        }
        for (waiter, latency) in wakes.answered {
            // Fails when nobody waits for this pong any more.
            let _ = waiter.send(latency);
        }
        if wakes.drained {
            self.drained.notify_waiters();
        }
        if wakes.closed {
            self.closed.notify_waiters();
        }
    }
}
