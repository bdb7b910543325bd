//! The future-like object that a task blocks on while a native coroutine is pending.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::PyTypeRef,
    function::{FuncArgs, PySetterValue},
    pyclass,
};

/// What a pending native coroutine yields to its task: enough of asyncio's Future protocol for a
/// task to block on it and to cancel it. It is never the result of anything.
#[pyclass(module = "_runtime_bridge", name = "Waiter")]
#[derive(PyPayload)]
pub(crate) struct Waiter {
    blocking: AtomicBool,
    cancelled: AtomicBool,
    event_loop: PyObjectRef,
    callbacks: Mutex<Vec<Callback>>,
    /// Of the cancellation.
    message: Mutex<Option<PyObjectRef>>,
}

struct Callback {
    function: PyObjectRef,
    context: Option<PyObjectRef>,
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
            event_loop,
            callbacks: Mutex::default(),
            message: Mutex::default(),
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

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Resumes whoever waits, at once and in order.
    pub(crate) fn fire(zelf: &PyRef<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let callbacks = std::mem::take(&mut *zelf.callbacks.lock());
        for Callback { function, context } in callbacks {
            match context {
                None => function.call((zelf.clone(),), vm)?,
                Some(context) => vm.call_method(&context, "run", (function, zelf.clone()))?,
            };
        }
        Ok(())
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
        zelf.event_loop.clone()
    }

    #[pymethod]
    fn add_done_callback(zelf: &Py<Self>, args: CallbackArgs) {
        let CallbackArgs { function, context } = args;
        zelf.callbacks.lock().push(Callback { function, context });
    }

    #[pymethod]
    fn remove_done_callback(zelf: &Py<Self>, function: PyObjectRef) -> usize {
        let mut callbacks = zelf.callbacks.lock();
        let (removed, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut *callbacks)
            .into_iter()
            .partition(|callback| callback.function.is(&function));
        *callbacks = kept;
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
        let class: PyTypeRef = vm
            .import("asyncio.exceptions", 0)?
            .get_attr("CancelledError", vm)?
            .try_into_value(vm)?;
        let message = zelf.message.lock().clone().filter(|it| !vm.is_none(it));
        Err(vm.new_exception(class, message.into_iter().collect()))
    }

    /// Schedules the callbacks, which find the waiter cancelled. A wake-up that was already on its
    /// way then finds nobody to resume.
    #[pymethod]
    fn cancel(zelf: &Py<Self>, args: CancelArgs, vm: &VirtualMachine) -> PyResult<bool> {
        if zelf.cancelled.swap(true, Ordering::Relaxed) {
            return Ok(false);
        }
        *zelf.message.lock() = args.msg;
        let callbacks = std::mem::take(&mut *zelf.callbacks.lock());
        for Callback { function, context } in callbacks {
            let mut args = FuncArgs::from(vec![function, zelf.to_owned().into()]);
            if let Some(context) = context {
                args.kwargs.insert("context".into(), context);
            }
            vm.call_method(&zelf.event_loop, "call_soon", args)?;
        }
        Ok(true)
    }
}
