//! A `_asyncio` of our own: Future and Task, and which of them runs.
//!
//! The frozen `asyncio` package takes its Future and Task from here, as CPython's takes them from
//! its C module. It is written from asyncio's documentation. What it does differently from an
//! implementation in Python is where the time goes: a task goes straight into the native loop's
//! queue instead of through a Handle, enters its context without `Context.run`, resumes a native
//! coroutine without a method call, and waits for a future without a bound method.
//!
//! With a loop that is not ours, in debug mode, or with subclasses, everything goes through the
//! documented methods instead: `loop.call_soon()`, `future.add_done_callback()`, …
//!
//! | file | what is in it |
//! |---|---|
//! | `future.rs` | the class Future |
//! | `outcome.rs` | the state of a future, behind its lock |
//! | `resolve.rs` | how a future ends, and who is told |
//! | `future_iter.rs` | what `await future` iterates over |
//! | `task.rs` | the class Task |
//! | `step.rs` | one step of a task |
//! | `wait_for.rs` | what a task does with the object that its coroutine yielded |
//! | `ready.rs` | what the loop is to call: the entries of its queue |
//! | `current.rs` | the running loop and the current task of each thread |
//! | `all_tasks.rs` | the tasks that are not done |
//! | `awaited_by.rs` | who waits for a future, for introspection |
//! | `errors.rs` | asyncio's exceptions |
//! | `gather.rs` | `asyncio.gather` |
//! | `module.rs` | the module's functions |

mod all_tasks;
mod awaited_by;
mod current;
mod errors;
mod future;
mod future_iter;
mod gather;
mod module;
mod outcome;
mod ready;
mod resolve;
mod step;
mod task;
mod wait_for;

use rustpython_vm::class::PyClassImpl as _;

pub(crate) use current::task as current_task;
pub(crate) use errors::{attribute, cancelled_error, ends_the_loop, is_cancelled_error};
pub(crate) use future::Future;
pub(crate) use gather::{Gathering, gather};
pub(crate) use module::module_def;
pub(crate) use outcome::{Callback, Callbacks, ContextRef};
pub(crate) use ready::{LoopRef, Ready};
pub(crate) use task::{Start, Task};

/// Makes the classes; native code may use them before anything imports `_asyncio`.
pub(crate) fn make_classes() {
    drop(Future::make_static_type());
    drop(Task::make_static_type());
    drop(gather::Gathering::make_static_type());
    drop(future_iter::FutureIter::make_static_type());
    drop(ready::TaskStep::make_static_type());
    drop(ready::TaskWakeup::make_static_type());
    future::skip_needless_finalizers();
}
