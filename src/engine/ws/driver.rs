//! The task that reads, writes and keeps the time for a connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

use super::error::Cause;
use super::inner::{Inner, Progress};
use super::shared::Shared;

/// Drives a connection until it is closed. Dropping it, which the end of its runtime does, closes
/// the connection at once.
pub(super) struct Driver {
    shared: Arc<Shared>,
    timer: Option<Timer>,
}

impl Driver {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            timer: None,
        }
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        loop {
            match this.shared.update(|inner, wakes| inner.drive(cx, wakes)) {
                Progress::Finished => return Poll::Ready(()),
                Progress::Wait(None) => return Poll::Pending,
                Progress::Wait(Some(deadline)) => {
                    if Timer::poll(&mut this.timer, deadline, cx).is_pending() {
                        return Poll::Pending;
                    }
                }
            }
            this.shared.update(Inner::tick);
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.shared
            .update(|inner, wakes| inner.finish(Some(Cause::RuntimeGone), wakes));
    }
}

/// A timer that is set again only when the deadline moves.
struct Timer {
    deadline: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl Timer {
    fn poll(timer: &mut Option<Self>, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let timer = timer.get_or_insert_with(|| Self {
            deadline,
            sleep: Box::pin(sleep_until(deadline)),
        });
        if timer.deadline != deadline {
            timer.deadline = deadline;
            timer.sleep.as_mut().reset(deadline);
        }
        timer.sleep.as_mut().poll(cx)
    }
}
