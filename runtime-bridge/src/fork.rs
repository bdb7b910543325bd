//! What a forked child must not touch.
//!
//! A tokio runtime's epoll instance is shared with the parent after `fork`: deregistering from it
//! in the child would take the parent's sockets out of the parent's own poll set. So a child
//! forgets inherited runtimes instead of dropping them.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(0);
static HOOK: Once = Once::new();

/// A number that differs between a process and its forked children.
pub(crate) fn generation() -> u64 {
    HOOK.call_once(install);
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(unix)]
fn install() {
    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: the handler only adds to an atomic, which is async-signal-safe.
    unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
}

#[cfg(not(unix))]
fn install() {}
