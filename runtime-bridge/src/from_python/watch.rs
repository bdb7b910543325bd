//! The future that an in-line await is blocked on, where the task cannot be the one to block.

use std::sync::Arc;
use std::task::Waker;

use rustpython_vm::{
    AsObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyBaseExceptionRef,
    function::FuncArgs,
};

use crate::asyncio::{current_task, is_cancelled_error};
use crate::from_python::delivery::Delivery;
use crate::waiter::Waiter;

const BLOCKING: &str = "_asyncio_future_blocking";

/// A future whose end wakes the coroutine.
pub(crate) struct Watch {
    future: PyObjectRef,
    delivery: Arc<Delivery>,
    callback: PyObjectRef,
    /// Of the await, if it is not the coroutine's own.
    waker: Option<Waker>,
    /// The cancellation that the future was given, and that has not come back yet.
    passed_on: Option<PyBaseExceptionRef>,
}

impl Watch {
    /// Blocks on `future` as a task does; nothing if a task would refuse it.
    pub(crate) fn new(
        future: &PyObjectRef,
        waker: Option<Waker>,
        root: &Waker,
        vm: &VirtualMachine,
    ) -> Option<Self> {
        if !can_be_awaited(future, vm).unwrap_or(false) {
            return None;
        }
        let delivery = Delivery::to(waker.as_ref().unwrap_or(root).clone());
        let callback = delivery.subscribe(future, vm).ok()?;
        unblock(future, vm);
        Some(Self {
            future: future.clone(),
            delivery,
            callback,
            waker,
            passed_on: None,
        })
    }

    pub(crate) fn future(&self) -> &PyObjectRef {
        &self.future
    }

    pub(crate) fn take(&self, waker: &Waker) -> Option<PyResult> {
        self.delivery.take(waker)
    }

    /// As a task that is cancelled cancels what it waits for. False if the exception is none that
    /// could be passed on, or comes too late: it is to be thrown in.
    pub(crate) fn pass_on(&mut self, exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> bool {
        if !is_cancelled_error(exception, vm) || self.delivery.has_arrived() {
            return false;
        }
        let message: Vec<PyObjectRef> = exception.get_arg(0).into_iter().collect();
        let cancelled = vm
            .call_method(&self.future, "cancel", FuncArgs::from(message))
            .and_then(|it| it.try_to_bool(vm));
        let is_passed_on = cancelled.unwrap_or(false);
        if is_passed_on {
            self.passed_on = Some(exception.clone());
        }
        is_passed_on
    }

    pub(crate) fn take_passed_on(&mut self) -> Option<PyBaseExceptionRef> {
        self.passed_on.take()
    }

    /// Stops watching, and wakes the await if only its own waker gets it polled.
    pub(crate) fn end(self, vm: &VirtualMachine) {
        self.delivery.abandon();
        // A future that keeps its callbacks to itself calls one that does nothing.
        drop(vm.call_method(&self.future, "remove_done_callback", (self.callback,)));
        if let Some(waker) = self.waker {
            waker.wake();
        }
    }
}

/// Tells a future that what it yielded itself to has taken note. Nothing for what is no future.
pub(crate) fn unblock(future: &PyObjectRef, vm: &VirtualMachine) {
    if is_blocking(future, vm).unwrap_or(false) {
        // A future that refuses can be awaited once only, as it wants.
        drop(future.set_attr(BLOCKING, vm.ctx.new_bool(false), vm));
    }
}

fn is_blocking(future: &PyObjectRef, vm: &VirtualMachine) -> PyResult<bool> {
    let blocking = vm.get_attribute_opt(future, vm.ctx.intern_str(BLOCKING))?;
    blocking.map_or(Ok(false), |it| it.try_to_bool(vm))
}

/// What asyncio's Task checks before it blocks on what a coroutine yielded.
fn can_be_awaited(future: &PyObjectRef, vm: &VirtualMachine) -> PyResult<bool> {
    if current_task().is_some_and(|task| task.is(future)) || !is_blocking(future, vm)? {
        return Ok(false);
    }
    let event_loop = vm.call_method(future, "get_loop", ())?;
    let running = vm.asyncio_running_loop.borrow().clone();
    Ok(running.is_some_and(|running| running.is(&event_loop)))
}

/// Whether a task blocks on it still.
pub(crate) fn is_busy(future: &PyObjectRef, vm: &VirtualMachine) -> bool {
    if let Some(waiter) = future.downcast_ref::<Waiter>() {
        return waiter.is_awaited();
    }
    if vm.is_none(future) {
        return false;
    }
    let is_done = || {
        let done = vm.get_attribute_opt(future, vm.ctx.intern_str("done"))?;
        done.map_or(Ok(true), |done| done.call((), vm)?.try_to_bool(vm))
    };
    !is_done().unwrap_or(true)
}
