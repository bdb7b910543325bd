//! One step of a task: the coroutine runs until it yields, returns or raises.

use rustpython_vm::builtins::{PyBaseExceptionRef, PyCoroutine, PyGenerator};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::protocol::PyIterReturn;
use rustpython_vm::{AsObject, Py, PyObject, PyRef, PyResult, VirtualMachine};

use super::errors::{ends_the_loop, invalid_state, is_cancelled_error};
use super::outcome::{ContextRef, Outcome};
use super::ready::{LoopRef, Ready};
use super::task::Task;
use super::{Future, current, wait_for};
use crate::Coroutine;
use crate::contextvars::Entered;

impl Task {
    /// A step in the task's own context.
    pub(crate) fn step_in_context(
        zelf: &PyRef<Self>,
        thrown: Option<PyBaseExceptionRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        match Self::context(zelf, vm)? {
            ContextRef::Native(context) => {
                let _entered = Entered::new(&context, vm)?;
                Self::step(zelf, thrown, vm)
            }
            ContextRef::Other(_) => run_elsewhere(Ready::Step(zelf.clone(), thrown), vm),
        }
    }

    /// [`wake`](Self::wake) in the task's own context.
    pub(crate) fn wake_in_context(
        zelf: &PyRef<Self>,
        awaited: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        match Self::context(zelf, vm)? {
            ContextRef::Native(context) => {
                let _entered = Entered::new(&context, vm)?;
                Self::wake(zelf, awaited, vm)
            }
            ContextRef::Other(_) => {
                run_elsewhere(Ready::Wakeup(zelf.clone(), awaited.to_owned()), vm)
            }
        }
    }

    fn context(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<ContextRef> {
        let context = zelf.fields.lock().context.clone();
        context.ok_or_else(|| vm.new_runtime_error("Task object is not initialized."))
    }

    /// The future that the task waited for is done: the task goes on, with its error thrown in if
    /// it failed.
    pub(crate) fn wake(zelf: &Py<Self>, awaited: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
        let thrown = wait_for::error_of(awaited, zelf, vm);
        Self::step(zelf, thrown, vm)
    }

    /// Lets the coroutine run to its next suspension, with `thrown` raised in it if there is one.
    pub(crate) fn step(
        zelf: &Py<Self>,
        thrown: Option<PyBaseExceptionRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let event_loop = zelf.base.event_loop(vm)?;
        current::enter_task(event_loop.as_object(), zelf.as_object(), vm)?;
        let result = Self::step_entered(zelf, &event_loop, thrown, vm);
        let left = current::leave_task(event_loop.as_object(), zelf.as_object(), vm);
        result.and(left)
    }

    /// The first step, inside the caller, of a task that is made with `eager_start`.
    pub(super) fn start_eagerly(
        zelf: &Py<Self>,
        event_loop: &LoopRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        current::check_running(event_loop.as_object(), vm)?;
        let ContextRef::Native(context) = Self::context(zelf, vm)? else {
            return Err(vm.new_type_error("a task that starts eagerly needs a contextvars.Context"));
        };
        let entered = Entered::new(&context, vm)?;
        let before = current::swap_task(Some(zelf.to_owned().into()));
        Self::register(zelf);
        let result = Self::step_entered(zelf, event_loop, None, vm);
        drop(entered);
        let own = current::swap_task(before);
        drop(own);
        if !zelf.base.is_pending() {
            Self::unregister(zelf);
            let coroutine = zelf.fields.lock().coroutine.take();
            drop(coroutine);
        }
        result
    }

    fn step_entered(
        zelf: &Py<Self>,
        event_loop: &LoopRef,
        thrown: Option<PyBaseExceptionRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        if !zelf.base.is_pending() {
            let thrown = thrown.map_or_else(|| vm.ctx.none(), Into::into);
            let (task, thrown) = (zelf.as_object().repr(vm)?, thrown.repr(vm)?);
            let message = format!("__step(): already done: {task}, {thrown}");
            return Err(invalid_state(&message, vm));
        }
        let thrown = Self::with_requested_cancellation(zelf, thrown, vm);
        let (coroutine, waited_for) = {
            let mut fields = zelf.fields.lock();
            (fields.coroutine.clone(), fields.waits_for.take())
        };
        drop(waited_for);
        let Some(coroutine) = coroutine else {
            return Err(vm.new_runtime_error("Task object is not initialized."));
        };
        match resume(&coroutine, thrown, vm) {
            Ok(PyIterReturn::Return(yielded)) => wait_for::wait(zelf, event_loop, yielded, vm),
            Ok(PyIterReturn::StopIteration(value)) => {
                let value = value.unwrap_or_else(|| vm.ctx.none());
                Self::finish_with_value(zelf, Outcome::Value(value), vm)
            }
            Err(exception) => Self::finish_with_error(zelf, exception, vm),
        }
    }

    /// A cancellation that was requested while nothing was awaited takes the place of any other
    /// exception.
    fn with_requested_cancellation(
        zelf: &Py<Self>,
        thrown: Option<PyBaseExceptionRef>,
        vm: &VirtualMachine,
    ) -> Option<PyBaseExceptionRef> {
        if !std::mem::take(&mut zelf.fields.lock().must_cancel) {
            return thrown;
        }
        match thrown {
            Some(thrown) if is_cancelled_error(&thrown, vm) => Some(thrown),
            _ => Some(zelf.base.make_cancelled_error(vm)),
        }
    }

    fn finish_with_value(zelf: &Py<Self>, value: Outcome, vm: &VirtualMachine) -> PyResult<()> {
        Self::unregister(zelf);
        let future = Self::as_future(zelf);
        // Cancelled right before it returned.
        let cancelled = std::mem::take(&mut zelf.fields.lock().must_cancel);
        let outcome = if cancelled { Outcome::Cancelled } else { value };
        Future::finish(future, outcome, vm).map(drop)
    }

    fn finish_with_error(
        zelf: &Py<Self>,
        exception: PyBaseExceptionRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        Self::unregister(zelf);
        let future = Self::as_future(zelf);
        if is_cancelled_error(&exception, vm) {
            let old = future.core.lock().cancelled_error.replace(exception);
            drop(old);
            return Future::finish(future, Outcome::Cancelled, vm).map(drop);
        }
        let traceback = exception.traceback();
        let outcome = Outcome::Exception(exception.clone(), traceback);
        Future::finish(future, outcome, vm)?;
        if ends_the_loop(&exception, vm) {
            return Err(exception);
        }
        Ok(())
    }
}

/// Runs a step in a context that only its own `run` method can enter.
fn run_elsewhere(ready: Ready, vm: &VirtualMachine) -> PyResult<()> {
    let (function, args, context) = ready.into_call(vm);
    let mut call = vec![function];
    call.extend(args);
    vm.call_method(&context, "run", FuncArgs::from(call))
        .map(drop)
}

/// Sends None, or throws: natively where the coroutine is one that we know.
fn resume(
    coroutine: &PyObject,
    thrown: Option<PyBaseExceptionRef>,
    vm: &VirtualMachine,
) -> PyResult<PyIterReturn> {
    if let Some(native) = coroutine.downcast_ref::<Coroutine>() {
        return native.step(thrown.map_or_else(|| Ok(vm.ctx.none()), Err), vm);
    }
    let none = || vm.ctx.none();
    let known = match coroutine.downcast_ref::<PyCoroutine>() {
        Some(coroutine) => Some(coroutine.as_coro()),
        None => coroutine
            .downcast_ref::<PyGenerator>()
            .map(|generator| generator.as_coro()),
    };
    match (known, thrown) {
        (Some(known), None) => known.send(coroutine, none(), vm),
        (Some(known), Some(thrown)) => known.throw(coroutine, thrown.into(), none(), none(), vm),
        (None, None) => {
            PyIterReturn::from_pyresult(vm.call_method(coroutine, "send", (none(),)), vm)
        }
        (None, Some(thrown)) => {
            PyIterReturn::from_pyresult(vm.call_method(coroutine, "throw", (thrown,)), vm)
        }
    }
}
