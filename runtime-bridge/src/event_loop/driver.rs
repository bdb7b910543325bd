//! Waiting: a tokio runtime, and the Python selector inside it.

use std::future::{Future, poll_fn};
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustpython_vm::VirtualMachine;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

#[cfg(target_os = "linux")]
use super::precise_timer::PreciseTimer;
use crate::homing;
use crate::runtime::{LoopContext, OwnedRuntime, UnparkGuard};
use crate::wake::WakeQueue;

/// How long one wait may last.
pub(crate) enum Wait {
    /// Only look at what the OS has.
    Poll,
    /// Until a timer is due.
    For(Duration),
    /// Until something happens.
    Forever,
}

/// The runtime of one event loop.
pub(crate) struct Driver {
    selector: ManuallyDrop<AsyncFd<OwnedFd>>,
    #[cfg(target_os = "linux")]
    precise: PreciseTimer,
    runtime: OwnedRuntime,
    wakes: Arc<WakeQueue>,
}

impl Driver {
    /// A driver that also watches `selector`, an epoll or kqueue descriptor of the caller's.
    pub(crate) fn new(selector: BorrowedFd<'_>) -> io::Result<Self> {
        let runtime = OwnedRuntime::new()?;
        let selector = selector.try_clone_to_owned()?;
        let entered = runtime.enter();
        // SAFETY: the AsyncFd owns the descriptor, which stays the same while it lives.
        let selector = unsafe { AsyncFd::register_with_interest(selector, Interest::READABLE) }?;
        #[cfg(target_os = "linux")]
        let precise = PreciseTimer::new()?;
        drop(entered);
        Ok(Self {
            selector: ManuallyDrop::new(selector),
            #[cfg(target_os = "linux")]
            precise,
            runtime,
            wakes: Arc::default(),
        })
    }

    /// Whether this process made the driver, rather than inheriting it through `fork`.
    pub(crate) fn is_ours(&self) -> bool {
        self.runtime.is_ours()
    }

    pub(crate) fn context(&self) -> Rc<LoopContext> {
        Rc::new(LoopContext {
            wakes: self.wakes.clone(),
            handle: self.runtime.handle().clone(),
        })
    }

    pub(crate) fn wakes(&self) -> &Arc<WakeQueue> {
        &self.wakes
    }

    /// Lets the runtime's tasks and the OS have their turn, waiting if there is nothing to do.
    /// True when the Python selector has events.
    pub(crate) fn turn(&self, wait: &Wait, vm: &VirtualMachine) -> bool {
        let selector_ready = if matches!(wait, Wait::Poll) || self.wakes.has_work() {
            self.runtime.block_on(self.look())
        } else {
            vm.allow_threads(|| self.runtime.block_on(self.sleep(wait)))
        };
        self.wakes.clear_poke();
        homing::take_in(vm);
        selector_ready
    }

    async fn look(&self) -> bool {
        // A root that is ready at once would skip the I/O driver.
        tokio::task::yield_now().await;
        poll_fn(|cx| Poll::Ready(self.poll_selector(cx))).await
    }

    async fn sleep(&self, wait: &Wait) -> bool {
        let unpark = UnparkGuard::new();
        let mut timer = pin!(self.until_due(wait));
        let mut turns = 0;
        let mut deferred = false;
        let ready = poll_fn(|cx| {
            turns += 1;
            self.wakes.park(cx.waker());
            if self.poll_selector(cx) {
                return Poll::Ready(true);
            }
            let due = timer.as_mut().poll(cx).is_ready();
            if due || self.wakes.has_work() || deferred {
                return Poll::Ready(false);
            }
            // The runtime's tasks first: what the OS has told may be for one of them, and through
            // it for a coroutine.
            deferred = unpark.unparked(cx.waker());
            if deferred {
                cx.waker().wake_by_ref();
            }
            Poll::Pending
        })
        .await;
        if turns == 1 {
            // Ready at once: without this the runtime would not look at its own sockets and
            // timers, for as long as the selector has something.
            tokio::task::yield_now().await;
        }
        self.wakes.unparked();
        ready
    }

    #[cfg(target_os = "linux")]
    async fn until_due(&self, wait: &Wait) {
        match wait {
            Wait::For(duration) => {
                self.precise.arm(*duration);
                poll_fn(|cx| self.precise.poll(cx)).await;
            }
            Wait::Poll | Wait::Forever => std::future::pending().await,
        }
    }

    #[cfg(not(target_os = "linux"))]
    async fn until_due(&self, wait: &Wait) {
        match wait {
            Wait::For(duration) => tokio::time::sleep(*duration).await,
            Wait::Poll | Wait::Forever => std::future::pending().await,
        }
    }

    /// Whether the selector's descriptor is readable. Tokio's view of it may be stale either way,
    /// hence the question to the OS.
    fn poll_selector(&self, cx: &mut Context<'_>) -> bool {
        while let Poll::Ready(Ok(mut guard)) = self.selector.poll_read_ready(cx) {
            if is_readable(self.selector.as_raw_fd()) {
                guard.retain_ready();
                return true;
            }
            guard.clear_ready();
        }
        false
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // An inherited epoll instance is the parent's: deregistering would deafen the parent.
        if self.is_ours() {
            // SAFETY: dropped once, here, and before the runtime that it deregisters from.
            unsafe { ManuallyDrop::drop(&mut self.selector) };
            #[cfg(target_os = "linux")]
            self.precise.close();
        }
    }
}

fn is_readable(fd: RawFd) -> bool {
    let mut poll = libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one valid pollfd, zero timeout.
    unsafe { libc::poll(&raw mut poll, 1, 0) > 0 }
}
