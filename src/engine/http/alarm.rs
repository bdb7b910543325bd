//! The waker between a connection's driver and the task that holds the connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Wake, Waker};

use futures_util::task::AtomicWaker;

/// Wakes the holder of a connection when its driver can go on, and keeps quiet when the holder
/// itself is the cause.
///
/// hyper thinks that its driver is a task of its own: sending a request, or taking a chunk, wakes
/// it. But here the task that does so drives the connection next anyway. Passed on, such a wake-up
/// would cost it another turn of its event loop, or wake the task of the request before.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    holder: AtomicWaker,
    muted: AtomicBool,
    missed: AtomicBool,
}

impl Alarm {
    /// From now on wakes the task of `cx`.
    pub(super) fn set(&self, cx: &Context<'_>) {
        self.holder.register(cx.waker());
    }

    /// Wakes nobody any more, and lets go of the task.
    pub(super) fn clear(&self) {
        drop(self.holder.take());
    }

    /// Does `action` without waking the holder.
    ///
    /// The socket may become ready meanwhile, on another thread. So unless the driver is polled
    /// next, the holder must be woken when [`missed`](Self::missed) says so.
    pub(super) fn mute<T>(&self, action: impl FnOnce() -> T) -> T {
        self.missed.store(false, SeqCst);
        self.muted.store(true, SeqCst);
        let result = action();
        self.muted.store(false, SeqCst);
        result
    }

    /// Whether the last [`mute`](Self::mute) kept a wake-up back.
    pub(super) fn missed(&self) -> bool {
        self.missed.load(SeqCst)
    }

    /// The waker for the driver.
    pub(super) fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(self.clone())
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.muted.load(SeqCst) {
            self.missed.store(true, SeqCst);
            // Still muted: whoever muted will see `missed`. Otherwise it may have looked too soon.
            if self.muted.load(SeqCst) {
                return;
            }
        }
        self.holder.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    fn set_up() -> (Arc<Alarm>, Arc<Count>, Waker) {
        let (alarm, count) = (Arc::new(Alarm::default()), Arc::new(Count::default()));
        alarm.set(&Context::from_waker(&Waker::from(count.clone())));
        let waker = alarm.waker();
        (alarm, count, waker)
    }

    #[test]
    fn the_driver_wakes_the_holder() {
        let (_alarm, count, waker) = set_up();
        waker.wake_by_ref();
        assert_eq!(count.0.load(SeqCst), 1);
    }

    #[test]
    fn what_the_holder_causes_does_not_wake_it_but_is_noted() {
        let (alarm, count, waker) = set_up();
        alarm.mute(|| waker.wake_by_ref());
        assert_eq!(count.0.load(SeqCst), 0);
        assert!(alarm.missed());
        alarm.mute(|| ());
        assert!(!alarm.missed());
    }

    #[test]
    fn an_idle_connection_holds_no_task() {
        let (alarm, count, waker) = set_up();
        alarm.clear();
        waker.wake_by_ref();
        assert_eq!(count.0.load(SeqCst), 0);
        assert_eq!(Arc::strong_count(&count), 1);
    }
}
