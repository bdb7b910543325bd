//! Telling a forked child from its parent.
//!
//! A child inherits the parent's descriptors, epoll instances among them, and its locks in
//! whatever state other threads had them. So it must use none of the parent's connections, and
//! must not deregister them either: epoll knows a registration by the open file and the number
//! of the descriptor, which parent and child share, so the parent's would go.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Once, OnceLock};

static GENERATION: AtomicU64 = AtomicU64::new(0);
static HOOK: Once = Once::new();

/// How many forks lie between this process and the one that first asked. Costs two loads.
pub fn generation() -> u64 {
    HOOK.call_once(|| {
        // SAFETY: the handler only adds to an atomic, which is async-signal-safe.
        // It fails only when memory is out; forks then go unnoticed.
        unsafe { libc::pthread_atfork(None, None, Some(count_fork)) };
    });
    GENERATION.load(Ordering::Relaxed)
}

extern "C" fn count_fork() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// A value that a forked child replaces by one of its own the first time it looks.
///
/// No lock is involved that another thread of the parent could have held during the fork.
#[derive(Debug)]
pub struct ForkLocal<T> {
    born: u64,
    value: T,
    successor: OnceLock<Box<Self>>,
}

impl<T> ForkLocal<T> {
    /// A value that belongs to this process.
    pub fn new(value: T) -> Self {
        Self::born_at(generation(), value)
    }

    fn born_at(born: u64, value: T) -> Self {
        Self {
            born,
            value,
            successor: OnceLock::new(),
        }
    }

    /// This process's value. In a child that has none yet, `heir` makes it from the inherited one.
    pub fn get(&self, heir: impl Fn(&T) -> T) -> &T {
        let now = generation();
        let mut cell = self;
        while cell.born != now {
            cell = cell
                .successor
                .get_or_init(|| Box::new(Self::born_at(now, heir(&cell.value))));
        }
        &cell.value
    }
}

/// A value that a forked child neither uses nor drops.
///
/// For what has locks inside that a thread of the parent may have held during the fork. The child
/// leaks it.
#[derive(Debug)]
pub struct ForkBound<T> {
    born: u64,
    value: ManuallyDrop<T>,
}

impl<T> ForkBound<T> {
    /// A value that belongs to this process.
    pub fn new(value: T) -> Self {
        Self {
            born: generation(),
            value: ManuallyDrop::new(value),
        }
    }

    /// The value, unless it was inherited.
    pub fn get(&self) -> Option<&T> {
        (self.born == generation()).then_some(&*self.value)
    }

    /// The value, unless it was inherited.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        (self.born == generation()).then_some(&mut *self.value)
    }
}

impl<T> Drop for ForkBound<T> {
    fn drop(&mut self) {
        if self.born == generation() {
            // SAFETY: this is the only drop, and nothing uses the value afterwards.
            unsafe { ManuallyDrop::drop(&mut self.value) };
        }
    }
}
