//! The future-like object that a task blocks on while a native coroutine is pending.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use rustpython_vm::common::lock::PyMutex;
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::{
    AsObject as _, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    function::PySetterValue, pyclass,
};

use crate::asyncio::{Callback, Callbacks, ContextRef, LoopRef, Ready, cancelled_error};
use crate::contextvars;

/// What a pending native coroutine yields to its task: enough of asyncio's Future protocol for a
/// task to block on it and to cancel it. It is never the result of anything.
#[pyclass(module = "_runtime_bridge", name = "Waiter", traverse = "manual")]
#[derive(PyPayload)]
pub(crate) struct Waiter {
    blocking: AtomicBool,
    cancelled: AtomicBool,
    event_loop: LoopRef,
    callbacks: PyMutex<Callbacks>,
    /// Of the cancellation.
    message: PyMutex<Option<PyObjectRef>>,
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for Waiter {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        visit(self.event_loop.as_object());
        self.callbacks.traverse(visit);
        self.message.traverse(visit);
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiter")
    }
}

#[derive(FromArgs)]
struct CallbackArgs {
    #[pyarg(positional)]
    function: PyObjectRef,
    #[pyarg(named, optional)]
    context: Option<PyObjectRef>,
}

#[derive(FromArgs)]
struct CancelArgs {
    #[pyarg(any, optional)]
    msg: Option<PyObjectRef>,
}

impl Waiter {
    /// A waiter on the loop that runs now.
    pub(crate) fn new(vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let event_loop = vm
            .asyncio_running_loop
            .borrow()
            .clone()
            .ok_or_else(|| vm.new_runtime_error("no running event loop"))?;
        let waiter = Self {
            blocking: AtomicBool::new(true),
            cancelled: AtomicBool::new(false),
            event_loop: LoopRef::from(event_loop),
            callbacks: PyMutex::default(),
            message: PyMutex::default(),
        };
        Ok(waiter.into_ref(&vm.ctx))
    }

    /// Whether it can be yielded once more.
    pub(crate) fn is_reusable(&self) -> bool {
        !self.is_cancelled() && self.callbacks.lock().is_empty()
    }

    /// Whether a task blocks on it.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.is_cancelled() && !self.callbacks.lock().is_empty()
    }

    pub(crate) fn set_blocking(&self) {
        self.blocking.store(true, Ordering::Relaxed);
    }

    /// Whether it was yielded to be waited for; it is not any more.
    pub(crate) fn take_blocking(&self) -> bool {
        self.blocking.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn is_of(&self, event_loop: &PyObject) -> bool {
        self.event_loop.as_object().is(event_loop)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn cancel_message(&self) -> Option<PyObjectRef> {
        self.message.lock().clone()
    }

    pub(crate) fn add_callback(&self, callback: Callback) {
        self.callbacks.lock().add(callback);
    }

    /// Resumes whoever waits, at once and in order.
    pub(crate) fn fire(zelf: &PyRef<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let callbacks = zelf.callbacks.lock().take();
        for callback in callbacks {
            Ready::done(callback, zelf.clone().into())
                .run_reporting(zelf.event_loop.as_object(), vm)?;
        }
        Ok(())
    }

    /// Schedules the callbacks, which find the waiter cancelled. A wake-up that was already on its
    /// way then finds nobody to resume. False if it was cancelled before.
    pub(crate) fn cancel_with(
        zelf: &Py<Self>,
        message: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<bool> {
        if zelf.cancelled.swap(true, Ordering::Relaxed) {
            return Ok(false);
        }
        *zelf.message.lock() = message;
        let callbacks = zelf.callbacks.lock().take();
        for callback in callbacks {
            let ready = Ready::done(callback, zelf.to_owned().into());
            zelf.event_loop.push(ready, vm)?;
        }
        Ok(true)
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl Waiter {
    #[pygetset]
    fn _asyncio_future_blocking(zelf: &Py<Self>) -> bool {
        zelf.blocking.load(Ordering::Relaxed)
    }

    #[pygetset(setter)]
    fn set__asyncio_future_blocking(zelf: &Py<Self>, value: PySetterValue<bool>) {
        if let PySetterValue::Assign(blocking) = value {
            zelf.blocking.store(blocking, Ordering::Relaxed);
        }
    }

    #[pymethod]
    fn get_loop(zelf: &Py<Self>) -> PyObjectRef {
        zelf.event_loop.as_object().to_owned()
    }

    #[pymethod]
    fn add_done_callback(zelf: &Py<Self>, args: CallbackArgs, vm: &VirtualMachine) {
        let context = match args.context {
            Some(context) => ContextRef::from(context),
            None => ContextRef::Native(contextvars::copy_current(vm)),
        };
        let function = args.function;
        zelf.add_callback(Callback::Function { function, context });
    }

    #[pymethod]
    fn remove_done_callback(zelf: &Py<Self>, function: PyObjectRef) -> usize {
        let mut callbacks = zelf.callbacks.lock();
        let (removed, kept): (Vec<_>, Vec<_>) = callbacks.take().partition(|it| it.is(&function));
        kept.into_iter().for_each(|it| callbacks.add(it));
        // Before `removed` is dropped, which may run Python code.
        drop(callbacks);
        removed.len()
    }

    #[pymethod]
    fn done(zelf: &Py<Self>) -> bool {
        zelf.is_cancelled()
    }

    #[pymethod]
    fn cancelled(zelf: &Py<Self>) -> bool {
        zelf.is_cancelled()
    }

    #[pymethod]
    fn result(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        if !zelf.is_cancelled() {
            return Ok(());
        }
        Err(cancelled_error(zelf.cancel_message(), vm))
    }

    #[pymethod]
    fn cancel(zelf: &Py<Self>, args: CancelArgs, vm: &VirtualMachine) -> PyResult<bool> {
        Self::cancel_with(zelf, args.msg, vm)
    }
}
