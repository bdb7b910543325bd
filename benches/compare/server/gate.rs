//! Holds requests back until all of them are there.

use tokio::sync::{Notify, watch};

/// Where requests wait for their release.
#[derive(Default)]
pub(crate) struct Gate {
    held: watch::Sender<usize>,
    released: Notify,
}

impl Gate {
    /// Waits for the next [`release`](Self::release).
    pub(crate) async fn hold(&self) {
        let released = self.released.notified();
        self.held.send_modify(|held| *held += 1);
        let _held = Held(self);
        released.await;
    }

    /// Waits until so many are held.
    pub(crate) async fn wait_for(&self, count: usize) {
        let mut held = self.held.subscribe();
        // The sender is `self`'s, and does not go away.
        let _ = held.wait_for(|held| *held >= count).await;
    }

    /// Lets all that are held go.
    pub(crate) fn release(&self) {
        self.released.notify_waiters();
    }
}

/// One that is held; its client may go away.
struct Held<'a>(&'a Gate);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.held.send_modify(|held| *held -= 1);
    }
}
