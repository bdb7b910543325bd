//! Whom the stream wakes when there is something to read.

use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use parking_lot::Mutex;

/// The waker under which a connection's stream is read, whoever reads it.
///
/// A receiver that waits reads for itself: a message then needs no switch to the driver and back.
/// When nobody waits the driver reads, so that pings are answered and the end is noticed. The
/// stream remembers one waker only, so it gets this one, which passes each wake-up on.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    readers: Mutex<Readers>,
}

#[derive(Debug, Default)]
struct Readers {
    receiver: Option<Waker>,
    driver: Option<Waker>,
    /// Set when the stream has woken somebody who has not read since.
    rung: bool,
}

impl Alarm {
    /// The waker to read with.
    pub(super) fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(self.clone())
    }

    /// Wakes the task of `cx` from now on. What is returned is to be dropped outside of locks.
    pub(super) fn set_receiver(&self, cx: &Context<'_>) -> Option<Waker> {
        replace(&mut self.readers.lock().receiver, cx)
    }

    /// Wakes the driver again. What is returned is to be dropped outside of locks; and whether a
    /// wake-up has gone to the receiver that somebody has to read for, as the stream wakes once.
    pub(super) fn take_receiver(&self) -> (Option<Waker>, bool) {
        let mut readers = self.readers.lock();
        (readers.receiver.take(), readers.rung)
    }

    /// Somebody is about to read until the stream has this alarm again, or to wake the driver.
    pub(super) fn answer(&self) {
        self.readers.lock().rung = false;
    }

    /// Says who the driver is. What is returned is to be dropped outside of locks.
    pub(super) fn set_driver(&self, cx: &Context<'_>) -> Option<Waker> {
        replace(&mut self.readers.lock().driver, cx)
    }

    /// Lets go of everybody. What is returned is to be dropped outside of locks.
    pub(super) fn clear(&self) -> [Option<Waker>; 2] {
        let mut readers = self.readers.lock();
        [readers.receiver.take(), readers.driver.take()]
    }
}

fn replace(known: &mut Option<Waker>, cx: &Context<'_>) -> Option<Waker> {
    match known {
        Some(waker) if waker.will_wake(cx.waker()) => None,
        _ => known.replace(cx.waker().clone()),
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let reader = {
            let mut readers = self.readers.lock();
            readers.rung = true;
            readers
                .receiver
                .as_ref()
                .or(readers.driver.as_ref())
                .cloned()
        };
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}
