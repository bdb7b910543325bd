//! The class Task.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustpython_vm::builtins::{PyGenericAlias, PyType, PyTypeRef};
use rustpython_vm::class::StaticType as _;
use rustpython_vm::common::lock::PyMutex;
use rustpython_vm::function::{FuncArgs, PySetterValue};
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::types::{Constructor, Destructor, Initializer, Iterable, Representable};
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    pyclass,
};

use super::all_tasks::{self, Seat};
use super::errors::attribute;
use super::future::{CancelArgs, Future};
use super::future_iter::FutureIter;
use super::outcome::ContextRef;
use super::ready::{LoopRef, Ready};
use crate::contextvars;

static NEXT_NAME: AtomicU64 = AtomicU64::new(1);

/// A coroutine that runs as a task:
/// Task(coro, *, loop=None, name=None, context=None, eager_start=False).
#[pyclass(module = "_asyncio", name = "Task", base = Future, traverse = "manual")]
#[repr(C)]
pub(crate) struct Task {
    pub(super) base: Future,
    pub(super) fields: PyMutex<Fields>,
    log_destroy_pending: AtomicBool,
}

/// All of a task that is behind its lock; the rule of `Core` holds here too.
pub(super) struct Fields {
    pub(super) coroutine: Option<PyObjectRef>,
    pub(super) context: Option<ContextRef>,
    /// What the task waits for.
    pub(super) waits_for: Option<PyObjectRef>,
    name: Name,
    /// A cancellation is to be thrown in at the next step.
    pub(super) must_cancel: bool,
    cancel_requests: u32,
    seat: Option<Seat>,
}

/// `Task-1` is only spelled out when somebody asks.
enum Name {
    Number(u64),
    Given(PyObjectRef),
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Task")
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for Task {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        Traverse::traverse(&self.base, visit);
        self.fields.traverse(visit);
    }

    fn clear(&mut self, out: &mut Vec<PyObjectRef>) {
        Traverse::clear(&mut self.base, out);
        let fields = self.fields.get_mut();
        out.extend(fields.coroutine.take());
        out.extend(fields.context.take().map(|it| it.object()));
        out.extend(fields.waits_for.take());
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for Fields {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.coroutine.traverse(visit);
        if let Some(context) = &self.context {
            context.traverse(visit);
        }
        self.waits_for.traverse(visit);
        if let Name::Given(name) = &self.name {
            visit(name);
        }
    }
}

impl Drop for Task {
    /// Before the memory is freed, which the list of tasks points to.
    fn drop(&mut self) {
        if let Some(seat) = self.fields.get_mut().seat.take() {
            all_tasks::leave(seat);
        }
    }
}

pub(super) fn skip_needless_finalizers() {
    let needed = |object: &PyObject| {
        object.downcast_ref::<Task>().is_none_or(|task| {
            task.base.has_unretrieved() || (task.base.is_pending() && task.logs_destruction())
        })
    };
    Task::static_type().slots().del_needed.store(Some(needed));
}

#[derive(FromArgs)]
pub(crate) struct TaskArgs {
    #[pyarg(any)]
    coro: PyObjectRef,
    #[pyarg(named, name = "loop", optional)]
    event_loop: Option<PyObjectRef>,
    #[pyarg(named, optional)]
    name: Option<PyObjectRef>,
    #[pyarg(named, optional)]
    context: Option<PyObjectRef>,
    // None is False.
    #[pyarg(named, optional)]
    eager_start: Option<PyObjectRef>,
}

/// How to start a task.
pub(crate) struct Start {
    pub(crate) coroutine: PyObjectRef,
    pub(crate) name: Option<PyObjectRef>,
    pub(crate) context: Option<PyObjectRef>,
    pub(crate) eagerly: bool,
}

impl Start {
    /// Of `create_task(coro, *, name=None, context=None, eager_start=None)`.
    pub(crate) fn from_args(mut args: FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let (name, context) = (args.take_keyword("name"), args.take_keyword("context"));
        let eagerly = match args.take_keyword("eager_start") {
            Some(eagerly) => eagerly.try_to_bool(vm)?,
            None => false,
        };
        if let Some(name) = args.kwargs.keys().next() {
            let message = format!("create_task() got an unexpected keyword argument '{name}'");
            return Err(vm.new_type_error(message));
        }
        let Some(coroutine) = args.take_positional() else {
            return Err(vm.new_type_error("missing a required argument: 'coro'"));
        };
        Ok(Self {
            coroutine,
            name,
            context,
            eagerly,
        })
    }
}

impl Task {
    fn empty() -> Self {
        let fields = Fields {
            coroutine: None,
            context: None,
            waits_for: None,
            name: Name::Number(0),
            must_cancel: false,
            cancel_requests: 0,
            seat: None,
        };
        Self {
            base: Future::new(None),
            fields: PyMutex::new(fields),
            log_destroy_pending: AtomicBool::new(true),
        }
    }

    fn logs_destruction(&self) -> bool {
        self.log_destroy_pending.load(Ordering::Relaxed)
    }

    pub(super) fn set_logs_destruction(&self, logs: bool) {
        self.log_destroy_pending.store(logs, Ordering::Relaxed);
    }

    /// The task as the future that it is.
    pub(crate) fn as_future(zelf: &Py<Self>) -> &Py<Future> {
        // SAFETY: each Task begins with the Future that is its base class.
        unsafe { zelf.as_object().downcast_unchecked_ref() }
    }

    /// A new task of `event_loop`, scheduled or already begun.
    pub(crate) fn spawn(
        event_loop: PyObjectRef,
        start: Start,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let class = Self::static_type().to_owned();
        let task = Self::empty().into_ref_with_type(vm, class)?;
        Self::begin(&task, Some(event_loop), start, vm)?;
        Ok(task)
    }

    fn begin(
        zelf: &Py<Self>,
        event_loop: Option<PyObjectRef>,
        start: Start,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        zelf.base.initialize(event_loop, vm)?;
        if !is_coroutine(&start.coroutine, vm)? {
            zelf.set_logs_destruction(false);
            let found = start.coroutine.repr(vm)?;
            return Err(vm.new_type_error(format!("a coroutine was expected, got {found}")));
        }
        let event_loop = zelf.base.event_loop(vm)?;
        let name = match start.name.filter(|it| !vm.is_none(it)) {
            Some(name) => Name::Given(as_name(name, vm)?),
            None => Name::Number(NEXT_NAME.fetch_add(1, Ordering::Relaxed)),
        };
        let context = match start.context.filter(|it| !vm.is_none(it)) {
            Some(context) => ContextRef::from(context),
            None => ContextRef::Native(contextvars::copy_current(vm)),
        };
        {
            let mut fields = zelf.fields.lock();
            fields.coroutine = Some(start.coroutine);
            fields.context = Some(context);
            fields.name = name;
        }
        if start.eagerly && is_running(&event_loop, vm)? {
            return Self::start_eagerly(zelf, &event_loop, vm);
        }
        Self::register(zelf);
        let scheduled = event_loop.push(Ready::Step(zelf.to_owned(), None), vm);
        if scheduled.is_err() {
            Self::unregister(zelf);
        }
        scheduled
    }

    /// Lists the task among those that are not done.
    pub(super) fn register(zelf: &Py<Self>) {
        let mut fields = zelf.fields.lock();
        if fields.seat.is_none() {
            fields.seat = Some(all_tasks::join(zelf));
        }
    }

    pub(super) fn unregister(zelf: &Py<Self>) {
        let seat = zelf.fields.lock().seat.take();
        if let Some(seat) = seat {
            all_tasks::leave(seat);
        }
    }

    pub(super) fn coroutine(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        let coroutine = zelf.fields.lock().coroutine.clone();
        coroutine.unwrap_or_else(|| vm.ctx.none())
    }

    pub(super) fn context_object(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        let context = zelf.fields.lock().context.clone();
        context.map_or_else(|| vm.ctx.none(), |it| it.object())
    }

    /// Requests a cancellation. False if the task is done.
    pub(super) fn request_cancel(
        zelf: &Py<Self>,
        message: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<bool> {
        zelf.base.set_retrieved();
        if !zelf.base.is_pending() {
            return Ok(false);
        }
        let waits_for = {
            let mut fields = zelf.fields.lock();
            fields.cancel_requests += 1;
            fields.waits_for.clone()
        };
        if let Some(awaited) = waits_for
            && super::wait_for::cancel(&awaited, message.clone(), vm)?
        {
            return Ok(true);
        }
        zelf.fields.lock().must_cancel = true;
        let old = std::mem::replace(&mut zelf.base.core.lock().cancel_message, message);
        drop(old);
        Ok(true)
    }
}

fn as_name(name: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    if name.class().is(vm.ctx.types.str_type) {
        return Ok(name);
    }
    Ok(name.str(vm)?.into())
}

fn is_running(event_loop: &LoopRef, vm: &VirtualMachine) -> PyResult<bool> {
    vm.call_method(event_loop.as_object(), "is_running", ())?
        .try_to_bool(vm)
}

/// Whether a task can run it: a coroutine, native or not, or what is registered as one.
fn is_coroutine(object: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    if object.class().is(vm.ctx.types.coroutine_type)
        || object.downcast_ref::<crate::Coroutine>().is_some()
    {
        return Ok(true);
    }
    attribute("asyncio.coroutines", "iscoroutine", vm)?
        .call((object.to_owned(),), vm)?
        .try_to_bool(vm)
}

#[pyclass(
    with(Constructor, Initializer, Destructor, Representable, Iterable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Task {
    #[pymethod]
    fn set_result(_zelf: &Py<Self>, _result: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        Err(vm.new_runtime_error("Task does not support set_result operation"))
    }

    #[pymethod]
    fn set_exception(_zelf: &Py<Self>, _error: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        Err(vm.new_runtime_error("Task does not support set_exception operation"))
    }

    /// Request that this task cancel itself: a CancelledError is thrown into its coroutine.
    ///
    /// Returns False if the task is done already.
    #[pymethod]
    fn cancel(zelf: &Py<Self>, args: CancelArgs, vm: &VirtualMachine) -> PyResult<bool> {
        Self::request_cancel(zelf, args.msg, vm)
    }

    /// Return the number of cancellation requests that uncancel() did not take back.
    #[pymethod]
    fn cancelling(zelf: &Py<Self>) -> u32 {
        zelf.fields.lock().cancel_requests
    }

    /// Take back one cancellation request, and return how many are left.
    #[pymethod]
    fn uncancel(zelf: &Py<Self>) -> u32 {
        let mut fields = zelf.fields.lock();
        if fields.cancel_requests > 0 {
            fields.cancel_requests -= 1;
            if fields.cancel_requests == 0 {
                fields.must_cancel = false;
            }
        }
        fields.cancel_requests
    }

    /// Return the coroutine that the task runs.
    #[pymethod]
    fn get_coro(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        Self::coroutine(zelf, vm)
    }

    /// Return the context in which the task runs.
    #[pymethod]
    fn get_context(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        Self::context_object(zelf, vm)
    }

    #[pymethod]
    fn get_name(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        match &zelf.fields.lock().name {
            Name::Number(number) => vm.ctx.new_str(format!("Task-{number}")).into(),
            Name::Given(name) => name.clone(),
        }
    }

    #[pymethod]
    fn set_name(zelf: &Py<Self>, name: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let name = Name::Given(as_name(name, vm)?);
        let old = std::mem::replace(&mut zelf.fields.lock().name, name);
        drop(old);
        Ok(())
    }

    /// get_stack(*, limit=None): the list of stack frames of this task's coroutine.
    #[pymethod]
    fn get_stack(zelf: PyRef<Self>, args: StackArgs, vm: &VirtualMachine) -> PyResult {
        let limit = args.limit.unwrap_or_else(|| vm.ctx.none());
        attribute("asyncio.base_tasks", "_task_get_stack", vm)?.call((zelf, limit), vm)
    }

    /// print_stack(*, limit=None, file=None): print the stack of this task's coroutine.
    #[pymethod]
    fn print_stack(zelf: PyRef<Self>, args: PrintStackArgs, vm: &VirtualMachine) -> PyResult {
        let limit = args.limit.unwrap_or_else(|| vm.ctx.none());
        let file = args.file.unwrap_or_else(|| vm.ctx.none());
        attribute("asyncio.base_tasks", "_task_print_stack", vm)?.call((zelf, limit, file), vm)
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
    fn _log_destroy_pending(zelf: &Py<Self>) -> bool {
        zelf.logs_destruction()
    }

    #[pygetset(setter)]
    fn set__log_destroy_pending(
        zelf: &Py<Self>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let PySetterValue::Assign(value) = value else {
            return Err(vm.new_attribute_error("cannot delete attribute"));
        };
        let value = value.try_to_bool(vm)?;
        zelf.set_logs_destruction(value);
        Ok(())
    }

    #[pygetset]
    fn _must_cancel(zelf: &Py<Self>) -> bool {
        zelf.fields.lock().must_cancel
    }

    #[pygetset]
    fn _coro(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        Self::coroutine(zelf, vm)
    }

    #[pygetset]
    fn _fut_waiter(zelf: &Py<Self>) -> Option<PyObjectRef> {
        zelf.fields.lock().waits_for.clone()
    }
}

#[derive(FromArgs)]
struct StackArgs {
    #[pyarg(named, optional)]
    limit: Option<PyObjectRef>,
}

#[derive(FromArgs)]
struct PrintStackArgs {
    #[pyarg(named, optional)]
    limit: Option<PyObjectRef>,
    #[pyarg(named, optional)]
    file: Option<PyObjectRef>,
}

impl Constructor for Task {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::empty())
    }
}

impl Initializer for Task {
    type Args = TaskArgs;

    fn init(zelf: &Py<Self>, args: TaskArgs, vm: &VirtualMachine) -> PyResult<()> {
        let eagerly = match args.eager_start {
            Some(eagerly) => eagerly.try_to_bool(vm)?,
            None => false,
        };
        let start = Start {
            coroutine: args.coro,
            name: args.name,
            context: args.context,
            eagerly,
        };
        Self::begin(zelf, args.event_loop, start, vm)
    }
}

impl Destructor for Task {
    fn del(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        // First: whoever is told of the task may ask for all tasks.
        Self::unregister(zelf);
        if zelf.base.is_pending() && zelf.logs_destruction() {
            let message = "Task was destroyed but it is pending!";
            let report = vm.ctx.new_dict();
            report.set_item("task", zelf.to_owned().into(), vm)?;
            report.set_item("message", vm.ctx.new_str(message).into(), vm)?;
            Future::send_report(Self::as_future(zelf), report, vm)?;
        }
        Future::report_unretrieved(Self::as_future(zelf), vm)
    }
}

impl Representable for Task {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let text =
            attribute("asyncio.base_tasks", "_task_repr", vm)?.call((zelf.to_owned(),), vm)?;
        Ok(text.str(vm)?.to_string())
    }
}

impl Iterable for Task {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        let future = Self::as_future(&zelf).to_owned();
        Ok(FutureIter::new(future).into_ref(&vm.ctx).into())
    }
}
