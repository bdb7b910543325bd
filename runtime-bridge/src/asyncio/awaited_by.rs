//! Who waits for a future, for `asyncio.capture_call_graph` and its kin.

use std::collections::HashMap;

use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef};

use super::Future;

/// The waiters of one future; nearly always there is at most one.
#[derive(Default)]
pub(super) enum AwaitedBy {
    #[default]
    Nobody,
    One(PyObjectRef),
    Many(HashMap<usize, PyObjectRef>),
}

impl AwaitedBy {
    pub(super) fn add(&mut self, waiter: PyObjectRef) {
        match self {
            Self::Nobody => *self = Self::One(waiter),
            Self::One(first) if first.is(&waiter) => {}
            Self::One(first) => {
                let both = [first.clone(), waiter];
                *self = Self::Many(both.into_iter().map(|it| (it.get_id(), it)).collect());
            }
            Self::Many(waiters) => {
                waiters.insert(waiter.get_id(), waiter);
            }
        }
    }

    /// Removes `waiter`, and returns it: it must be dropped outside of the future's lock.
    #[must_use]
    pub(super) fn discard(&mut self, waiter: &PyObject) -> Option<PyObjectRef> {
        match self {
            Self::One(only) if only.is(waiter) => match std::mem::take(self) {
                Self::One(only) => Some(only),
                _ => None,
            },
            Self::Nobody | Self::One(_) => None,
            Self::Many(waiters) => waiters.remove(&waiter.get_id()),
        }
    }

    pub(super) fn to_vec(&self) -> Vec<PyObjectRef> {
        match self {
            Self::Nobody => Vec::new(),
            Self::One(only) => vec![only.clone()],
            Self::Many(waiters) => waiters.values().cloned().collect(),
        }
    }

    /// Moves every waiter to `out`.
    pub(super) fn clear(&mut self, out: &mut Vec<PyObjectRef>) {
        match std::mem::take(self) {
            Self::Nobody => {}
            Self::One(only) => out.push(only),
            Self::Many(waiters) => out.extend(waiters.into_values()),
        }
    }
}

/// Records that `future` is awaited by `waiter`, if both are futures of ours.
pub(super) fn add(future: &PyObject, waiter: PyObjectRef) {
    if let Some(future) = future.downcast_ref::<Future>()
        && waiter.downcast_ref::<Future>().is_some()
    {
        future.core.lock().awaited_by.add(waiter);
    }
}

/// Undoes [`add`].
pub(super) fn discard(future: &PyObject, waiter: &PyObject) {
    if let Some(future) = future.downcast_ref::<Future>() {
        let waiter = future.core.lock().awaited_by.discard(waiter);
        drop(waiter);
    }
}

// SAFETY: each waiter is visited once.
unsafe impl Traverse for AwaitedBy {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        match self {
            Self::Nobody => {}
            Self::One(only) => visit(only),
            Self::Many(waiters) => waiters.values().for_each(|it| visit(it)),
        }
    }
}
