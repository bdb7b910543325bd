//! `asyncio.gather` for what it is mostly given: coroutines, and futures of our own loop.
//!
//! The frozen `asyncio.tasks` asks here first, and does everything else itself.

use std::collections::HashMap;
use std::fmt;

use rustpython_vm::builtins::{PyCoroutine, PyListRef, PyTuple};
use rustpython_vm::class::StaticType as _;
use rustpython_vm::common::lock::PyMutex;
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::{
    AsObject as _, Py, PyObject, PyObjectRef, PyPayload as _, PyRef, PyResult, VirtualMachine,
    pyclass,
};

use super::errors::cancelled_error;
use super::future::{CancelArgs, Future};
use super::outcome::{Callback, Outcome};
use super::ready::LoopRef;
use super::task::{Start, Task};
use super::{awaited_by, current};
use crate::Coroutine;
use crate::event_loop::EventLoopCore;

/// What gather() returns. Cancelling it cancels all children; it is done when they are.
#[pyclass(
    module = "asyncio.tasks",
    name = "_GatheringFuture",
    base = Future,
    traverse = "manual"
)]
#[repr(C)]
pub(crate) struct Gathering {
    base: Future,
    state: PyMutex<State>,
    return_exceptions: bool,
}

struct State {
    /// Futures and tasks, in the order of the arguments; one may be there several times.
    children: Vec<PyRef<Future>>,
    /// How many different children are not done.
    pending: usize,
    cancel_requested: bool,
    /// The task that called gather().
    caller: Option<PyObjectRef>,
}

impl fmt::Debug for Gathering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gathering")
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for Gathering {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        Traverse::traverse(&self.base, visit);
        self.state.traverse(visit);
    }

    fn clear(&mut self, out: &mut Vec<PyObjectRef>) {
        Traverse::clear(&mut self.base, out);
        let state = self.state.get_mut();
        out.extend(state.children.drain(..).map(Into::into));
        out.extend(state.caller.take());
    }
}

// SAFETY: each owned reference is visited once.
unsafe impl Traverse for State {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.children.traverse(visit);
        self.caller.traverse(visit);
    }
}

/// gather() of `arguments`; None if some of it is for asyncio's own code.
pub(crate) fn gather(
    arguments: &Py<PyTuple>,
    return_exceptions: bool,
    vm: &VirtualMachine,
) -> PyResult<Option<PyRef<Gathering>>> {
    let Some(event_loop) = current::running_loop(vm) else {
        return Ok(None);
    };
    let ours = event_loop.downcast_ref::<EventLoopCore>();
    let Some(ours) = ours.filter(|_| !arguments.is_empty()) else {
        return Ok(None);
    };
    let known = |it: &PyObjectRef| is_coroutine(it) || is_future_of(it, &event_loop);
    if !ours.makes_plain_tasks(vm)? || !arguments.iter().all(known) {
        return Ok(None);
    }
    Gathering::start(arguments, event_loop, return_exceptions, vm).map(Some)
}

fn is_coroutine(object: &PyObject) -> bool {
    object.downcast_ref::<PyCoroutine>().is_some() || object.downcast_ref::<Coroutine>().is_some()
}

/// Whether it is a Future or a Task, of the class itself, on this loop.
fn is_future_of(object: &PyObject, event_loop: &PyObject) -> bool {
    let class = object.class();
    (class.is(Task::static_type()) || class.is(Future::static_type()))
        && object
            .downcast_ref::<Future>()
            .is_some_and(|future| future.is_of(event_loop))
}

impl Gathering {
    fn start(
        arguments: &Py<PyTuple>,
        event_loop: PyObjectRef,
        return_exceptions: bool,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let mut children = Vec::with_capacity(arguments.len());
        let mut places = HashMap::with_capacity(arguments.len());
        let mut different = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let place = *places.entry(argument.get_id()).or_insert(children.len());
            let child: PyRef<Future> = if place < children.len() {
                PyRef::clone(&children[place])
            } else {
                different.push(place);
                Self::child_of(argument, &event_loop, vm)?
            };
            children.push(child);
        }
        let caller = current::task();
        let to_watch: Vec<_> = different
            .into_iter()
            .map(|place| children[place].clone())
            .collect();
        let state = State {
            children,
            pending: to_watch.len(),
            cancel_requested: false,
            caller: caller.clone(),
        };
        let gathering = Self {
            base: Future::new(Some(LoopRef::from(event_loop))),
            state: PyMutex::new(state),
            return_exceptions,
        };
        let class = Self::static_type().to_owned();
        let gathering = gathering.into_ref_with_type(vm, class)?;
        Self::watch(&gathering, to_watch, caller, vm)?;
        Ok(gathering)
    }

    /// The future that an argument stands for; a coroutine becomes a task.
    fn child_of(
        argument: &PyObject,
        event_loop: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Future>> {
        if let Some(future) = argument.downcast_ref::<Future>() {
            return Ok(future.to_owned());
        }
        let start = Start {
            coroutine: argument.to_owned(),
            name: None,
            context: None,
            eagerly: false,
        };
        let task = Task::spawn(event_loop.to_owned(), start, vm)?;
        // The caller has no hold of the task, and cannot see to it that it ends.
        task.set_logs_destruction(false);
        Ok(Task::as_future(&task).to_owned())
    }

    fn watch(
        zelf: &PyRef<Self>,
        children: Vec<PyRef<Future>>,
        caller: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let mut done = Vec::new();
        for child in children {
            if !child.is_pending() {
                done.push(child);
                continue;
            }
            if let Some(caller) = &caller {
                awaited_by::add(child.as_object(), caller.clone());
            }
            Future::when_done(&child, Callback::Gather(zelf.clone()), vm)?;
        }
        // Last: one of them may decide the outcome.
        for child in done {
            Self::child_done(zelf, &child, vm)?;
        }
        Ok(())
    }

    fn as_future(zelf: &Py<Self>) -> &Py<Future> {
        // SAFETY: each Gathering begins with the Future that is its base class.
        unsafe { zelf.as_object().downcast_unchecked_ref() }
    }

    /// A child is done: perhaps all are, or this one's error is the outcome.
    pub(super) fn child_done(
        zelf: &Py<Self>,
        child: &Py<Future>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let (all_done, caller) = {
            let mut state = zelf.state.lock();
            state.pending -= 1;
            (state.pending == 0, state.caller.clone())
        };
        if let Some(caller) = caller {
            awaited_by::discard(child.as_object(), &caller);
        }
        child.set_retrieved();
        if !zelf.base.is_pending() {
            return Ok(());
        }
        let outcome = match child.outcome() {
            Outcome::Cancelled if !zelf.return_exceptions => {
                Outcome::Exception(child.make_cancelled_error(vm), None)
            }
            Outcome::Exception(error, traceback) if !zelf.return_exceptions => {
                Outcome::Exception(error, traceback)
            }
            _ if all_done => zelf.collect(vm),
            _ => return Ok(()),
        };
        Future::finish(Self::as_future(zelf), outcome, vm).map(drop)
    }

    fn collect(&self, vm: &VirtualMachine) -> Outcome {
        let (children, cancelled) = {
            let state = self.state.lock();
            (state.children.clone(), state.cancel_requested)
        };
        if let (true, Some(last)) = (cancelled, children.last()) {
            return Outcome::Exception(last.make_cancelled_error(vm), None);
        }
        let results = children.iter().map(|child| result_of(child, vm)).collect();
        Outcome::Value(vm.ctx.new_list(results).into())
    }
}

/// The result, or the exception as an object.
fn result_of(child: &Py<Future>, vm: &VirtualMachine) -> PyObjectRef {
    match child.outcome() {
        Outcome::Value(value) => value,
        Outcome::Exception(exception, _) => {
            child.set_retrieved();
            exception.into()
        }
        Outcome::Cancelled | Outcome::Pending => {
            let message = child.core.lock().cancel_message.clone();
            let message = message
                .filter(|it| !vm.is_none(it))
                .unwrap_or_else(|| vm.ctx.new_str("").into());
            cancelled_error(Some(message), vm).into()
        }
    }
}

#[pyclass(flags(DISALLOW_INSTANTIATION, HAS_DICT, HAS_WEAKREF))]
impl Gathering {
    /// Cancel all children that are not done. Returns False if none of them could be.
    #[pymethod]
    fn cancel(zelf: &Py<Self>, args: CancelArgs, vm: &VirtualMachine) -> PyResult<bool> {
        if !zelf.base.is_pending() {
            return Ok(false);
        }
        let children = zelf.state.lock().children.clone();
        let mut any = false;
        for child in children {
            any |= super::wait_for::cancel(child.as_object(), args.msg.clone(), vm)?;
        }
        if any {
            zelf.state.lock().cancel_requested = true;
        }
        Ok(any)
    }

    #[pygetset]
    fn _children(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let children = zelf.state.lock().children.clone();
        vm.ctx
            .new_list(children.into_iter().map(Into::into).collect())
    }

    #[pygetset]
    fn _cancel_requested(zelf: &Py<Self>) -> bool {
        zelf.state.lock().cancel_requested
    }
}
