//! The functions of the module `_asyncio`.

use rustpython_vm::builtins::{PyBaseExceptionRef, PySet};
use rustpython_vm::{
    AsObject as _, PyObject, PyObjectRef, PyPayload as _, PyRef, PyResult, VirtualMachine,
};

use super::errors::attribute;
use super::wait_for::loop_of;
use super::{Task, all_tasks, current};

pub(crate) use functions::module_def;

/// The loop of a future or task that is made without one: the running loop, or the one that the
/// policy has for this thread.
pub(super) fn default_loop(vm: &VirtualMachine) -> PyResult {
    if let Some(running) = current::running_loop(vm) {
        return Ok(running);
    }
    let policy = attribute("asyncio.events", "_get_event_loop_policy", vm)?.call((), vm)?;
    vm.call_method(&policy, "get_event_loop", ())
}

fn no_running_loop(vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_runtime_error("no running event loop")
}

/// `event_loop`, or the running one if that is None.
fn given_or_running(event_loop: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    event_loop
        .filter(|it| !vm.is_none(it))
        .or_else(|| current::running_loop(vm))
        .ok_or_else(|| no_running_loop(vm))
}

/// Whether a task of whatever class is of `event_loop` and not done.
fn is_alive_on(task: &PyObject, event_loop: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    if let Some(task) = task.downcast_ref::<Task>() {
        return Ok(task.base.is_of(event_loop) && task.base.is_pending());
    }
    if !loop_of(task, vm)?.is(event_loop) {
        return Ok(false);
    }
    let done = vm.call_method(task, "done", ())?;
    Ok(!done.try_to_bool(vm)?)
}

/// The tasks of other classes that were registered, in a collection of this module.
fn registered(collection: &'static str, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    let collection = attribute("_asyncio", collection, vm)?;
    collection.try_to_value(vm)
}

fn all_tasks_of(event_loop: &PyObject, vm: &VirtualMachine) -> PyResult<PyRef<PySet>> {
    // Eager ones first: one that another thread moves from there to the others is not missed.
    let mut tasks = registered("_eager_tasks", vm)?;
    tasks.extend(registered("_scheduled_tasks", vm)?);
    tasks.extend(all_tasks::snapshot());
    let alive = PySet::default().into_ref(&vm.ctx);
    for task in tasks {
        if is_alive_on(&task, event_loop, vm)? {
            alive.add(task, vm)?;
        }
    }
    Ok(alive)
}

/// Adds or removes a task of another class.
fn update_registered(
    collection: &'static str,
    method: &'static str,
    task: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let collection = attribute("_asyncio", collection, vm)?;
    vm.call_method(&collection, method, (task,)).map(drop)
}

#[rustpython_vm::pymodule(name = "_asyncio")]
mod functions {
    use rustpython_vm::builtins::{PyModule, PySet};
    use rustpython_vm::class::StaticType as _;
    use rustpython_vm::{
        FromArgs, Py, PyObjectRef, PyPayload as _, PyRef, PyResult, VirtualMachine, extend_module,
    };

    use super::super::awaited_by;
    use super::super::future_iter::FutureIter;
    use super::super::ready::{TaskStep, TaskWakeup};
    use super::super::{Future, Task, all_tasks, current};
    use super::{all_tasks_of, default_loop, given_or_running, no_running_loop, update_registered};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        let weak_set = vm.import("weakref", 0)?.get_attr("WeakSet", vm)?;
        extend_module!(vm, module, {
            "Future" => Future::static_type().to_owned(),
            "Task" => Task::static_type().to_owned(),
            "FutureIter" => FutureIter::static_type().to_owned(),
            "TaskStepMethWrapper" => TaskStep::static_type().to_owned(),
            "TaskWakeupMethWrapper" => TaskWakeup::static_type().to_owned(),
            "_scheduled_tasks" => weak_set.call((), vm)?,
            "_eager_tasks" => PySet::default().into_ref(&vm.ctx),
        });
        let in_child = vm.new_function("forget_after_fork", |vm: &VirtualMachine| {
            current::forget_after_fork(vm);
            all_tasks::forget_after_fork();
        });
        vm.state.after_forkers_child.lock().push(in_child.into());
        Ok(())
    }

    #[derive(FromArgs)]
    struct LoopArg {
        #[pyarg(any, name = "loop", optional)]
        event_loop: Option<PyObjectRef>,
    }

    #[derive(FromArgs)]
    struct TaskArg {
        #[pyarg(any)]
        task: PyObjectRef,
    }

    #[derive(FromArgs)]
    struct LoopAndTaskArgs {
        #[pyarg(any, name = "loop")]
        event_loop: PyObjectRef,
        #[pyarg(any)]
        task: PyObjectRef,
    }

    /// Return the running event loop, or None.
    #[pyfunction]
    fn _get_running_loop(vm: &VirtualMachine) -> Option<PyObjectRef> {
        current::running_loop(vm)
    }

    /// Set the running event loop of this thread.
    #[pyfunction]
    fn _set_running_loop(event_loop: PyObjectRef, vm: &VirtualMachine) {
        let event_loop = Some(event_loop).filter(|it| !vm.is_none(it));
        current::set_running_loop(event_loop, vm);
    }

    /// Return the running event loop; RuntimeError if there is none.
    #[pyfunction]
    fn get_running_loop(vm: &VirtualMachine) -> PyResult {
        current::running_loop(vm).ok_or_else(|| no_running_loop(vm))
    }

    /// Return the running event loop, or else the one that the policy has for this thread.
    #[pyfunction]
    fn get_event_loop(vm: &VirtualMachine) -> PyResult {
        default_loop(vm)
    }

    /// Return the task that the loop runs now, or None.
    #[pyfunction]
    fn current_task(args: LoopArg, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
        let event_loop = given_or_running(args.event_loop, vm)?;
        Ok(current::task_of(&event_loop, vm))
    }

    /// Return a set of all tasks of the loop that are not done.
    #[pyfunction]
    fn all_tasks(args: LoopArg, vm: &VirtualMachine) -> PyResult<PyRef<PySet>> {
        let event_loop = given_or_running(args.event_loop, vm)?;
        all_tasks_of(&event_loop, vm)
    }

    /// Register a new task in asyncio as executed by the loop.
    #[pyfunction]
    fn _register_task(args: TaskArg, vm: &VirtualMachine) -> PyResult<()> {
        match args.task.downcast_ref::<Task>() {
            Some(task) => {
                Task::register(task);
                Ok(())
            }
            None => update_registered("_scheduled_tasks", "add", args.task, vm),
        }
    }

    /// Register a new task that executes eagerly.
    #[pyfunction]
    fn _register_eager_task(args: TaskArg, vm: &VirtualMachine) -> PyResult<()> {
        update_registered("_eager_tasks", "add", args.task, vm)
    }

    /// Unregister a task.
    #[pyfunction]
    fn _unregister_task(args: TaskArg, vm: &VirtualMachine) -> PyResult<()> {
        match args.task.downcast_ref::<Task>() {
            Some(task) => {
                Task::unregister(task);
                Ok(())
            }
            None => update_registered("_scheduled_tasks", "discard", args.task, vm),
        }
    }

    /// Unregister a task that executed eagerly.
    #[pyfunction]
    fn _unregister_eager_task(args: TaskArg, vm: &VirtualMachine) -> PyResult<()> {
        update_registered("_eager_tasks", "discard", args.task, vm)
    }

    /// Enter into task execution: `task` becomes the current one of the running loop.
    #[pyfunction]
    fn _enter_task(args: LoopAndTaskArgs, vm: &VirtualMachine) -> PyResult<()> {
        current::enter_task(&args.event_loop, &args.task, vm)
    }

    /// Leave task execution.
    #[pyfunction]
    fn _leave_task(args: LoopAndTaskArgs, vm: &VirtualMachine) -> PyResult<()> {
        current::leave_task(&args.event_loop, &args.task, vm)
    }

    /// Make `task` (None for no task) the current one, and return the one that was.
    #[pyfunction]
    fn _swap_current_task(
        args: LoopAndTaskArgs,
        vm: &VirtualMachine,
    ) -> PyResult<Option<PyObjectRef>> {
        current::check_running(&args.event_loop, vm)?;
        Ok(current::swap_task(
            Some(args.task).filter(|it| !vm.is_none(it)),
        ))
    }

    /// Record that `fut` is awaited on by `waiter`.
    #[pyfunction]
    fn future_add_to_awaited_by(fut: PyObjectRef, waiter: PyObjectRef) {
        awaited_by::add(&fut, waiter);
    }

    /// Record that `fut` is no longer awaited on by `waiter`.
    #[pyfunction]
    fn future_discard_from_awaited_by(fut: PyObjectRef, waiter: PyObjectRef) {
        awaited_by::discard(&fut, &waiter);
    }
}
