//! A scheduled callback.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, function::FuncArgs,
    pyclass, types::Representable,
};

use super::EventLoopCore;

/// What `call_soon`, `call_later` and `call_at` return: `cancel()` keeps the callback from being
/// called.
#[pyclass(module = "_runtime_bridge", name = "Handle")]
#[derive(PyPayload)]
pub(crate) struct Handle {
    call: Mutex<Option<Call>>,
    cancelled: AtomicBool,
    scheduled: AtomicBool,
    when: Option<f64>,
    event_loop: PyObjectRef,
}

/// A callback, its arguments and the context to run it in; no context where the callee enters its
/// own, as a task's step does.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) callback: PyObjectRef,
    pub(crate) args: Vec<PyObjectRef>,
    pub(crate) context: Option<PyObjectRef>,
}

impl Call {
    fn invoke(self, vm: &VirtualMachine) -> PyResult {
        let Self {
            callback,
            args,
            context,
        } = self;
        match context {
            None => callback.call(FuncArgs::from(args), vm),
            Some(context) => {
                let mut run_args = Vec::with_capacity(args.len() + 1);
                run_args.push(callback);
                run_args.extend(args);
                vm.call_method(&context, "run", FuncArgs::from(run_args))
            }
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

impl Handle {
    pub(crate) fn new(
        call: Call,
        when: Option<f64>,
        event_loop: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        let handle = Self {
            call: Mutex::new(Some(call)),
            cancelled: AtomicBool::new(false),
            scheduled: AtomicBool::new(when.is_some()),
            when,
            event_loop,
        };
        handle.into_ref(&vm.ctx)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn set_due(&self) {
        self.scheduled.store(false, Ordering::Relaxed);
    }

    /// Calls the callback. An exception goes to the loop's exception handler, apart from
    /// `SystemExit` and `KeyboardInterrupt`, which end the loop.
    pub(crate) fn run(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let call = zelf.call.lock().take();
        Self::invoke(zelf, call, vm)
    }

    /// As [`run`](Self::run), for debug mode: the handle can tell afterwards what it called.
    pub(crate) fn run_and_keep(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let call = zelf.call.lock().clone();
        Self::invoke(zelf, call, vm)
    }

    fn invoke(zelf: &Py<Self>, call: Option<Call>, vm: &VirtualMachine) -> PyResult<()> {
        let Some(call) = call else {
            return Ok(());
        };
        let callback = call.callback.clone();
        let Err(exception) = call.invoke(vm) else {
            return Ok(());
        };
        let exceptions = &vm.ctx.exceptions;
        if exception.fast_isinstance(exceptions.keyboard_interrupt)
            || exception.fast_isinstance(exceptions.system_exit)
        {
            return Err(exception);
        }
        let message = format!("Exception in callback {}", callback.repr(vm)?);
        let report = vm.ctx.new_dict();
        report.set_item("message", vm.ctx.new_str(message).into(), vm)?;
        report.set_item("exception", exception.into(), vm)?;
        report.set_item("handle", zelf.to_owned().into(), vm)?;
        vm.call_method(&zelf.event_loop, "call_exception_handler", (report,))?;
        Ok(())
    }
}

#[pyclass(
    with(Representable),
    flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Handle {
    /// Cancels the callback. Has no effect if it was called already.
    #[pymethod]
    fn cancel(zelf: &Py<Self>) {
        let is_first = !zelf.cancelled.swap(true, Ordering::Relaxed);
        if is_first && zelf.scheduled.load(Ordering::Relaxed) {
            EventLoopCore::note_timer_cancelled(&zelf.event_loop);
        }
        // Dropped outside the lock: what it owns may run Python code.
        let call = zelf.call.lock().take();
        drop(call);
    }

    /// Whether the callback was cancelled.
    #[pymethod]
    fn cancelled(zelf: &Py<Self>) -> bool {
        zelf.is_cancelled()
    }

    /// What isinstance() goes by: the class of asyncio that this stands for.
    #[pygetset]
    fn __class__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let name = match zelf.when {
            Some(_) => "TimerHandle",
            None => "Handle",
        };
        let package = vm.import("asyncio.events", 0)?;
        package.get_attr("events", vm)?.get_attr(name, vm)
    }

    #[pygetset]
    fn _cancelled(zelf: &Py<Self>) -> bool {
        zelf.is_cancelled()
    }

    #[pygetset]
    fn _callback(zelf: &Py<Self>) -> Option<PyObjectRef> {
        zelf.call.lock().as_ref().map(|call| call.callback.clone())
    }

    #[pygetset]
    fn _args(zelf: &Py<Self>, vm: &VirtualMachine) -> Option<PyObjectRef> {
        let call = zelf.call.lock();
        call.as_ref()
            .map(|call| vm.ctx.new_tuple(call.args.clone()).into())
    }

    #[pygetset]
    fn _loop(zelf: &Py<Self>) -> PyObjectRef {
        zelf.event_loop.clone()
    }

    #[pygetset]
    fn _scheduled(zelf: &Py<Self>) -> bool {
        zelf.scheduled.load(Ordering::Relaxed)
    }

    /// The loop's time, in seconds, at which the callback is due; None for call_soon.
    #[pymethod]
    fn when(zelf: &Py<Self>) -> Option<f64> {
        zelf.when
    }

    /// The context in which the callback will run.
    #[pymethod]
    fn get_context(zelf: &Py<Self>) -> Option<PyObjectRef> {
        zelf.call
            .lock()
            .as_ref()
            .and_then(|call| call.context.clone())
    }

    #[pymethod]
    fn _run(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        Self::run(zelf, vm)
    }
}

impl Representable for Handle {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let mut text = String::from(if zelf.when.is_some() {
            "<TimerHandle"
        } else {
            "<Handle"
        });
        if zelf.is_cancelled() {
            text.push_str(" cancelled");
        }
        if let Some(when) = zelf.when {
            text.push_str(&format!(" when={when}"));
        }
        let callback = zelf.call.lock().as_ref().map(|call| call.callback.clone());
        if let Some(callback) = callback {
            text.push_str(&format!(" {}", callback.repr(vm)?));
        }
        text.push('>');
        Ok(text)
    }
}
