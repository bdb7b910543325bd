//! What an event loop is to call for futures and tasks.
//!
//! Our own loop takes such an entry as it is. Any other loop, and ours in debug mode, gets it
//! through `call_soon()`, as a function with arguments and a context.

use std::fmt;

use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::types::{Callable, Representable};
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
};

use super::errors::ends_the_loop;
use super::future::Future;
use super::gather::Gathering;
use super::outcome::{Callback, ContextRef};
use super::task::Task;
use crate::contextvars::{self, Entered};
use crate::event_loop::{EventLoopCore, Handle};

/// An event loop.
#[derive(Clone)]
pub(crate) enum LoopRef {
    /// Ours, with a `call_soon` that no subclass replaced.
    Native(PyRef<EventLoopCore>),
    Other(PyObjectRef),
}

impl From<PyObjectRef> for LoopRef {
    fn from(object: PyObjectRef) -> Self {
        match object.downcast::<EventLoopCore>() {
            Ok(native) if native.has_own_call_soon() => Self::Native(native),
            Ok(native) => Self::Other(native.into()),
            Err(other) => Self::Other(other),
        }
    }
}

impl LoopRef {
    pub(crate) fn as_object(&self) -> &PyObject {
        match self {
            Self::Native(native) => native.as_object(),
            Self::Other(other) => other,
        }
    }

    pub(crate) fn into_object(self) -> PyObjectRef {
        match self {
            Self::Native(native) => native.into(),
            Self::Other(other) => other,
        }
    }

    /// Whether the loop is in debug mode.
    pub(super) fn debug(&self, vm: &VirtualMachine) -> PyResult<bool> {
        match self {
            Self::Native(native) => Ok(native.debug()),
            Self::Other(other) => vm.call_method(other, "get_debug", ())?.try_to_bool(vm),
        }
    }

    /// Has `ready` called in the next iteration.
    pub(crate) fn push(&self, ready: Ready, vm: &VirtualMachine) -> PyResult<()> {
        match self {
            Self::Native(native) if !native.debug() => native.push(ready, vm),
            _ => {
                let (function, args, context) = ready.into_call(vm);
                let mut call = FuncArgs::from(vec![function]);
                call.args.extend(args);
                call.kwargs.insert("context".into(), context);
                vm.call_method(self.as_object(), "call_soon", call)
                    .map(drop)
            }
        }
    }
}

/// An entry of a loop's queue.
#[derive(Clone)]
pub(crate) enum Ready {
    /// A task is to go on, with an exception thrown in if there is one.
    Step(PyRef<Task>, Option<PyBaseExceptionRef>),
    /// The future that a task waits for is done.
    Wakeup(PyRef<Task>, PyObjectRef),
    /// A child of a gather() is done.
    Gathered(PyRef<Gathering>, PyObjectRef),
    /// A callback of a future that is done.
    Done {
        function: PyObjectRef,
        context: ContextRef,
        future: PyObjectRef,
    },
}

impl Ready {
    /// What a callback becomes once its future is done.
    pub(crate) fn done(callback: Callback, future: PyObjectRef) -> Self {
        match callback {
            Callback::Function { function, context } => Self::Done {
                function,
                context,
                future,
            },
            Callback::Wakeup(task) => Self::Wakeup(task, future),
            Callback::Gather(gathering) => Self::Gathered(gathering, future),
        }
    }

    /// Calls it in its context. An exception goes to the loop's exception handler, apart from
    /// `SystemExit` and `KeyboardInterrupt`, which end the loop.
    pub(crate) fn run_reporting(&self, event_loop: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
        match self.run(vm) {
            Err(exception) if !ends_the_loop(&exception, vm) => {
                let handle = Handle::of_ready(self.clone(), event_loop, vm);
                Handle::report(&handle, exception, vm)
            }
            result => result,
        }
    }

    fn run(&self, vm: &VirtualMachine) -> PyResult<()> {
        match self {
            Self::Step(task, exception) => Task::step_in_context(task, exception.clone(), vm),
            Self::Wakeup(task, future) => Task::wake_in_context(task, future, vm),
            Self::Gathered(gathering, child) => match child.downcast_ref() {
                Some(child) => Gathering::child_done(gathering, child, vm),
                None => Ok(()),
            },
            Self::Done {
                function,
                context,
                future,
            } => call_in_context(function, context, future, vm),
        }
    }

    /// As `(function, arguments, context)`.
    pub(crate) fn into_call(
        self,
        vm: &VirtualMachine,
    ) -> (PyObjectRef, Vec<PyObjectRef>, PyObjectRef) {
        match self {
            Self::Step(task, exception) => {
                let context = Task::context_object(&task, vm);
                let function = TaskStep { task, exception }.into_ref(&vm.ctx);
                (function.into(), Vec::new(), context)
            }
            Self::Wakeup(task, future) => {
                let context = Task::context_object(&task, vm);
                let function = TaskWakeup { task }.into_ref(&vm.ctx);
                (function.into(), vec![future], context)
            }
            Self::Gathered(gathering, child) => {
                let context = contextvars::copy_current(vm).into();
                (child_done(gathering, vm), vec![child], context)
            }
            Self::Done {
                function,
                context,
                future,
            } => (function, vec![future], context.object()),
        }
    }
}

/// The done callback of a gather() as a callable.
pub(super) fn child_done(gathering: PyRef<Gathering>, vm: &VirtualMachine) -> PyObjectRef {
    let call = move |child: PyRef<Future>, vm: &VirtualMachine| {
        Gathering::child_done(&gathering, &child, vm)
    };
    vm.new_function("gather_child_done", call).into()
}

/// Calls `function(argument)` in `context`.
fn call_in_context(
    function: &PyObject,
    context: &ContextRef,
    argument: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    match context {
        ContextRef::Native(context) => {
            let _entered = Entered::new(context, vm)?;
            function.call((argument.to_owned(),), vm)?;
        }
        ContextRef::Other(context) => {
            let args = (function.to_owned(), argument.to_owned());
            vm.call_method(context, "run", args)?;
        }
    }
    Ok(())
}

/// A step of a task as a callable, for loops that are not ours.
#[pyclass(module = "_asyncio", name = "TaskStepMethWrapper", traverse = "manual")]
#[derive(PyPayload)]
pub(crate) struct TaskStep {
    task: PyRef<Task>,
    exception: Option<PyBaseExceptionRef>,
}

/// The wake-up of a task as a callable: what the future it waits for has as its callback.
#[pyclass(
    module = "_asyncio",
    name = "TaskWakeupMethWrapper",
    traverse = "manual"
)]
#[derive(PyPayload)]
pub(crate) struct TaskWakeup {
    task: PyRef<Task>,
}

impl TaskWakeup {
    pub(super) fn new(task: PyRef<Task>) -> Self {
        Self { task }
    }

    /// Whether `function` is a wake-up of `task`.
    pub(super) fn is_of(function: &PyObject, task: &Py<Task>) -> bool {
        function
            .downcast_ref::<Self>()
            .is_some_and(|wakeup| wakeup.task.is(task))
    }
}

impl fmt::Debug for TaskStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskStep")
    }
}

impl fmt::Debug for TaskWakeup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskWakeup")
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for TaskStep {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        visit(self.task.as_object());
        self.exception.traverse(visit);
    }
}

// SAFETY: the task is visited once.
unsafe impl Traverse for TaskWakeup {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        visit(self.task.as_object());
    }
}

#[pyclass(with(Callable, Representable), flags(DISALLOW_INSTANTIATION))]
impl TaskStep {
    #[pygetset]
    fn __self__(zelf: &Py<Self>) -> PyRef<Task> {
        zelf.task.clone()
    }

    #[pygetset]
    fn __qualname__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        Task::coroutine(&zelf.task, vm).get_attr("__qualname__", vm)
    }
}

#[pyclass(with(Callable, Representable), flags(DISALLOW_INSTANTIATION))]
impl TaskWakeup {
    #[pygetset]
    fn __self__(zelf: &Py<Self>) -> PyRef<Task> {
        zelf.task.clone()
    }

    #[pygetset]
    fn __qualname__(_zelf: &Py<Self>) -> &'static str {
        "Task.task_wakeup"
    }
}

impl Callable for TaskStep {
    type Args = ();

    fn call(zelf: &Py<Self>, _args: (), vm: &VirtualMachine) -> PyResult {
        Task::step(&zelf.task, zelf.exception.clone(), vm)?;
        Ok(vm.ctx.none())
    }
}

impl Callable for TaskWakeup {
    type Args = (PyObjectRef,);

    fn call(zelf: &Py<Self>, (future,): (PyObjectRef,), vm: &VirtualMachine) -> PyResult {
        Task::wake(&zelf.task, &future, vm)?;
        Ok(vm.ctx.none())
    }
}

impl Representable for TaskStep {
    fn repr_str(_zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok("<TaskStepMethWrapper object>".to_owned())
    }
}

impl Representable for TaskWakeup {
    fn repr_str(_zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok("<TaskWakeupMethWrapper object>".to_owned())
    }
}
