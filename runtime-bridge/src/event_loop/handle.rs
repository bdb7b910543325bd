//! A scheduled callback.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, ReentrantMutex, ReentrantMutexGuard};
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::common::hash::{PyHash, hash_pointer};
use rustpython_vm::function::{FuncArgs, PyComparisonValue};
use rustpython_vm::types::{Comparable, Hashable, PyComparisonOp, Representable};
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
};

use super::EventLoopCore;
use crate::asyncio::{Ready, attribute, ends_the_loop};
use crate::contextvars::{Context, Entered};

/// What `call_soon`, `call_later` and `call_at` return: `cancel()` keeps the callback from being
/// called.
#[pyclass(module = "_runtime_bridge", name = "Handle")]
#[derive(PyPayload)]
pub(crate) struct Handle {
    call: Mutex<Option<Arc<Call>>>,
    cancelled: AtomicBool,
    scheduled: AtomicBool,
    kind: Kind,
    event_loop: PyObjectRef,
}

/// Which of asyncio's handles it is.
pub(super) enum Kind {
    Soon,
    /// Of `call_soon_threadsafe`: while the callback runs, other threads wait to cancel it.
    SoonThreadsafe(ReentrantMutex<()>),
    /// Due at this time of the loop, in seconds.
    At(f64),
}

impl Kind {
    fn class_name(&self) -> &'static str {
        match self {
            Self::Soon => "Handle",
            Self::SoonThreadsafe(_) => "_ThreadSafeHandle",
            Self::At(_) => "TimerHandle",
        }
    }
}

/// A callback, its arguments and the context to run it in.
pub(super) struct Call {
    pub(super) callback: PyObjectRef,
    pub(super) args: Vec<PyObjectRef>,
    pub(super) context: PyObjectRef,
}

impl Call {
    fn invoke(&self, vm: &VirtualMachine) -> PyResult {
        if let Some(context) = self.context.downcast_ref::<Context>() {
            let _entered = Entered::new(context, vm)?;
            return self.callback.call(FuncArgs::from(self.args.clone()), vm);
        }
        let mut args = Vec::with_capacity(self.args.len() + 1);
        args.push(self.callback.clone());
        args.extend_from_slice(&self.args);
        vm.call_method(&self.context, "run", FuncArgs::from(args))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

impl Handle {
    fn due(&self) -> Option<f64> {
        match self.kind {
            Kind::At(when) => Some(when),
            Kind::Soon | Kind::SoonThreadsafe(_) => None,
        }
    }

    /// For a handle of `call_soon_threadsafe`: waits until its callback does not run in another
    /// thread, and keeps it from starting there.
    fn lock(&self, vm: &VirtualMachine) -> Option<ReentrantMutexGuard<'_, ()>> {
        match &self.kind {
            Kind::SoonThreadsafe(lock) => Some(
                lock.try_lock()
                    .unwrap_or_else(|| vm.allow_threads(|| lock.lock())),
            ),
            Kind::Soon | Kind::At(_) => None,
        }
    }

    fn same_call(&self, other: &Self) -> bool {
        let (own, other) = (self.call.lock().clone(), other.call.lock().clone());
        match (own, other) {
            (Some(own), Some(other)) => {
                own.callback.is(&other.callback)
                    && own.args.len() == other.args.len()
                    && own.args.iter().zip(&other.args).all(|(a, b)| a.is(b))
            }
            (None, None) => true,
            _ => false,
        }
    }

    pub(super) fn new(
        call: Call,
        kind: Kind,
        event_loop: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        let handle = Self {
            call: Mutex::new(Some(Arc::new(call))),
            cancelled: AtomicBool::new(false),
            scheduled: AtomicBool::new(matches!(kind, Kind::At(_))),
            kind,
            event_loop,
        };
        handle.into_ref(&vm.ctx)
    }

    /// A handle that shows what `ready` calls.
    pub(crate) fn of_ready(
        ready: Ready,
        event_loop: &PyObject,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        let (callback, args, context) = ready.into_call(vm);
        let call = Call {
            callback,
            args,
            context,
        };
        Self::new(call, Kind::Soon, event_loop.to_owned(), vm)
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
        let _lock = zelf.lock(vm);
        // Cancelling takes the call away, perhaps just before the lock was had.
        let Some(call) = zelf.call.lock().clone() else {
            return Ok(());
        };
        match call.invoke(vm) {
            Ok(_) => Ok(()),
            Err(exception) if ends_the_loop(&exception, vm) => Err(exception),
            Err(exception) => Self::report(zelf, exception, vm),
        }
    }

    /// Tells the loop's exception handler of what the callback raised.
    pub(crate) fn report(
        zelf: &Py<Self>,
        exception: PyBaseExceptionRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let message = format!("Exception in callback {}", zelf.describe(vm)?);
        let report = vm.ctx.new_dict();
        report.set_item("message", vm.ctx.new_str(message).into(), vm)?;
        report.set_item("exception", exception.into(), vm)?;
        report.set_item("handle", zelf.to_owned().into(), vm)?;
        vm.call_method(&zelf.event_loop, "call_exception_handler", (report,))?;
        Ok(())
    }

    /// The callback, the way that asyncio writes one: its name and where it is defined.
    fn describe(&self, vm: &VirtualMachine) -> PyResult<String> {
        let Some(call) = self.call.lock().clone() else {
            return Ok(String::new());
        };
        let args = vm.ctx.new_tuple(call.args.clone());
        let text = attribute("asyncio.format_helpers", "_format_callback_source", vm)?
            .call((call.callback.clone(), args), vm)?;
        Ok(text.str(vm)?.to_string())
    }
}

#[pyclass(
    with(Comparable, Hashable, Representable),
    flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Handle {
    /// Cancels the callback. Has no effect if it was called already.
    #[pymethod]
    fn cancel(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let _lock = zelf.lock(vm);
        let is_first = !zelf.cancelled.swap(true, Ordering::Relaxed);
        // Dropped outside the lock: what it owns may run Python code.
        let call = zelf.call.lock().take();
        drop(call);
        if is_first && zelf.scheduled.load(Ordering::Relaxed) {
            EventLoopCore::note_timer_cancelled(&zelf.event_loop, vm)?;
        }
        Ok(())
    }

    /// Whether the callback was cancelled.
    #[pymethod]
    fn cancelled(zelf: &Py<Self>, vm: &VirtualMachine) -> bool {
        let _lock = zelf.lock(vm);
        zelf.is_cancelled()
    }

    /// What isinstance() goes by: the class of asyncio that this stands for.
    #[pygetset]
    fn __class__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let name = zelf.kind.class_name();
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
    fn _context(zelf: &Py<Self>) -> Option<PyObjectRef> {
        Self::get_context(zelf)
    }

    #[pygetset]
    fn _source_traceback(_zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.none()
    }

    #[pygetset]
    fn _scheduled(zelf: &Py<Self>) -> bool {
        zelf.scheduled.load(Ordering::Relaxed)
    }

    /// The loop's time, in seconds, at which the callback is due; None for call_soon.
    #[pymethod]
    fn when(zelf: &Py<Self>) -> Option<f64> {
        zelf.due()
    }

    /// The context in which the callback will run.
    #[pymethod]
    fn get_context(zelf: &Py<Self>) -> Option<PyObjectRef> {
        zelf.call.lock().as_ref().map(|call| call.context.clone())
    }

    #[pymethod]
    fn _run(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        Self::run(zelf, vm)
    }
}

impl Representable for Handle {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let mut text = format!("<{}", zelf.kind.class_name());
        if zelf.is_cancelled() {
            text.push_str(" cancelled");
        }
        if let Some(when) = zelf.due() {
            text.push_str(&format!(" when={when}"));
        }
        let callback = zelf.describe(vm)?;
        if !callback.is_empty() {
            text.push_str(&format!(" {callback}"));
        }
        text.push('>');
        Ok(text)
    }
}

impl Hashable for Handle {
    fn hash(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyHash> {
        match zelf.due() {
            Some(when) => vm.ctx.new_float(when).as_object().hash(vm),
            None => Ok(hash_pointer(zelf.as_object().get_id())),
        }
    }
}

/// Timers are ordered by their times, as asyncio.TimerHandle is.
impl Comparable for Handle {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        _vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        let same = zelf.is(other);
        let Some(other) = other.downcast_ref::<Self>() else {
            return Ok(PyComparisonValue::NotImplemented);
        };
        let (Some(when), Some(other_when)) = (zelf.due(), other.due()) else {
            return op.eq_only(|| Ok(PyComparisonValue::Implemented(same)));
        };
        let equal = same || (when == other_when && zelf.same_call(other));
        let result = match op {
            PyComparisonOp::Eq => equal,
            PyComparisonOp::Ne => !equal,
            PyComparisonOp::Lt => when < other_when,
            PyComparisonOp::Le => when < other_when || equal,
            PyComparisonOp::Gt => when > other_when,
            PyComparisonOp::Ge => when > other_when || equal,
        };
        Ok(PyComparisonValue::Implemented(result))
    }
}
