//! The tasks that are not done.
//!
//! A list of addresses rather than of weak references: joining and leaving it must cost next to
//! nothing. A task leaves it when it is done, and at the latest when it is dropped, before its
//! memory is freed.

use std::ptr::NonNull;

use parking_lot::Mutex;
use rustpython_vm::{AsObject as _, Py, PyObject, PyObjectRef};

use super::Task;

/// An unused list with room for more than this gives its memory back.
const KEPT_CAPACITY: usize = 1024;

struct Address(NonNull<PyObject>);

// SAFETY: the address is only followed under the lock of the list, see `snapshot`.
unsafe impl Send for Address {}

static TASKS: Mutex<Vec<Option<Address>>> = Mutex::new(Vec::new());
static VACANT: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// A task's place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat(usize);

/// Adds `task`. The seat must be given back with [`leave`] before the task's memory is freed.
pub(super) fn join(task: &Py<Task>) -> Seat {
    let address = Some(Address(NonNull::from(task.as_object())));
    let mut tasks = TASKS.lock();
    match VACANT.lock().pop() {
        Some(index) => {
            tasks[index] = address;
            Seat(index)
        }
        None => {
            tasks.push(address);
            Seat(tasks.len() - 1)
        }
    }
}

/// Gives `seat` back.
pub(super) fn leave(seat: Seat) {
    let mut tasks = TASKS.lock();
    let mut vacant = VACANT.lock();
    tasks[seat.0] = None;
    vacant.push(seat.0);
    if vacant.len() == tasks.len() && tasks.capacity() > KEPT_CAPACITY {
        *tasks = Vec::new();
        *vacant = Vec::new();
    }
}

/// All tasks of all loops that are not done.
pub(super) fn snapshot() -> Vec<PyObjectRef> {
    let tasks = TASKS.lock();
    let alive = |address: &Option<Address>| {
        // SAFETY: a task leaves the list, which takes the lock, before its memory is freed. One
        // that is being dropped has no references left and cannot be revived.
        address
            .as_ref()
            .and_then(|it| unsafe { it.0.as_ref() }.try_to_owned())
    };
    tasks.iter().filter_map(alive).collect()
}

/// A forked child has none of its parent's tasks.
pub(super) fn forget_after_fork() {
    // The seats stay taken: their tasks give them back when they are dropped.
    TASKS.lock().fill_with(|| None);
}
