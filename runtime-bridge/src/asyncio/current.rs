//! The running loop and the current task of each thread.
//!
//! A thread sets its own all the time; other threads hardly ever ask. So each thread has a place of
//! its own, and a list of all places serves `current_task(loop)` for the loop of another thread.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyResult, VirtualMachine};

#[derive(Default)]
struct Place {
    running_loop: Option<PyObjectRef>,
    task: Option<PyObjectRef>,
}

static PLACES: Mutex<Vec<Weak<Mutex<Place>>>> = Mutex::new(Vec::new());

thread_local! {
    static PLACE: Arc<Mutex<Place>> = new_place();
}

fn new_place() -> Arc<Mutex<Place>> {
    let place = Arc::default();
    let mut places = PLACES.lock();
    places.retain(|it| it.strong_count() > 0);
    places.push(Arc::downgrade(&place));
    place
}

fn with_place<R>(f: impl FnOnce(&mut Place) -> R) -> R {
    PLACE.with(|place| f(&mut place.lock()))
}

/// The loop that runs on this thread.
pub(super) fn running_loop(vm: &VirtualMachine) -> Option<PyObjectRef> {
    vm.asyncio_running_loop.borrow().clone()
}

pub(super) fn set_running_loop(running_loop: Option<PyObjectRef>, vm: &VirtualMachine) {
    let of_place =
        with_place(|place| std::mem::replace(&mut place.running_loop, running_loop.clone()));
    let of_vm = vm.asyncio_running_loop.replace(running_loop);
    // Here no borrow is left: the last reference may run Python code.
    drop((of_place, of_vm));
}

/// Makes `task` the current one of this thread's loop, and returns the one that was.
pub(super) fn swap_task(task: Option<PyObjectRef>) -> Option<PyObjectRef> {
    with_place(|place| std::mem::replace(&mut place.task, task))
}

/// The task that runs on this thread now.
pub(crate) fn task() -> Option<PyObjectRef> {
    with_place(|place| place.task.clone())
}

/// The task that `event_loop` runs now, in whatever thread.
pub(super) fn task_of(event_loop: &PyObject, vm: &VirtualMachine) -> Option<PyObjectRef> {
    if running_loop(vm).is_some_and(|it| it.is(event_loop)) {
        return task();
    }
    let places: Vec<_> = PLACES.lock().iter().filter_map(Weak::upgrade).collect();
    places.iter().find_map(|place| {
        let place = place.lock();
        let runs_it = place
            .running_loop
            .as_ref()
            .is_some_and(|it| it.is(event_loop));
        runs_it.then(|| place.task.clone()).flatten()
    })
}

/// Makes `task` the current one. It must be of the loop that runs on this thread, and no other may
/// be current.
pub(super) fn enter_task(
    event_loop: &PyObject,
    task: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    check_running(event_loop, vm)?;
    let other = with_place(|place| match &place.task {
        Some(other) => Some(other.clone()),
        None => {
            place.task = Some(task.to_owned());
            None
        }
    });
    let Some(other) = other else { return Ok(()) };
    let message = format!(
        "Cannot enter into task {} while another task {} is being executed.",
        task.repr(vm)?,
        other.repr(vm)?
    );
    Err(vm.new_runtime_error(message))
}

/// Ends what [`enter_task`] began.
pub(super) fn leave_task(
    event_loop: &PyObject,
    task: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    check_running(event_loop, vm)?;
    let left = with_place(|place| {
        let is_current = place.task.as_ref().is_some_and(|it| it.is(task));
        is_current.then(|| place.task.take())
    });
    if left.is_some() {
        return Ok(());
    }
    let current = self::task().unwrap_or_else(|| vm.ctx.none());
    let message = format!(
        "Invalid attempt to leave task {} while task {} is entered.",
        task.repr(vm)?,
        current.repr(vm)?
    );
    Err(vm.new_runtime_error(message))
}

pub(super) fn check_running(event_loop: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if vm
        .asyncio_running_loop
        .borrow()
        .as_ref()
        .is_some_and(|it| it.is(event_loop))
    {
        return Ok(());
    }
    let message = format!("loop {} is not the running loop", event_loop.repr(vm)?);
    Err(vm.new_runtime_error(message))
}

/// A forked child runs no loop and no task, though it has a copy of the parent's thread.
pub(super) fn forget_after_fork(vm: &VirtualMachine) {
    set_running_loop(None, vm);
    drop(swap_task(None));
}
