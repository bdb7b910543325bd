//! A timer with the clock's own resolution: tokio's rounds up to the next millisecond.

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Linux's timerfd, polled by the runtime that it was made in.
pub(super) struct PreciseTimer {
    /// Dropping it deregisters it, which a forked child must not do.
    fd: ManuallyDrop<AsyncFd<OwnedFd>>,
}

impl PreciseTimer {
    /// Registers the timer with the runtime that is entered.
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: a plain system call; the descriptor is checked and then owned.
        let fd = unsafe {
            let fd = libc::timerfd_create(
                libc::CLOCK_MONOTONIC,
                libc::TFD_NONBLOCK | libc::TFD_CLOEXEC,
            );
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            OwnedFd::from_raw_fd(fd)
        };
        // SAFETY: the AsyncFd owns the descriptor, which stays the same while it lives.
        let fd = unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) }?;
        Ok(Self {
            fd: ManuallyDrop::new(fd),
        })
    }

    /// Has [`poll`](Self::poll) be ready after `duration`, and not before. Forgets what it was set
    /// to before, and an expiry that nobody has seen.
    pub(super) fn arm(&self, duration: Duration) {
        // Zero would disarm it.
        let duration = duration.max(Duration::from_nanos(1));
        let timer = libc::itimerspec {
            it_interval: libc::timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: libc::timespec {
                tv_sec: duration.as_secs() as libc::time_t,
                tv_nsec: duration.subsec_nanos() as libc::c_long,
            },
        };
        // SAFETY: a descriptor of ours and a valid timer.
        unsafe {
            libc::timerfd_settime(
                self.fd.as_raw_fd(),
                0,
                &raw const timer,
                std::ptr::null_mut(),
            )
        };
    }

    /// Ready once the timer has expired.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        while let Poll::Ready(Ok(mut guard)) = self.fd.poll_read_ready(cx) {
            let mut expirations = 0_u64;
            // SAFETY: eight writable bytes, which is what a timerfd gives.
            let read = unsafe {
                libc::read(
                    self.fd.as_raw_fd(),
                    (&raw mut expirations).cast(),
                    size_of::<u64>(),
                )
            };
            guard.clear_ready();
            if read > 0 {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    /// Deregisters it from the runtime. To be called once, before the runtime is dropped.
    pub(super) fn close(&mut self) {
        // SAFETY: the owner calls this once, when it is dropped itself.
        unsafe { ManuallyDrop::drop(&mut self.fd) };
    }
}
