//! The state of a future.

use rustpython_vm::builtins::{PyBaseExceptionRef, PyTraceback};
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyRef};

use super::awaited_by::AwaitedBy;
use super::gather::Gathering;
use super::ready::{LoopRef, TaskWakeup};
use super::task::Task;
use crate::contextvars::Context;

/// What became of a future.
#[derive(Clone)]
pub(super) enum Outcome {
    Pending,
    Cancelled,
    Value(PyObjectRef),
    /// The traceback is the one that the exception had when it was set: each raise prolongs it.
    Exception(PyBaseExceptionRef, Option<PyRef<PyTraceback>>),
}

impl Outcome {
    pub(super) fn is_pending(&self) -> bool {
        matches!(self, Self::Pending)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Cancelled => "CANCELLED",
            Self::Value(_) | Self::Exception(..) => "FINISHED",
        }
    }
}

/// The context of a callback: entered natively if it is one of ours.
#[derive(Clone)]
pub(crate) enum ContextRef {
    Native(PyRef<Context>),
    /// Something else with a `run` method.
    Other(PyObjectRef),
}

impl ContextRef {
    pub(crate) fn object(&self) -> PyObjectRef {
        match self {
            Self::Native(context) => context.clone().into(),
            Self::Other(context) => context.clone(),
        }
    }
}

impl From<PyObjectRef> for ContextRef {
    fn from(object: PyObjectRef) -> Self {
        match object.downcast() {
            Ok(context) => Self::Native(context),
            Err(object) => Self::Other(object),
        }
    }
}

/// What happens when a future is done.
#[derive(Clone)]
pub(crate) enum Callback {
    /// Of `add_done_callback`.
    Function {
        function: PyObjectRef,
        context: ContextRef,
    },
    /// A task that waits.
    Wakeup(PyRef<Task>),
    /// A gather() of which this future is a child.
    Gather(PyRef<Gathering>),
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for ContextRef {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        match self {
            Self::Native(context) => visit(context.as_object()),
            Self::Other(context) => visit(context),
        }
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for Callback {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        match self {
            Self::Function { function, context } => {
                visit(function);
                context.traverse(visit);
            }
            Self::Wakeup(task) => visit(task.as_object()),
            Self::Gather(gathering) => visit(gathering.as_object()),
        }
    }
}

impl Callback {
    /// Whether it is `function`, or the wake-up that `function` stands for.
    pub(crate) fn is(&self, function: &PyObject) -> bool {
        match self {
            Self::Function { function: own, .. } => own.is(function),
            Self::Wakeup(task) => TaskWakeup::is_of(function, task),
            Self::Gather(_) => false,
        }
    }

    /// Moves what it owns to `out`.
    pub(crate) fn clear(self, out: &mut Vec<PyObjectRef>) {
        match self {
            Self::Function { function, context } => out.extend([function, context.object()]),
            Self::Wakeup(task) => out.push(task.into()),
            Self::Gather(gathering) => out.push(gathering.into()),
        }
    }
}

/// The callbacks of one future, in order; nearly always there is at most one.
#[derive(Default)]
pub(crate) struct Callbacks {
    first: Option<Callback>,
    more: Vec<Callback>,
}

impl Callbacks {
    pub(crate) fn add(&mut self, callback: Callback) {
        if self.is_empty() {
            self.first = Some(callback);
        } else {
            self.more.push(callback);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none() && self.more.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Callback> {
        self.first.iter().chain(&self.more)
    }

    /// Takes every callback, in order.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = Callback> + use<> {
        let Self { first, more } = std::mem::take(self);
        first.into_iter().chain(more)
    }
}

// SAFETY: each callback is visited once.
unsafe impl Traverse for Callbacks {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.iter().for_each(|it| it.traverse(visit));
    }
}

/// All of a future that is behind its lock. No Python code runs, and nothing is dropped that could
/// run some, while the lock is held.
pub(super) struct Core {
    /// None until `__init__` was called.
    pub(super) event_loop: Option<LoopRef>,
    pub(super) outcome: Outcome,
    pub(super) callbacks: Callbacks,
    pub(super) cancel_message: Option<PyObjectRef>,
    /// The CancelledError that ended a task, to be raised again once.
    pub(super) cancelled_error: Option<PyBaseExceptionRef>,
    /// Where the future was made, in debug mode.
    pub(super) source_traceback: Option<PyObjectRef>,
    pub(super) awaited_by: AwaitedBy,
}

impl Core {
    pub(super) fn new(event_loop: Option<LoopRef>) -> Self {
        Self {
            event_loop,
            outcome: Outcome::Pending,
            callbacks: Callbacks::default(),
            cancel_message: None,
            cancelled_error: None,
            source_traceback: None,
            awaited_by: AwaitedBy::Nobody,
        }
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for Core {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if let Some(event_loop) = &self.event_loop {
            visit(event_loop.as_object());
        }
        match &self.outcome {
            Outcome::Pending | Outcome::Cancelled => {}
            Outcome::Value(value) => visit(value),
            Outcome::Exception(exception, traceback) => {
                visit(exception.as_object());
                if let Some(traceback) = traceback {
                    visit(traceback.as_object());
                }
            }
        }
        self.callbacks.traverse(visit);
        self.cancel_message.traverse(visit);
        self.cancelled_error.traverse(visit);
        self.source_traceback.traverse(visit);
        self.awaited_by.traverse(visit);
    }

    fn clear(&mut self, out: &mut Vec<PyObjectRef>) {
        out.extend(self.event_loop.take().map(LoopRef::into_object));
        match std::mem::replace(&mut self.outcome, Outcome::Cancelled) {
            Outcome::Pending | Outcome::Cancelled => {}
            Outcome::Value(value) => out.push(value),
            Outcome::Exception(exception, traceback) => {
                out.push(exception.into());
                out.extend(traceback.map(Into::into));
            }
        }
        self.callbacks.take().for_each(|it| it.clear(out));
        out.extend(self.cancel_message.take());
        out.extend(self.cancelled_error.take().map(Into::into));
        out.extend(self.source_traceback.take());
        self.awaited_by.clear(out);
    }
}
