//! The class Future.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use rustpython_vm::builtins::{
    PyBaseException, PyBaseExceptionRef, PyGenericAlias, PyType, PyTypeRef,
};
use rustpython_vm::class::StaticType as _;
use rustpython_vm::common::lock::PyMutex;
use rustpython_vm::function::{FuncArgs, PySetterValue};
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::types::{Constructor, Destructor, Initializer, Iterable, Representable};
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    pyclass,
};

use super::errors::{attribute, invalid_state};
use super::future_iter::FutureIter;
use super::module::default_loop;
use super::outcome::{Callback, ContextRef, Core, Outcome};
use super::ready::{LoopRef, TaskWakeup, child_done};
use super::task::Task;
use crate::contextvars;

/// A result that is not there yet: Future(*, loop=None).
///
/// Not thread-safe. Callbacks are always called through the event loop's call_soon().
#[pyclass(module = "_asyncio", name = "Future", traverse = "manual")]
#[derive(PyPayload)]
pub(crate) struct Future {
    pub(super) core: PyMutex<Core>,
    pub(super) blocking: AtomicBool,
    /// Set while there is an exception that nobody has seen.
    pub(super) unretrieved: AtomicBool,
}

impl fmt::Debug for Future {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Future")
    }
}

// SAFETY: `Core` visits each object that it owns once.
unsafe impl Traverse for Future {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.core.traverse(visit);
    }

    fn clear(&mut self, out: &mut Vec<PyObjectRef>) {
        self.core.get_mut().clear(out);
    }
}

#[derive(FromArgs)]
pub(super) struct CallbackArgs {
    #[pyarg(positional, name = "fn")]
    function: PyObjectRef,
    #[pyarg(named, optional)]
    context: Option<PyObjectRef>,
}

#[derive(FromArgs)]
pub(super) struct CancelArgs {
    #[pyarg(any, optional)]
    pub(super) msg: Option<PyObjectRef>,
}

#[derive(FromArgs)]
pub(crate) struct LoopArgs {
    #[pyarg(named, name = "loop", optional)]
    event_loop: Option<PyObjectRef>,
}

/// Most futures are over without anything to report: finalizing them is not worth attaching to the
/// interpreter.
pub(super) fn skip_needless_finalizers() {
    let needed = |object: &PyObject| {
        object
            .downcast_ref::<Future>()
            .is_none_or(|future| future.unretrieved.load(Ordering::Relaxed))
    };
    Future::static_type().slots().del_needed.store(Some(needed));
    super::task::skip_needless_finalizers();
}

impl Future {
    pub(super) fn new(event_loop: Option<LoopRef>) -> Self {
        Self {
            core: PyMutex::new(Core::new(event_loop)),
            blocking: AtomicBool::new(false),
            unretrieved: AtomicBool::new(false),
        }
    }

    /// A pending future of `event_loop`.
    pub(crate) fn on_loop(event_loop: LoopRef, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let debug = event_loop.debug(vm)?;
        let future = Self::new(Some(event_loop)).into_ref(&vm.ctx);
        if debug {
            future.core.lock().source_traceback = Some(extract_stack(vm)?);
        }
        Ok(future)
    }

    /// What `__init__` does, also when it is called again.
    pub(super) fn initialize(
        &self,
        event_loop: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let event_loop = match event_loop.filter(|it| !vm.is_none(it)) {
            Some(event_loop) => event_loop,
            None => default_loop(vm)?,
        };
        let event_loop = LoopRef::from(event_loop);
        let debug = event_loop.debug(vm)?;
        let mut core = Core::new(Some(event_loop));
        if debug {
            core.source_traceback = Some(extract_stack(vm)?);
        }
        let old = std::mem::replace(&mut *self.core.lock(), core);
        self.blocking.store(false, Ordering::Relaxed);
        self.unretrieved.store(false, Ordering::Relaxed);
        drop(old);
        Ok(())
    }
}

/// Where the calling script is.
fn extract_stack(vm: &VirtualMachine) -> PyResult {
    attribute("asyncio.format_helpers", "extract_stack", vm)?.call((), vm)
}

/// The exception object that `set_exception` was given or told to make.
fn as_exception(exception: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyBaseExceptionRef> {
    let exception = if exception.fast_isinstance(vm.ctx.types.type_type) {
        exception.call((), vm)?
    } else {
        exception
    };
    let exception: PyRef<PyBaseException> = exception.downcast().map_err(|other| {
        let found = other.class().name().to_string();
        vm.new_type_error(format!("exception must be a BaseException, not {found}"))
    })?;
    if !exception.fast_isinstance(vm.ctx.exceptions.stop_iteration) {
        return Ok(exception);
    }
    let message =
        "StopIteration interacts badly with generators and cannot be raised into a Future";
    let wrapped = vm.new_runtime_error(message);
    wrapped.set_cause(Some(exception.clone()));
    wrapped.set_context(Some(exception));
    Ok(wrapped)
}

#[pyclass(
    with(Constructor, Initializer, Destructor, Representable, Iterable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Future {
    /// Return the result this future represents.
    ///
    /// Raises CancelledError if the future was cancelled, InvalidStateError if there is no result
    /// yet, and the exception if one was set.
    #[pymethod]
    fn result(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        Self::take_result(zelf, vm)
    }

    /// Return the exception that was set on this future, or None if none was.
    ///
    /// Raises CancelledError if the future was cancelled, InvalidStateError if it is not done.
    #[pymethod]
    fn exception(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        match zelf.outcome() {
            Outcome::Value(_) => Ok(vm.ctx.none()),
            Outcome::Exception(exception, _) => {
                zelf.set_retrieved();
                Ok(exception.into())
            }
            Outcome::Cancelled => Err(zelf.make_cancelled_error(vm)),
            Outcome::Pending => Err(invalid_state("Exception is not set.", vm)),
        }
    }

    /// Mark the future done and set its result. InvalidStateError if it is done already.
    #[pymethod]
    fn set_result(zelf: &Py<Self>, result: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        Self::finish_pending(zelf, Outcome::Value(result), vm)
    }

    /// Mark the future done and set an exception. InvalidStateError if it is done already.
    #[pymethod]
    fn set_exception(zelf: &Py<Self>, exception: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        Self::check_pending(zelf, vm)?;
        let exception = as_exception(exception, vm)?;
        let traceback = exception.traceback();
        Self::finish_pending(zelf, Outcome::Exception(exception, traceback), vm)
    }

    /// Call `fn(future)` through call_soon() when the future is done.
    #[pymethod]
    fn add_done_callback(zelf: &Py<Self>, args: CallbackArgs, vm: &VirtualMachine) -> PyResult<()> {
        zelf.event_loop(vm)?;
        let context = match args.context {
            Some(context) => ContextRef::from(context),
            None => ContextRef::Native(contextvars::copy_current(vm)),
        };
        let function = args.function;
        Self::when_done(zelf, Callback::Function { function, context }, vm)
    }

    /// Remove all instances of a callback, and return how many there were.
    #[pymethod]
    fn remove_done_callback(
        zelf: &Py<Self>,
        function: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<usize> {
        zelf.event_loop(vm)?;
        let before: Vec<_> = zelf.core.lock().callbacks.take().collect();
        let (mut kept, mut removed) = (Vec::new(), Vec::new());
        let mut failure = None;
        for callback in before {
            // An `__eq__` may be anything, even a call of this method.
            let same = match (&callback, &failure) {
                (Callback::Function { function: it, .. }, None) => {
                    vm.identical_or_equal(it, &function)
                }
                (Callback::Wakeup(task), None) => Ok(TaskWakeup::is_of(&function, task)),
                _ => Ok(false),
            };
            match same {
                Ok(true) => removed.push(callback),
                Ok(false) => kept.push(callback),
                Err(error) => {
                    failure = Some(error);
                    kept.push(callback);
                }
            }
        }
        Self::put_back(zelf, kept, vm)?;
        failure.map_or(Ok(removed.len()), Err)
    }

    /// Cancel the future and schedule its callbacks. Returns False if it is done already.
    #[pymethod]
    fn cancel(zelf: &Py<Self>, args: CancelArgs, vm: &VirtualMachine) -> PyResult<bool> {
        zelf.event_loop(vm)?;
        Self::cancel_with(zelf, args.msg, vm)
    }

    /// Return True if the future was cancelled.
    #[pymethod]
    fn cancelled(zelf: &Py<Self>) -> bool {
        matches!(zelf.core.lock().outcome, Outcome::Cancelled)
    }

    /// Return True if the future is done: it has a result or an exception, or was cancelled.
    #[pymethod]
    fn done(zelf: &Py<Self>) -> bool {
        !zelf.is_pending()
    }

    /// Return the event loop the future is bound to.
    #[pymethod]
    fn get_loop(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        Ok(zelf.event_loop(vm)?.into_object())
    }

    #[pymethod]
    fn _make_cancelled_error(zelf: &Py<Self>, vm: &VirtualMachine) -> PyBaseExceptionRef {
        zelf.make_cancelled_error(vm)
    }

    #[pymethod]
    fn __await__(zelf: PyRef<Self>) -> FutureIter {
        FutureIter::new(zelf)
    }

    #[pyclassmethod]
    fn __class_getitem__(
        class: PyTypeRef,
        item: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyGenericAlias> {
        PyGenericAlias::from_args(class, item, vm)
    }

    #[pygetset]
    fn _state(zelf: &Py<Self>) -> &'static str {
        zelf.core.lock().outcome.name()
    }

    #[pygetset]
    fn _asyncio_future_blocking(zelf: &Py<Self>) -> bool {
        zelf.is_blocking()
    }

    #[pygetset(setter)]
    fn set__asyncio_future_blocking(
        zelf: &Py<Self>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let PySetterValue::Assign(value) = value else {
            return Err(vm.new_attribute_error("cannot delete attribute"));
        };
        let blocking = value.try_to_bool(vm)?;
        zelf.set_blocking(blocking);
        Ok(())
    }

    #[pygetset]
    fn _loop(zelf: &Py<Self>) -> Option<PyObjectRef> {
        let event_loop = zelf.core.lock().event_loop.clone();
        event_loop.map(LoopRef::into_object)
    }

    #[pygetset]
    fn _callbacks(zelf: &Py<Self>, vm: &VirtualMachine) -> Option<PyObjectRef> {
        let callbacks: Vec<_> = zelf.core.lock().callbacks.iter().cloned().collect();
        let as_pair = |callback: Callback| {
            let (function, context) = callback.into_parts(vm);
            vm.ctx.new_tuple(vec![function, context]).into()
        };
        let pairs: Vec<PyObjectRef> = callbacks.into_iter().map(as_pair).collect();
        (!pairs.is_empty()).then(|| vm.ctx.new_list(pairs).into())
    }

    #[pygetset]
    fn _result(zelf: &Py<Self>) -> Option<PyObjectRef> {
        match zelf.outcome() {
            Outcome::Value(value) => Some(value),
            _ => None,
        }
    }

    #[pygetset]
    fn _exception(zelf: &Py<Self>) -> Option<PyBaseExceptionRef> {
        match zelf.outcome() {
            Outcome::Exception(exception, _) => Some(exception),
            _ => None,
        }
    }

    #[pygetset]
    fn _log_traceback(zelf: &Py<Self>) -> bool {
        zelf.has_unretrieved()
    }

    #[pygetset(setter)]
    fn set__log_traceback(
        zelf: &Py<Self>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let PySetterValue::Assign(value) = value else {
            return Err(vm.new_attribute_error("cannot delete attribute"));
        };
        if value.try_to_bool(vm)? {
            return Err(vm.new_value_error("_log_traceback can only be set to False"));
        }
        zelf.set_retrieved();
        Ok(())
    }

    #[pygetset]
    fn _source_traceback(zelf: &Py<Self>) -> Option<PyObjectRef> {
        zelf.core.lock().source_traceback.clone()
    }

    #[pygetset]
    fn _cancel_message(zelf: &Py<Self>) -> Option<PyObjectRef> {
        zelf.core.lock().cancel_message.clone()
    }

    #[pygetset(setter)]
    fn set__cancel_message(
        zelf: &Py<Self>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let PySetterValue::Assign(value) = value else {
            return Err(vm.new_attribute_error("cannot delete attribute"));
        };
        let old = zelf.core.lock().cancel_message.replace(value);
        drop(old);
        Ok(())
    }

    /// Who waits for this future, as a frozenset; None if nobody does.
    #[pygetset]
    fn _asyncio_awaited_by(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let waiters = zelf.core.lock().awaited_by.to_vec();
        if waiters.is_empty() {
            return Ok(vm.ctx.none());
        }
        let waiters = vm.ctx.new_list(waiters);
        let frozenset = vm.ctx.types.frozenset_type.as_object();
        frozenset.call((waiters,), vm)
    }
}

impl Callback {
    /// As `(function, context)`, the way that scripts see it.
    pub(super) fn into_parts(self, vm: &VirtualMachine) -> (PyObjectRef, PyObjectRef) {
        match self {
            Self::Function { function, context } => (function, context.object()),
            Self::Wakeup(task) => {
                let context = Task::context_object(&task, vm);
                (TaskWakeup::new(task).into_ref(&vm.ctx).into(), context)
            }
            Self::Gather(gathering) => (child_done(gathering, vm), vm.ctx.none()),
        }
    }
}

impl Constructor for Future {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::new(None))
    }
}

impl Initializer for Future {
    type Args = LoopArgs;

    fn init(zelf: &Py<Self>, args: LoopArgs, vm: &VirtualMachine) -> PyResult<()> {
        zelf.initialize(args.event_loop, vm)
    }
}

impl Destructor for Future {
    fn del(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        Self::report_unretrieved(zelf, vm)
    }
}

impl Representable for Future {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let text =
            attribute("asyncio.base_futures", "_future_repr", vm)?.call((zelf.to_owned(),), vm)?;
        Ok(text.str(vm)?.to_string())
    }
}

impl Iterable for Future {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        Ok(FutureIter::new(zelf).into_ref(&vm.ctx).into())
    }
}
