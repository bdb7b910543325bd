//! From a tokio wake-up to the task that waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use parking_lot::Mutex;
use rustpython_vm::PyRef;

use crate::waiter::Waiter;

/// Coroutines that were woken and are to be resumed by their loop; also how any thread gets the
/// loop out of its wait.
#[derive(Default)]
pub(crate) struct WakeQueue {
    woken: Mutex<Vec<Arc<WakeSlot>>>,
    poked: AtomicBool,
    parked: Mutex<Option<Waker>>,
}

impl WakeQueue {
    fn push(&self, slot: Arc<WakeSlot>) {
        let first = {
            let mut woken = self.woken.lock();
            woken.push(slot);
            woken.len() == 1
        };
        if first {
            self.unpark();
        }
    }

    /// Makes the loop look at its ready queue. From any thread.
    pub(crate) fn poke(&self) {
        self.poked.store(true, Ordering::Release);
        self.unpark();
    }

    fn unpark(&self) {
        if let Some(waker) = &*self.parked.lock() {
            waker.wake_by_ref();
        }
    }

    pub(crate) fn has_work(&self) -> bool {
        self.poked.load(Ordering::Acquire) || !self.woken.lock().is_empty()
    }

    pub(crate) fn clear_poke(&self) {
        self.poked.store(false, Ordering::Release);
    }

    /// Remembers whom to wake while the loop waits in the OS.
    pub(crate) fn park(&self, waker: &Waker) {
        let mut parked = self.parked.lock();
        if !parked.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *parked = Some(waker.clone());
        }
    }

    pub(crate) fn unparked(&self) {
        *self.parked.lock() = None;
    }

    /// The waiters to resume now, in the order of their wake-ups.
    pub(crate) fn take(&self) -> impl Iterator<Item = PyRef<Waiter>> {
        std::mem::take(&mut *self.woken.lock())
            .into_iter()
            .filter_map(|slot| slot.take())
    }
}

/// One coroutine's place in the queue of its loop: what its waker wakes.
pub(crate) struct WakeSlot {
    queue: Arc<WakeQueue>,
    queued: AtomicBool,
    waiter: Mutex<Option<PyRef<Waiter>>>,
}

impl WakeSlot {
    pub(crate) fn new(queue: Arc<WakeQueue>) -> Arc<Self> {
        Arc::new(Self {
            queue,
            queued: AtomicBool::new(false),
            waiter: Mutex::new(None),
        })
    }

    pub(crate) fn queue(&self) -> Arc<WakeQueue> {
        self.queue.clone()
    }

    pub(crate) fn belongs_to(&self, queue: &Arc<WakeQueue>) -> bool {
        Arc::ptr_eq(&self.queue, queue)
    }

    /// Called before each poll: wake-ups from here on are news.
    pub(crate) fn arm(&self) {
        self.queued.store(false, Ordering::Release);
    }

    pub(crate) fn set_waiter(&self, waiter: PyRef<Waiter>) {
        // The old one is dropped outside the lock: it may run Python code.
        let old = self.waiter.lock().replace(waiter);
        drop(old);
    }

    pub(crate) fn take(&self) -> Option<PyRef<Waiter>> {
        let waiter = self.waiter.lock().take();
        self.arm();
        waiter
    }
}

impl Wake for WakeSlot {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.queue.push(self.clone());
        }
    }
}
