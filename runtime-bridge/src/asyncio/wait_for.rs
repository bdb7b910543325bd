//! What a task does with the object that its coroutine yielded.

use rustpython_vm::builtins::{PyBaseExceptionRef, PyGenerator};
use rustpython_vm::class::StaticType as _;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{
    AsObject as _, Py, PyObject, PyObjectRef, PyPayload as _, PyResult, VirtualMachine,
};

use super::errors::cancelled_error;
use super::outcome::{Callback, Outcome};
use super::ready::{LoopRef, Ready, TaskWakeup};
use super::{Future, Task, awaited_by};
use crate::waiter::Waiter;

/// What a task can wait for.
enum Awaited<'a> {
    /// Of a native coroutine that is pending.
    Waiter(&'a Py<Waiter>),
    /// A Future or a Task, of the class itself: no method is overridden.
    Future(&'a Py<Future>),
    Task(&'a Py<Task>),
    /// A subclass, or something else that follows the protocol of a future.
    Other(&'a PyObject),
}

impl<'a> From<&'a PyObject> for Awaited<'a> {
    fn from(object: &'a PyObject) -> Self {
        if let Some(waiter) = object.downcast_ref::<Waiter>() {
            return Self::Waiter(waiter);
        }
        let class = object.class();
        if class.is(Task::static_type())
            && let Some(task) = object.downcast_ref::<Task>()
        {
            return Self::Task(task);
        }
        if class.is(Future::static_type())
            && let Some(future) = object.downcast_ref::<Future>()
        {
            return Self::Future(future);
        }
        Self::Other(object)
    }
}

/// Has `task` wait for `yielded`; what cannot be waited for is thrown back into the coroutine.
pub(super) fn wait(
    task: &Py<Task>,
    event_loop: &LoopRef,
    yielded: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if vm.is_none(&yielded) {
        return event_loop.push(Ready::Step(task.to_owned(), None), vm);
    }
    let refused = match Awaited::from(&*yielded) {
        Awaited::Waiter(waiter) => wait_for_waiter(task, event_loop, waiter, vm)?,
        Awaited::Future(future) => wait_for_future(task, event_loop, future, vm)?,
        Awaited::Task(other) => wait_for_future(task, event_loop, Task::as_future(other), vm)?,
        Awaited::Other(other) => wait_for_other(task, event_loop, other, vm)?,
    };
    if let Some(message) = refused {
        let error = vm.new_runtime_error(message);
        return event_loop.push(Ready::Step(task.to_owned(), Some(error)), vm);
    }
    let must_cancel = {
        let mut fields = task.fields.lock();
        fields.waits_for = Some(yielded.clone());
        fields.must_cancel
    };
    if must_cancel {
        let message = task.base.core.lock().cancel_message.clone();
        if cancel(&yielded, message, vm)? {
            task.fields.lock().must_cancel = false;
        }
    }
    Ok(())
}

/// Why a task cannot wait for what its coroutine yielded.
type Refusal = Option<String>;

fn other_loop(task: &Py<Task>, awaited: &PyObject, vm: &VirtualMachine) -> PyResult<Refusal> {
    let (task, awaited) = (task.as_object().repr(vm)?, awaited.repr(vm)?);
    Ok(Some(format!(
        "Task {task} got Future {awaited} attached to a different loop"
    )))
}

fn not_blocking(task: &Py<Task>, awaited: &PyObject, vm: &VirtualMachine) -> PyResult<Refusal> {
    let (task, awaited) = (task.as_object().repr(vm)?, awaited.repr(vm)?);
    Ok(Some(format!(
        "yield was used instead of yield from in task {task} with {awaited}"
    )))
}

fn itself(task: &Py<Task>, vm: &VirtualMachine) -> PyResult<Refusal> {
    let task = task.as_object().repr(vm)?;
    Ok(Some(format!("Task cannot await on itself: {task}")))
}

fn wait_for_waiter(
    task: &Py<Task>,
    event_loop: &LoopRef,
    waiter: &Py<Waiter>,
    vm: &VirtualMachine,
) -> PyResult<Refusal> {
    if !waiter.is_of(event_loop.as_object()) {
        return other_loop(task, waiter.as_object(), vm);
    }
    if !waiter.take_blocking() {
        return not_blocking(task, waiter.as_object(), vm);
    }
    waiter.add_callback(Callback::Wakeup(task.to_owned()));
    Ok(None)
}

fn wait_for_future(
    task: &Py<Task>,
    event_loop: &LoopRef,
    future: &Py<Future>,
    vm: &VirtualMachine,
) -> PyResult<Refusal> {
    if !future.is_of(event_loop.as_object()) {
        return other_loop(task, future.as_object(), vm);
    }
    if !future.is_blocking() {
        return not_blocking(task, future.as_object(), vm);
    }
    if future.is(task) {
        return itself(task, vm);
    }
    future.core.lock().awaited_by.add(task.to_owned().into());
    future.set_blocking(false);
    Future::when_done(future, Callback::Wakeup(task.to_owned()), vm)?;
    Ok(None)
}

fn wait_for_other(
    task: &Py<Task>,
    event_loop: &LoopRef,
    awaited: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Refusal> {
    let blocking = vm.get_attribute_opt(awaited, "_asyncio_future_blocking")?;
    let Some(blocking) = blocking.filter(|it| !vm.is_none(it)) else {
        return bad_yield(task, awaited, vm);
    };
    if !loop_of(awaited, vm)?.is(event_loop.as_object()) {
        return other_loop(task, awaited, vm);
    }
    if !blocking.try_to_bool(vm)? {
        return not_blocking(task, awaited, vm);
    }
    if awaited.is(task) {
        return itself(task, vm);
    }
    awaited_by::add(awaited, task.to_owned().into());
    awaited.set_attr("_asyncio_future_blocking", vm.ctx.new_bool(false), vm)?;
    let wakeup = TaskWakeup::new(task.to_owned()).into_ref(&vm.ctx);
    let mut args = FuncArgs::from(vec![wakeup.into()]);
    let context = Task::context_object(task, vm);
    args.kwargs.insert("context".into(), context);
    vm.call_method(awaited, "add_done_callback", args)?;
    Ok(None)
}

fn bad_yield(task: &Py<Task>, yielded: &PyObject, vm: &VirtualMachine) -> PyResult<Refusal> {
    let (task_text, text) = (task.as_object().repr(vm)?, yielded.repr(vm)?);
    if yielded.downcast_ref::<PyGenerator>().is_some() {
        return Ok(Some(format!(
            "yield was used instead of yield from for generator in task {task_text} with {text}"
        )));
    }
    Ok(Some(format!("Task got bad yield: {text}")))
}

/// The loop of anything that follows the protocol of a future.
pub(super) fn loop_of(future: &PyObject, vm: &VirtualMachine) -> PyResult {
    match vm.get_attribute_opt(future, "get_loop")? {
        Some(get_loop) => get_loop.call((), vm),
        None => future.get_attr("_loop", vm),
    }
}

/// Cancels what a task waits for. False if it is over already.
pub(super) fn cancel(
    awaited: &PyObject,
    message: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<bool> {
    match Awaited::from(awaited) {
        Awaited::Waiter(waiter) => Waiter::cancel_with(waiter, message, vm),
        Awaited::Future(future) => Future::cancel_with(future, message, vm),
        Awaited::Task(task) => Task::request_cancel(task, message, vm),
        Awaited::Other(other) => {
            let mut args = FuncArgs::default();
            let message = message.unwrap_or_else(|| vm.ctx.none());
            args.kwargs.insert("msg".into(), message);
            vm.call_method(other, "cancel", args)?.try_to_bool(vm)
        }
    }
}

/// The error with which the future ended that `task` waited for.
pub(super) fn error_of(
    awaited: &PyObject,
    task: &Py<Task>,
    vm: &VirtualMachine,
) -> Option<PyBaseExceptionRef> {
    awaited_by::discard(awaited, task.as_object());
    match Awaited::from(awaited) {
        Awaited::Waiter(waiter) if waiter.is_cancelled() => {
            Some(cancelled_error(waiter.cancel_message(), vm))
        }
        Awaited::Waiter(_) => None,
        Awaited::Future(future) => error_of_future(future, vm),
        Awaited::Task(task) => error_of_future(Task::as_future(task), vm),
        Awaited::Other(other) => vm.call_method(other, "result", ()).err(),
    }
}

fn error_of_future(future: &Py<Future>, vm: &VirtualMachine) -> Option<PyBaseExceptionRef> {
    if matches!(future.core.lock().outcome, Outcome::Value(_)) {
        return None;
    }
    Future::take_result(future, vm).err()
}
